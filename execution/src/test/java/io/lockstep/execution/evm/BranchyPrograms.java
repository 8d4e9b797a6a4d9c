// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.evm;

import io.lockstep.execution.fork.Op;
import io.lockstep.execution.fork.Rules;
import io.lockstep.primitives.types.Bytes;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Random programs of many blocks: stretches of arithmetic, of juggling with the stack and of
 * memory, storage and calls, joined by jumps forward and counted loops back, some with targets that
 * are computed. They keep track of the height of their stack and mostly stay within it.
 */
final class BranchyPrograms {
  private static final int[] TWO = {
    Op.ADD,
    Op.SUB,
    Op.MUL,
    Op.DIV,
    Op.MOD,
    Op.SDIV,
    Op.SMOD,
    Op.SIGNEXTEND,
    Op.LT,
    Op.GT,
    Op.SLT,
    Op.SGT,
    Op.EQ,
    Op.AND,
    Op.OR,
    Op.XOR,
    Op.BYTE,
    Op.SHL,
    Op.SHR,
    Op.SAR,
    Op.EXP
  };
  private static final int[] ONE = {Op.ISZERO, Op.NOT, Op.CALLDATALOAD, Op.CLZ, Op.TLOAD, Op.SLOAD};
  private static final int[] NONE = {
    Op.ADDRESS,
    Op.CALLER,
    Op.CALLVALUE,
    Op.CALLDATASIZE,
    Op.CODESIZE,
    Op.GASPRICE,
    Op.PC,
    Op.MSIZE,
    Op.GAS,
    Op.RETURNDATASIZE,
    Op.SELFBALANCE,
    Op.TIMESTAMP,
    Op.CHAINID
  };
  private static final int[] COMPARE = {Op.LT, Op.GT, Op.SLT, Op.SGT, Op.EQ};

  private final Random random;
  private final Rules rules;
  private final Bytes[] others;
  private final ByteArrayOutputStream code = new ByteArrayOutputStream();
  // Places of two bytes that wait for the jump destination that comes next.
  private final List<Integer> open = new ArrayList<>();
  private int height;
  // Words at the bottom that are left alone: the counters of loops.
  private int floor;

  private BranchyPrograms(Random random, Rules rules, Bytes[] others) {
    this.random = random;
    this.rules = rules;
    this.others = others;
  }

  /**
   * A program.
   *
   * @param others addresses it may call, 20 bytes each
   */
  static Bytes random(Random random, Rules rules, Bytes... others) {
    return new BranchyPrograms(random, rules, others).generate();
  }

  private Bytes generate() {
    int stretches = 2 + random.nextInt(14);
    for (int i = 0; i < stretches; i++) {
      switch (random.nextInt(5)) {
        case 0 -> loop();
        case 1 -> skip();
        default -> stretch();
      }
    }
    destination();
    // The stack's top and some memory are the result.
    need(1);
    number(0);
    op(Op.MSTORE);
    number(random.nextInt(96));
    number(0);
    op(random.nextInt(6) == 0 ? Op.REVERT : Op.RETURN);
    byte[] bytes = code.toByteArray();
    for (int mutations = random.nextInt(4) == 0 ? 1 + random.nextInt(3) : 0;
        mutations > 0;
        mutations--) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
    }
    return Bytes.wrap(bytes);
  }

  private void stretch() {
    int steps = 1 + random.nextInt(random.nextInt(5) == 0 ? 90 : 25);
    for (int i = 0; i < steps; i++) {
      step();
    }
  }

  private void step() {
    switch (random.nextInt(20)) {
      case 0, 1, 2 -> push();
      case 3, 4, 5 -> {
        int depth = 1 + random.nextInt(random.nextInt(4) == 0 ? 16 : 4);
        need(depth);
        op(Op.DUP1 + depth - 1);
        height++;
      }
      case 6, 7, 8 -> {
        int depth = 1 + random.nextInt(random.nextInt(4) == 0 ? 16 : 3);
        need(depth + 1);
        op(Op.SWAP1 + depth - 1);
      }
      case 9 -> {
        need(1);
        op(Op.POP);
        height--;
      }
      case 10, 11, 12, 13 -> apply(pick(TWO), 2, 1);
      case 14 -> apply(pick(ONE), 1, 1);
      case 15 -> apply(pick(NONE), 0, 1);
      case 16 -> apply(random.nextBoolean() ? Op.ADDMOD : Op.MULMOD, 3, 1);
      case 17 -> memory();
      case 18 -> storage();
      default -> rare();
    }
  }

  private void memory() {
    switch (random.nextInt(6)) {
      case 0 -> {
        number(random.nextInt(300));
        apply(Op.MLOAD, 1, 1);
      }
      case 1, 2 -> {
        need(1);
        number(random.nextInt(300));
        apply(random.nextInt(4) == 0 ? Op.MSTORE8 : Op.MSTORE, 2, 0);
      }
      case 3 -> {
        number(random.nextInt(100));
        number(random.nextInt(300));
        apply(Op.KECCAK256, 2, 1);
      }
      case 4 -> {
        number(random.nextInt(70));
        number(random.nextInt(70));
        number(random.nextInt(200));
        apply(random.nextBoolean() ? Op.CALLDATACOPY : Op.CODECOPY, 3, 0);
      }
      default -> {
        // An offset from anywhere: mostly too far.
        if (random.nextInt(20) == 0) {
          apply(random.nextBoolean() ? Op.MLOAD : Op.NOT, 1, 1);
        }
      }
    }
  }

  private void storage() {
    if (random.nextInt(3) == 0) {
      number(random.nextInt(4));
      apply(Op.SLOAD, 1, 1);
      return;
    }
    number(random.nextInt(3));
    number(random.nextInt(4));
    apply(random.nextInt(3) == 0 ? Op.TSTORE : Op.SSTORE, 2, 0);
  }

  private void rare() {
    switch (random.nextInt(7)) {
      case 0, 1, 2 -> call();
      case 3 -> create();
      case 4 -> {
        number(random.nextInt(1000));
        number(random.nextInt(40));
        number(random.nextInt(100));
        apply(Op.LOG0 + 1, 3, 0);
      }
      case 5 -> {
        number(random.nextInt(20) == 0 ? 1 + random.nextInt(32) : 0);
        number(0);
        number(random.nextInt(64));
        apply(Op.RETURNDATACOPY, 3, 0);
      }
      default -> {
        number(random.nextInt(40));
        number(random.nextInt(40));
        number(random.nextInt(40));
        apply(Op.MCOPY, 3, 0);
      }
    }
  }

  private void call() {
    int op =
        switch (random.nextInt(4)) {
          case 0 -> Op.STATICCALL;
          case 1 -> Op.DELEGATECALL;
          case 2 -> Op.CALLCODE;
          default -> Op.CALL;
        };
    number(random.nextInt(40));
    number(random.nextInt(100));
    number(random.nextInt(70));
    number(random.nextInt(100));
    int words = 6;
    if (op == Op.CALL || op == Op.CALLCODE) {
      number(random.nextInt(4) == 0 ? 1 : 0);
      words = 7;
    }
    if (random.nextInt(4) == 0) {
      number(1 + random.nextInt(10));
    } else {
      Bytes other = others[random.nextInt(others.length)];
      code.write(Op.PUSH1 + 19);
      code.writeBytes(other.toArray());
      height++;
    }
    if (random.nextBoolean()) {
      apply(Op.GAS, 0, 1);
    } else {
      number(random.nextInt(30_000));
    }
    apply(op, words, 1);
  }

  private void create() {
    boolean salted = random.nextBoolean();
    if (salted) {
      number(random.nextInt(3));
    }
    number(random.nextInt(40));
    number(random.nextInt(100));
    number(random.nextInt(2));
    apply(salted ? Op.CREATE2 : Op.CREATE, salted ? 4 : 3, 1);
  }

  /** Something that is skipped or not. */
  private void skip() {
    condition();
    jump(Op.JUMPI);
    int before = height;
    stretch();
    // Where the ways meet the stack is equally high.
    while (height > before) {
      op(Op.POP);
      height--;
    }
    while (height < before) {
      push();
    }
    destination();
  }

  private void condition() {
    switch (random.nextInt(4)) {
      case 0 -> need(1);
      case 1 -> apply(Op.ISZERO, 1, 1);
      default -> {
        if (random.nextBoolean()) {
          push();
        }
        apply(pick(COMPARE), 2, 1);
      }
    }
    if (random.nextInt(3) == 0) {
      apply(Op.ISZERO, 1, 1);
    }
  }

  /** A loop whose counter is on the stack under what its body leaves there. */
  private void loop() {
    number(1 + random.nextInt(6));
    int counter = height;
    int start = code.size();
    op(Op.JUMPDEST);
    floor = random.nextInt(8) == 0 ? 0 : counter;
    stretch();
    floor = 0;
    while (height > counter) {
      op(Op.POP);
      height--;
    }
    while (height < counter) {
      number(1);
    }
    number(1);
    op(Op.SWAP1);
    op(random.nextInt(60) == 0 ? Op.ADD : Op.SUB);
    height--;
    op(Op.DUP1);
    height++;
    switch (random.nextInt(4)) {
      case 0 -> {
        number(0);
        op(Op.LT);
        height--;
      }
      case 1 -> {
        op(Op.ISZERO);
        op(Op.ISZERO);
      }
      default -> {}
    }
    target(start);
    op(Op.JUMPI);
    height -= 2;
  }

  private void jump(int op) {
    code.write(Op.PUSH1 + 1);
    open.add(code.size());
    code.write(0);
    code.write(0);
    height++;
    if (random.nextInt(4) == 0) {
      // The same target, but as a word that is not known when the code is translated.
      number(0);
      op(Op.CALLDATASIZE);
      op(Op.MUL);
      op(Op.ADD);
      height--;
    }
    op(op);
    height -= op == Op.JUMPI ? 2 : 1;
  }

  private void target(int pc) {
    code.write(Op.PUSH1 + 1);
    code.write(pc >>> 8);
    code.write(pc);
    height++;
  }

  private void destination() {
    byte[] bytes = code.toByteArray();
    for (int at : open) {
      bytes[at] = (byte) (bytes.length >>> 8);
      bytes[at + 1] = (byte) bytes.length;
    }
    open.clear();
    code.reset();
    code.writeBytes(bytes);
    op(Op.JUMPDEST);
  }

  private void apply(int op, int pops, int pushes) {
    if (!rules.defines(op) && random.nextInt(50) != 0) {
      return;
    }
    need(pops);
    op(op);
    height += pushes - pops;
  }

  private void need(int words) {
    while (height - floor < words && random.nextInt(3_000) != 0) {
      push();
    }
    height = Math.max(height, words);
  }

  private void push() {
    switch (random.nextInt(8)) {
      case 0 -> {
        code.write(Op.PUSH32);
        byte[] word = new byte[32];
        switch (random.nextInt(3)) {
          case 0 -> random.nextBytes(word);
          case 1 -> Arrays.fill(word, (byte) 0xff);
          default -> word[random.nextInt(32)] = (byte) random.nextInt(256);
        }
        code.writeBytes(word);
        height++;
      }
      case 1 -> {
        int length = 1 + random.nextInt(32);
        code.write(Op.PUSH1 + length - 1);
        for (int i = 0; i < length; i++) {
          code.write(random.nextInt(256));
        }
        height++;
      }
      case 2 -> {
        number(random.nextInt(64));
        apply(Op.CALLDATALOAD, 1, 1);
      }
      default -> number(random.nextInt(random.nextBoolean() ? 4 : 300));
    }
  }

  private void number(int value) {
    if (value == 0 && rules.defines(Op.PUSH0)) {
      op(Op.PUSH0);
    } else if (value < 256) {
      code.write(Op.PUSH1);
      code.write(value);
    } else {
      code.write(Op.PUSH1 + 1);
      code.write(value >>> 8);
      code.write(value);
    }
    height++;
  }

  private int pick(int[] ops) {
    return ops[random.nextInt(ops.length)];
  }

  private void op(int op) {
    code.write(op);
  }
}
