// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.evm;

import io.lockstep.execution.evm.register.Ins;
import io.lockstep.execution.evm.register.Program;
import io.lockstep.primitives.uint.LimbDivision;
import io.lockstep.primitives.uint.LimbMath;

/**
 * Runs programs of three-address instructions, block by block: a block's gas is paid and its stack
 * checked when it is entered. The thread of its {@link Evm}.
 *
 * @implNote the loop must stay below 8,000 bytecodes, above which HotSpot never compiles it; a test
 *     asserts it. Places are relative to the top of the stack at the block's entry, which stays
 *     where it is until the block's end.
 */
final class RegisterLoop {
  private static final long NUMBER = 0xffff_ffffL;

  private RegisterLoop() {}

  /** Runs the frame until it ends or calls. */
  static int run(Evm evm, Frame f, Program program) {
    final int[] p = program.ops();
    final long[] pool = program.pool();
    final long[] s = evm.stack;
    final long[] w = evm.scratch;
    final int base = f.stackBase;
    int at = f.block;
    int sp = f.sp;
    long gas = f.gas;
    long floor = evm.stopFloor(gas);
    while (true) {
      int heights = p[at + 1];
      gas -= p[at];
      boolean misfits = Integer.compareUnsigned(sp - base - (heights >>> 16), heights & 0xffff) > 0;
      if (gas < floor || misfits) {
        if (gas < 0 || misfits) {
          // Not all of this block can run: the plain engine finds out how far, and why no further.
          f.program = null;
          f.hotBelow = Long.MIN_VALUE;
          f.pc = p[at + 2];
          f.sp = sp;
          f.gas = gas + p[at];
          return Interpreter.run(evm, f);
        }
        evm.stopIfAsked();
        floor = evm.stopFloor(gas);
      }
      at += Program.HEADER_INTS;
      block:
      while (true) {
        int i = p[at];
        int b = p[at + 1];
        int a = sp + (i << 12 >> 20);
        int r = sp + (i >> 20);
        at += 2;
        switch (i & 0xff) {
          case Ins.MOVE -> LimbMath.copy(s, a, s, r);
          case Ins.SWAP -> LimbMath.swap(s, a, r);
          case Ins.SET_I -> LimbMath.set(s, r, b & NUMBER);
          case Ins.SET_C -> LimbMath.copy(pool, b, s, r);
          case Ins.ADD -> LimbMath.add(s, a, s, sp + b, r);
          case Ins.ADD_I -> LimbMath.addSmall(s, a, b & NUMBER, r);
          case Ins.ADD_C -> LimbMath.add(s, a, pool, b, r);
          case Ins.SUB -> LimbMath.subtract(s, a, s, sp + b, r);
          case Ins.SUB_I -> LimbMath.subtractSmall(s, a, b & NUMBER, r);
          case Ins.MUL -> LimbMath.multiply(s, a, s, sp + b, r);
          case Ins.MUL_C -> LimbMath.multiply(s, a, pool, b, r);
          case Ins.DIV -> LimbDivision.divide(s, a, sp + b, r, w);
          case Ins.MOD -> LimbDivision.modulo(s, a, sp + b, r, w);
          case Ins.ADDMOD -> LimbDivision.addModulo(s, a, sp + b, sp + p[at++], r, w);
          case Ins.MULMOD -> LimbDivision.multiplyModulo(s, a, sp + b, sp + p[at++], r, w);
          case Ins.LT -> LimbMath.set(s, r, LimbMath.lessThan(s, a, sp + b) ? 1 : 0);
          case Ins.LT_I -> LimbMath.set(s, r, LimbMath.lessThanSmall(s, a, b & NUMBER) ? 1 : 0);
          case Ins.GT_I -> LimbMath.set(s, r, LimbMath.greaterThanSmall(s, a, b & NUMBER) ? 1 : 0);
          case Ins.SLT -> LimbMath.set(s, r, LimbMath.lessThanSigned(s, a, sp + b) ? 1 : 0);
          case Ins.EQ -> LimbMath.set(s, r, LimbMath.equal(s, a, sp + b) ? 1 : 0);
          case Ins.EQ_I -> LimbMath.set(s, r, LimbMath.equalsSmall(s, a, b & NUMBER) ? 1 : 0);
          case Ins.EQ_C -> LimbMath.set(s, r, LimbMath.equal(s, a, pool, b) ? 1 : 0);
          case Ins.ISZERO -> LimbMath.set(s, r, LimbMath.isZero(s, a) ? 1 : 0);
          case Ins.AND -> LimbMath.and(s, a, s, sp + b, r);
          case Ins.AND_I -> LimbMath.set(s, r, s[a] & b & NUMBER);
          case Ins.AND_C -> LimbMath.and(s, a, pool, b, r);
          case Ins.OR -> LimbMath.or(s, a, s, sp + b, r);
          case Ins.OR_C -> LimbMath.or(s, a, pool, b, r);
          case Ins.XOR -> LimbMath.xor(s, a, s, sp + b, r);
          case Ins.XOR_C -> LimbMath.xor(s, a, pool, b, r);
          case Ins.NOT -> LimbMath.not(s, a, r);
          case Ins.SHL -> LimbMath.shiftLeft(s, sp + b, LimbMath.shift(s, a), r);
          case Ins.SHL_I -> LimbMath.shiftLeft(s, a, b, r);
          case Ins.SHR -> LimbMath.shiftRight(s, sp + b, LimbMath.shift(s, a), r);
          case Ins.SHR_I -> LimbMath.shiftRight(s, a, b, r);
          case Ins.SAR -> LimbMath.shiftRightSigned(s, sp + b, LimbMath.shift(s, a), r);
          case Ins.SAR_I -> LimbMath.shiftRightSigned(s, a, b, r);
          case Ins.MATH -> ColdOps.math(evm, p[at++], s, a, sp + b, r);
          case Ins.EXP -> {
            gas = ColdOps.power(evm, a, sp + b, r, gas);
            if (gas < 0) {
              return Status.OUT_OF_GAS;
            }
          }
          case Ins.KECCAK -> {
            gas = MemoryOps.keccak(evm, f, s, a, sp + b, r, gas);
            if (gas < 0) {
              return Status.OUT_OF_GAS;
            }
          }
          case Ins.MLOAD -> {
            gas = MemoryOps.load(evm, f, s, a, r, gas);
            if (gas < 0) {
              return Status.OUT_OF_GAS;
            }
          }
          case Ins.MLOAD_I -> {
            gas = MemoryOps.loadAt(evm, f, b, s, r, gas);
            if (gas < 0) {
              return Status.OUT_OF_GAS;
            }
          }
          case Ins.MSTORE -> {
            gas = MemoryOps.store(evm, f, s, a, sp + b, gas);
            if (gas < 0) {
              return Status.OUT_OF_GAS;
            }
          }
          case Ins.MSTORE_I -> {
            gas = MemoryOps.storeAt(evm, f, b, s, a, gas);
            if (gas < 0) {
              return Status.OUT_OF_GAS;
            }
          }
          case Ins.MSTORE8 -> {
            gas = MemoryOps.storeByte(evm, f, s, a, sp + b, gas);
            if (gas < 0) {
              return Status.OUT_OF_GAS;
            }
          }
          case Ins.SLOAD -> {
            gas = StorageOps.load(evm, f, a, r, gas);
            if (gas < 0) {
              return Status.OUT_OF_GAS;
            }
          }
          case Ins.SSTORE -> {
            if (f.isStatic) {
              return Status.WRITE_PROTECTION;
            }
            gas = StorageOps.store(evm, f, a, sp + b, gas);
            if (gas < 0) {
              return Status.OUT_OF_GAS;
            }
          }
          case Ins.TLOAD -> evm.state.loadTransient(f.self(), s, a, r);
          case Ins.TSTORE -> {
            if (f.isStatic) {
              return Status.WRITE_PROTECTION;
            }
            evm.state.storeTransient(f.self(), s, a, sp + b);
          }
          case Ins.CALLDATALOAD -> MemoryOps.callData(f, s, a, r);
          case Ins.CALLDATALOAD_I -> MemoryOps.callDataAt(f, b, s, r);
          case Ins.CALLDATASIZE -> LimbMath.set(s, r, f.inputLength);
          case Ins.CALLVALUE -> f.value(s, r);
          case Ins.ENVIRONMENT -> ColdOps.environment(evm, f, b, r);
          case Ins.GAS -> LimbMath.set(s, r, gas + b);
          case Ins.NEXT -> {
            sp = r;
            break block;
          }
          case Ins.GOTO -> {
            sp = r;
            at = b;
            break block;
          }
          case Ins.JUMP -> {
            at = target(f, program, s, a);
            sp = r;
            break block;
          }
          case Ins.JUMP_IF -> {
            if (!LimbMath.isZero(s, a)) {
              at = target(f, program, s, sp + b);
            }
            sp = r;
            break block;
          }
          case Ins.IF_ZERO -> {
            at = LimbMath.isZero(s, a) ? p[at] : at + 1;
            sp = r;
            break block;
          }
          case Ins.IF_NOT_ZERO -> {
            at = LimbMath.isZero(s, a) ? at + 1 : p[at];
            sp = r;
            break block;
          }
          case Ins.IF_LT -> {
            at = LimbMath.lessThan(s, a, sp + b) ? p[at] : at + 1;
            sp = r;
            break block;
          }
          case Ins.IF_GE -> {
            at = LimbMath.lessThan(s, a, sp + b) ? at + 1 : p[at];
            sp = r;
            break block;
          }
          case Ins.IF_LT_I -> {
            at = LimbMath.lessThanSmall(s, a, b & NUMBER) ? p[at] : at + 1;
            sp = r;
            break block;
          }
          case Ins.IF_GE_I -> {
            at = LimbMath.lessThanSmall(s, a, b & NUMBER) ? at + 1 : p[at];
            sp = r;
            break block;
          }
          case Ins.IF_GT_I -> {
            at = LimbMath.greaterThanSmall(s, a, b & NUMBER) ? p[at] : at + 1;
            sp = r;
            break block;
          }
          case Ins.IF_LE_I -> {
            at = LimbMath.greaterThanSmall(s, a, b & NUMBER) ? at + 1 : p[at];
            sp = r;
            break block;
          }
          case Ins.IF_EQ -> {
            at = LimbMath.equal(s, a, sp + b) ? p[at] : at + 1;
            sp = r;
            break block;
          }
          case Ins.IF_NE -> {
            at = LimbMath.equal(s, a, sp + b) ? at + 1 : p[at];
            sp = r;
            break block;
          }
          case Ins.IF_EQ_I -> {
            at = LimbMath.equalsSmall(s, a, b & NUMBER) ? p[at] : at + 1;
            sp = r;
            break block;
          }
          case Ins.IF_NE_I -> {
            at = LimbMath.equalsSmall(s, a, b & NUMBER) ? at + 1 : p[at];
            sp = r;
            break block;
          }
          case Ins.IF_SLT -> {
            at = LimbMath.lessThanSigned(s, a, sp + b) ? p[at] : at + 1;
            sp = r;
            break block;
          }
          case Ins.IF_SGE -> {
            at = LimbMath.lessThanSigned(s, a, sp + b) ? at + 1 : p[at];
            sp = r;
            break block;
          }
          case Ins.COLD -> {
            f.block = at;
            f.sp = r;
            f.gas = gas;
            int status = ColdOps.run(evm, f, b);
            if (status != Status.RUNNING) {
              return status;
            }
            sp = f.sp;
            gas = f.gas;
            break block;
          }
          case Ins.HALT -> {
            f.gas = gas;
            return Evm.haltAt(b);
          }
          default -> throw new IllegalStateException("instruction " + (i & 0xff) + " at " + at);
        }
      }
      if (at < 0) {
        return Status.BAD_JUMP;
      }
    }
  }

  /** The block at the jump destination in the word at {@code at}, or -1. */
  private static int target(Frame f, Program program, long[] s, int at) {
    long[] destinations = f.code.jumpDestinations();
    return Interpreter.isDestination(destinations, f.code.size(), s, at)
        ? program.blockAt(destinations, (int) s[at])
        : -1;
  }
}
