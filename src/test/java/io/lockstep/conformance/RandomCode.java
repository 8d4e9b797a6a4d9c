// SPDX-License-Identifier: Apache-2.0
package io.lockstep.conformance;

import io.lockstep.execution.fork.Op;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Random;

/**
 * Random contracts of Osaka that get far: statements over expressions, so that the stack always has
 * what an operation takes, with branches, bounded loops, calls among a few accounts and to
 * precompiles with inputs that can be right. One thread; the same for the same seed.
 */
final class RandomCode {
  private static final int MAX_CODE_BYTES = 8_000;
  private static final int LOOP_COUNTERS = 0x400;

  /** Operations of two words that cannot cost much. */
  private static final int[] BINARY = {
    0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x0a, 0x0b, 0x10, 0x11, 0x12, 0x13, 0x14, 0x16, 0x17,
    0x18, 0x1a, 0x1b, 0x1c, 0x1d
  };

  /** What pushes a word by itself: ADDRESS, CALLER, GAS, the block's environment and the like. */
  private static final int[] NULLARY = {
    0x30, 0x32, 0x33, 0x34, 0x36, 0x38, 0x3a, 0x3d, 0x41, 0x42, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48,
    0x4a, 0x58, 0x59, 0x5a
  };

  private final Random random;
  private final List<Address> accounts;
  private final Buffer code = new Buffer();
  private int depth;
  private int loops;

  /** Bytes whose jumps are filled in later. */
  private static final class Buffer extends ByteArrayOutputStream {
    void patch(int at, int value) {
      buf[at] = (byte) (value >> 8);
      buf[at + 1] = (byte) value;
    }
  }

  private RandomCode(Random random, List<Address> accounts) {
    this.random = random;
    this.accounts = accounts;
  }

  /** The code of a contract that calls these accounts. */
  static Bytes contract(Random random, List<Address> accounts) {
    RandomCode out = new RandomCode(random, accounts);
    int statements = 2 + random.nextInt(14);
    for (int i = 0; i < statements && out.code.size() < MAX_CODE_BYTES; i++) {
      out.statement();
    }
    out.ending();
    return Bytes.wrap(out.code.toByteArray());
  }

  /** Init code: of some contract, of something that may not be one, or any program. */
  static Bytes init(Random random, List<Address> accounts) {
    byte[] runtime =
        switch (random.nextInt(8)) {
          case 0 -> new byte[] {(byte) 0xef, 0};
          case 1 -> new byte[24_570 + random.nextInt(12)];
          default -> contract(random, accounts).toArray();
        };
    if (random.nextInt(6) == 0) {
      return contract(random, accounts);
    }
    RandomCode out = new RandomCode(random, accounts);
    if (random.nextBoolean()) {
      out.statement();
    }
    // CODECOPY what stands behind to memory 0, return it.
    int offset = out.code.size() + 13;
    out.op(0x61, runtime.length >> 8, runtime.length);
    out.op(0x80, 0x61, offset >> 8, offset);
    out.op(Op.PUSH0, 0x39, Op.PUSH0, Op.RETURN, Op.STOP, Op.STOP);
    out.code.writeBytes(runtime);
    return Bytes.wrap(out.code.toByteArray());
  }

  private void op(int... octets) {
    for (int octet : octets) {
      code.write(octet);
    }
  }

  private int any(int... of) {
    return of[random.nextInt(of.length)];
  }

  // --- statements: leave the stack as it was ---

  private void statement() {
    depth++;
    switch (random.nextInt(20)) {
      case 0, 1, 2 -> {
        expression();
        key();
        op(Op.SSTORE);
      }
      case 3 -> {
        expression();
        key();
        op(Op.TSTORE);
      }
      case 4, 5 -> {
        expression();
        offset();
        op(any(Op.MSTORE, Op.MSTORE, Op.MSTORE8));
      }
      case 6 -> copy();
      case 7 -> log();
      case 8, 9, 10, 11 -> call();
      case 12, 13 -> precompile();
      case 14 -> create();
      case 15, 16 -> branch();
      case 17 -> loop();
      case 18 -> {
        if (random.nextInt(16) == 0) {
          op(random.nextInt(256)); // anything, perhaps undefined
        }
      }
      default -> {
        expression();
        op(Op.POP);
      }
    }
    depth--;
  }

  private void block() {
    int statements = 1 + random.nextInt(3);
    for (int i = 0; i < statements && depth < 4 && code.size() < MAX_CODE_BYTES; i++) {
      statement();
    }
  }

  /** Skips a block when a word is zero, or jumps where it must not. */
  private void branch() {
    if (random.nextInt(80) == 0) {
      expression();
      expression();
      op(Op.JUMPI);
      return;
    }
    expression();
    op(Op.ISZERO);
    int over = jump(Op.JUMPI);
    block();
    land(over);
  }

  /** A forward jump to where {@link #land} is told. */
  private int jump(int operation) {
    op(Op.PUSH1 + 1, 0, 0, operation);
    return code.size() - 3;
  }

  private void land(int jump) {
    code.patch(jump, code.size());
    op(Op.JUMPDEST);
  }

  /** A few rounds, counted in memory, of a block. */
  private void loop() {
    if (loops > 1) {
      return;
    }
    int counter = LOOP_COUNTERS + 32 * loops;
    op(0x60, 1 + random.nextInt(5), 0x61, counter >> 8, counter, Op.MSTORE);
    int start = code.size();
    op(Op.JUMPDEST);
    loops++;
    block();
    loops--;
    // counter = counter - 1, again while it is not zero
    op(0x60, 1, 0x61, counter >> 8, counter, Op.MLOAD, 0x03, 0x80);
    op(0x61, counter >> 8, counter, Op.MSTORE);
    op(0x61, start >> 8, start, Op.JUMPI);
  }

  private void copy() {
    boolean ofAccount = random.nextInt(4) == 0;
    length();
    offset();
    offset();
    if (ofAccount) {
      address();
      op(Op.EXTCODECOPY);
    } else {
      // More than there is to return ends a call.
      boolean risky = random.nextInt(12) == 0;
      op(risky ? Op.RETURNDATACOPY : any(Op.CALLDATACOPY, Op.CODECOPY, Op.MCOPY, Op.MCOPY));
    }
  }

  private void log() {
    int topics = random.nextInt(5);
    for (int i = 0; i < topics; i++) {
      expression();
    }
    length();
    offset();
    op(Op.LOG0 + topics);
  }

  private void call() {
    int kind = any(Op.CALL, Op.CALL, Op.CALLCODE, Op.DELEGATECALL, Op.STATICCALL);
    length();
    offset();
    length();
    offset();
    if (kind == Op.CALL || kind == Op.CALLCODE) {
      op(0x60, random.nextInt(3) == 0 ? random.nextInt(5) : 0);
    }
    address();
    gas();
    op(kind);
    result();
  }

  private void precompile() {
    int number = 1 + random.nextInt(18);
    byte[] input = PrecompileInputs.of(random, number);
    toMemory(input);
    int kind = any(Op.CALL, Op.STATICCALL, Op.STATICCALL, Op.DELEGATECALL);
    op(0x60, 64, 0x60, random.nextInt(96), 0x61, input.length >> 8, input.length, Op.PUSH0);
    if (kind == Op.CALL) {
      op(0x60, random.nextInt(4) == 0 ? 1 : 0);
    }
    int address = number == 18 ? 0x100 : number;
    op(0x61, address >> 8, address);
    gas();
    op(kind);
    result();
  }

  private void create() {
    byte[] init = init(random, accounts).toArray();
    if (init.length > 1_000) {
      init = new byte[] {(byte) 0x33, (byte) 0xff}; // CALLER SELFDESTRUCT
    }
    toMemory(init);
    boolean salted = random.nextBoolean();
    if (salted) {
      op(0x60, random.nextInt(2)); // twice the same: a collision
    }
    op(0x61, init.length >> 8, init.length, Op.PUSH0, 0x60, random.nextInt(3) == 0 ? 1 : 0);
    op(salted ? Op.CREATE2 : Op.CREATE);
    result();
  }

  /** Copies bytes to memory 0; they stand in the code behind a jump over them. */
  private void toMemory(byte[] bytes) {
    int over = jump(Op.JUMP);
    int start = code.size();
    code.writeBytes(bytes);
    land(over);
    op(0x61, bytes.length >> 8, bytes.length, 0x61, start >> 8, start, Op.PUSH0, Op.CODECOPY);
  }

  /** What a call or creation has pushed is stored, so that it counts. */
  private void result() {
    if (random.nextInt(3) == 0) {
      key();
      op(Op.SSTORE);
    } else {
      op(Op.POP);
    }
  }

  private void ending() {
    switch (random.nextInt(10)) {
      case 0 -> {
        address();
        op(Op.SELFDESTRUCT);
      }
      case 1, 2 -> {
        length();
        offset();
        op(Op.REVERT);
      }
      case 3, 4, 5 -> {
        length();
        offset();
        op(Op.RETURN);
      }
      case 6 -> op(random.nextInt(6) == 0 ? Op.INVALID : Op.STOP);
      default -> op(Op.STOP);
    }
  }

  // --- expressions: push one word ---

  private void expression() {
    depth++;
    int choice = random.nextInt(depth > 6 ? 8 : 16);
    switch (choice) {
      case 0, 1, 2 -> constant();
      case 3, 4 -> op(NULLARY[random.nextInt(NULLARY.length)]);
      case 5 -> op(0x60, 32 * random.nextInt(4), Op.CALLDATALOAD);
      case 6 -> {
        key();
        op(any(Op.SLOAD, Op.SLOAD, Op.TLOAD));
      }
      case 7 -> {
        offset();
        op(Op.MLOAD);
      }
      case 8 -> {
        address();
        op(any(0x31, 0x3b, 0x3f)); // BALANCE, EXTCODESIZE, EXTCODEHASH
      }
      case 9 -> {
        length();
        offset();
        op(Op.KECCAK256);
      }
      case 10 -> {
        expression();
        op(any(0x15, 0x19, Op.CLZ)); // ISZERO, NOT
      }
      case 11 -> {
        // BLOCKHASH near the number, BLOBHASH
        if (random.nextBoolean()) {
          op(0x61, random.nextInt(2), random.nextInt(256), 0x43, 0x03, 0x40);
        } else {
          op(0x60, random.nextInt(3), 0x49);
        }
      }
      case 12 -> {
        expression();
        expression();
        expression();
        op(any(0x08, 0x09)); // ADDMOD, MULMOD
      }
      case 13 -> {
        expression();
        expression();
        op(0x81, 0x91, any(0x01, 0x03, 0x16), 0x90, 0x03); // DUP2 SWAP2 op SWAP1 SUB
      }
      default -> {
        expression();
        expression();
        op(BINARY[random.nextInt(BINARY.length)]);
      }
    }
    depth--;
  }

  private void constant() {
    switch (random.nextInt(6)) {
      case 0 -> {
        byte[] word = new byte[1 + random.nextInt(32)];
        random.nextBytes(word);
        op(Op.PUSH1 + word.length - 1);
        code.writeBytes(word);
      }
      case 1 -> {
        // 2^n and its neighbours
        op(0x60, 1, 0x60, random.nextInt(256), 0x1b);
        if (random.nextBoolean()) {
          op(0x60, 1, any(0x01, 0x03));
        }
      }
      case 2 -> op(Op.PUSH0, 0x19); // all ones
      case 3 -> address();
      default -> op(0x60, random.nextInt(70));
    }
  }

  private void key() {
    op(0x60, random.nextInt(6));
  }

  private void offset() {
    if (random.nextInt(60) == 0) {
      op(0x61, random.nextInt(64), random.nextInt(256));
    } else {
      op(0x60, random.nextInt(random.nextBoolean() ? 3 : 200));
    }
  }

  private void length() {
    if (random.nextInt(300) == 0) {
      expression();
    } else {
      op(0x60, random.nextInt(4) == 0 ? 0 : random.nextInt(100));
    }
  }

  private void gas() {
    switch (random.nextInt(5)) {
      case 0 -> op(0x61, random.nextInt(256), random.nextInt(256));
      case 1 -> op(0x60, 2, Op.GAS, 0x04); // half of what is left
      default -> op(Op.GAS);
    }
  }

  private void address() {
    switch (random.nextInt(10)) {
      case 0 -> op(0x60, random.nextInt(20));
      case 1 -> op(any(0x30, 0x32, 0x33, 0x41));
      case 2 -> op(0x60, 0xf0, 0x60, 0x50 + random.nextInt(4), 0x1b); // nobody
      default -> {
        op(Op.PUSH1 + 19);
        code.writeBytes(accounts.get(random.nextInt(accounts.size())).toArray());
      }
    }
  }
}
