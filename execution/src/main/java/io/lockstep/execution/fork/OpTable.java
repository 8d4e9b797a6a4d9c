// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.fork;

import static io.lockstep.execution.fork.Op.*;

/**
 * What each opcode of a fork costs at least and needs of the stack, packed into one long so that
 * the interpreter's loop makes one load and one comparison: gas in the upper half, then the height
 * needed and the span of heights allowed above it, both in limbs (four a word). An opcode that the
 * fork does not define needs more than any stack has.
 */
final class OpTable {
  /** Words; the limit of the yellow paper. */
  private static final int MAX_WORDS = 1024;

  /** A height that no stack reaches. */
  static final long UNDEFINED = 0x7fffL << 16;

  private final long[] table = new long[256];

  private OpTable() {
    java.util.Arrays.fill(table, UNDEFINED);
  }

  static long[] of(Fork fork) {
    OpTable t = new OpTable();
    t.frontier();
    if (fork.isAtLeast(Fork.HOMESTEAD)) {
      t.define(DELEGATECALL, 40, 6, 1);
    }
    if (fork.isAtLeast(Fork.TANGERINE_WHISTLE)) {
      t.reprice(700, EXTCODESIZE, EXTCODECOPY, CALL, CALLCODE, DELEGATECALL);
      t.reprice(400, BALANCE);
      t.reprice(200, SLOAD);
      t.reprice(5000, SELFDESTRUCT);
    }
    if (fork.isAtLeast(Fork.BYZANTIUM)) {
      t.define(RETURNDATASIZE, 2, 0, 1);
      t.define(RETURNDATACOPY, 3, 3, 0);
      t.define(STATICCALL, 700, 6, 1);
      t.define(REVERT, 0, 2, 0);
    }
    if (fork.isAtLeast(Fork.CONSTANTINOPLE)) {
      t.define(SHL, 3, 2, 1);
      t.define(SHR, 3, 2, 1);
      t.define(SAR, 3, 2, 1);
      t.define(EXTCODEHASH, 400, 1, 1);
      t.define(CREATE2, 32000, 4, 1);
    }
    if (fork.isAtLeast(Fork.ISTANBUL)) {
      t.define(CHAINID, 2, 0, 1);
      t.define(SELFBALANCE, 5, 0, 1);
      t.reprice(800, SLOAD);
      t.reprice(700, BALANCE, EXTCODEHASH);
    }
    if (fork.isAtLeast(Fork.BERLIN)) {
      // EIP-2929: the warm price; what a cold access costs more is charged where it happens.
      t.reprice(100, EXTCODESIZE, EXTCODECOPY, EXTCODEHASH, BALANCE, SLOAD);
      t.reprice(100, CALL, CALLCODE, DELEGATECALL, STATICCALL);
    }
    if (fork.isAtLeast(Fork.LONDON)) {
      t.define(BASEFEE, 2, 0, 1);
    }
    if (fork.isAtLeast(Fork.SHANGHAI)) {
      t.define(PUSH0, 2, 0, 1);
    }
    if (fork.isAtLeast(Fork.CANCUN)) {
      t.define(BLOBHASH, 3, 1, 1);
      t.define(BLOBBASEFEE, 2, 0, 1);
      t.define(TLOAD, 100, 1, 1);
      t.define(TSTORE, 100, 2, 0);
      t.define(MCOPY, 3, 3, 0);
    }
    if (fork.isAtLeast(Fork.OSAKA)) {
      t.define(CLZ, 5, 1, 1);
    }
    return t.table;
  }

  private void frontier() {
    define(STOP, 0, 0, 0);
    defineAll(3, 2, 1, ADD, SUB, LT, GT, SLT, SGT, EQ, AND, OR, XOR, BYTE);
    defineAll(5, 2, 1, MUL, DIV, SDIV, MOD, SMOD, SIGNEXTEND);
    defineAll(8, 3, 1, ADDMOD, MULMOD);
    define(EXP, 10, 2, 1);
    defineAll(3, 1, 1, ISZERO, NOT, CALLDATALOAD, MLOAD);
    define(KECCAK256, 30, 2, 1);
    defineAll(2, 0, 1, ADDRESS, ORIGIN, CALLER, CALLVALUE, CALLDATASIZE, CODESIZE, GASPRICE);
    defineAll(2, 0, 1, COINBASE, TIMESTAMP, NUMBER, PREVRANDAO, GASLIMIT, PC, MSIZE, GAS);
    define(BALANCE, 20, 1, 1);
    defineAll(3, 3, 0, CALLDATACOPY, CODECOPY);
    define(EXTCODESIZE, 20, 1, 1);
    define(EXTCODECOPY, 20, 4, 0);
    define(BLOCKHASH, 20, 1, 1);
    define(POP, 2, 1, 0);
    defineAll(3, 2, 0, MSTORE, MSTORE8);
    define(SLOAD, 50, 1, 1);
    define(SSTORE, 0, 2, 0);
    define(JUMP, 8, 1, 0);
    define(JUMPI, 10, 2, 0);
    define(JUMPDEST, 1, 0, 0);
    for (int i = 0; i < 32; i++) {
      define(PUSH1 + i, 3, 0, 1);
    }
    for (int i = 0; i < 16; i++) {
      define(DUP1 + i, 3, i + 1, i + 2);
      define(SWAP1 + i, 3, i + 2, i + 2);
    }
    for (int i = 0; i < 5; i++) {
      define(LOG0 + i, 375 * (i + 1), 2 + i, 0);
    }
    define(CREATE, 32000, 3, 1);
    defineAll(40, 7, 1, CALL, CALLCODE);
    define(RETURN, 0, 2, 0);
    define(SELFDESTRUCT, 0, 1, 0);
  }

  private void defineAll(int gas, int pops, int pushes, int... ops) {
    for (int op : ops) {
      define(op, gas, pops, pushes);
    }
  }

  private void define(int op, int gas, int pops, int pushes) {
    int growth = Math.max(0, pushes - pops);
    int span = (MAX_WORDS - growth - pops) * 4;
    table[op] = (long) gas << 32 | (pops * 4L) << 16 | span;
  }

  private void reprice(int gas, int... ops) {
    for (int op : ops) {
      table[op] = (long) gas << 32 | (table[op] & 0xffffffffL);
    }
  }
}
