// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.evm;

import io.lockstep.execution.fork.Op;
import io.lockstep.primitives.uint.LimbDivision;
import io.lockstep.primitives.uint.LimbMath;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The loop: one switch over the opcodes that programs mostly consist of; all others go to {@link
 * ColdOps}. Program counter, stack top and gas are locals and are in the frame whenever the loop is
 * left. The thread of its {@link Evm}.
 *
 * @implNote the loop must stay below 8,000 bytecodes, above which HotSpot never compiles it (20
 *     times slower); a test asserts it. Traced runs hand in a table that no opcode passes: the slow
 *     path then traces and goes on, and an untraced run pays nothing.
 */
final class Interpreter {
  private static final VarHandle BE =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private Interpreter() {}

  /** Runs the frame until it ends or calls. */
  static int run(Evm evm, Frame f) {
    final byte[] code = f.code.padded();
    final long[] s = evm.stack;
    final long[] w = evm.scratch;
    final long[] table = evm.table;
    final long[] destinations = f.code.jumpDestinations();
    final int codeSize = f.code.size();
    final int base = f.stackBase;
    final long hotBelow = f.hotBelow;
    int pc = f.pc;
    int sp = f.sp;
    long gas = f.gas;
    int status;
    loop:
    while (true) {
      int op = code[pc] & 0xff;
      long info = table[op];
      int height = sp - base - ((int) info >>> 16);
      if (Integer.compareUnsigned(height, (int) info & 0xffff) > 0) {
        f.pc = pc;
        f.sp = sp;
        f.gas = gas;
        status = evm.slowPath(f, op);
        if (status != Status.RUNNING) {
          return status;
        }
        info = evm.rules.ops()[op];
      }
      gas -= info >>> 32;
      if (gas < 0) {
        status = Status.OUT_OF_GAS;
        break;
      }
      pc++;
      switch (op) {
        case Op.STOP -> {
          status = Status.STOPPED;
          break loop;
        }
        case Op.ADD -> {
          sp -= 4;
          LimbMath.add(s, sp, sp - 4);
        }
        case Op.MUL -> {
          sp -= 4;
          LimbMath.multiply(s, sp, sp - 4);
        }
        case Op.SUB -> {
          sp -= 4;
          LimbMath.subtract(s, sp, sp - 4);
        }
        case Op.DIV -> {
          sp -= 4;
          LimbDivision.divide(s, sp, sp - 4, w);
        }
        case Op.MOD -> {
          sp -= 4;
          LimbDivision.modulo(s, sp, sp - 4, w);
        }
        case Op.ADDMOD -> {
          sp -= 8;
          LimbDivision.addModulo(s, sp + 4, sp, sp - 4, w);
        }
        case Op.MULMOD -> {
          sp -= 8;
          LimbDivision.multiplyModulo(s, sp + 4, sp, sp - 4, w);
        }
        case Op.LT -> {
          sp -= 4;
          LimbMath.set(s, sp - 4, LimbMath.lessThan(s, sp, sp - 4) ? 1 : 0);
        }
        case Op.GT -> {
          sp -= 4;
          LimbMath.set(s, sp - 4, LimbMath.lessThan(s, sp - 4, sp) ? 1 : 0);
        }
        case Op.SLT -> {
          sp -= 4;
          LimbMath.set(s, sp - 4, LimbMath.lessThanSigned(s, sp, sp - 4) ? 1 : 0);
        }
        case Op.SGT -> {
          sp -= 4;
          LimbMath.set(s, sp - 4, LimbMath.lessThanSigned(s, sp - 4, sp) ? 1 : 0);
        }
        case Op.EQ -> {
          sp -= 4;
          LimbMath.set(s, sp - 4, LimbMath.equal(s, sp, sp - 4) ? 1 : 0);
        }
        case Op.ISZERO -> LimbMath.set(s, sp - 4, LimbMath.isZero(s, sp - 4) ? 1 : 0);
        case Op.AND -> {
          sp -= 4;
          s[sp - 4] &= s[sp];
          s[sp - 3] &= s[sp + 1];
          s[sp - 2] &= s[sp + 2];
          s[sp - 1] &= s[sp + 3];
        }
        case Op.OR -> {
          sp -= 4;
          s[sp - 4] |= s[sp];
          s[sp - 3] |= s[sp + 1];
          s[sp - 2] |= s[sp + 2];
          s[sp - 1] |= s[sp + 3];
        }
        case Op.XOR -> {
          sp -= 4;
          s[sp - 4] ^= s[sp];
          s[sp - 3] ^= s[sp + 1];
          s[sp - 2] ^= s[sp + 2];
          s[sp - 1] ^= s[sp + 3];
        }
        case Op.NOT -> {
          s[sp - 4] = ~s[sp - 4];
          s[sp - 3] = ~s[sp - 3];
          s[sp - 2] = ~s[sp - 2];
          s[sp - 1] = ~s[sp - 1];
        }
        case Op.BYTE -> {
          sp -= 4;
          LimbMath.byteAt(s, sp, sp - 4);
        }
        case Op.SHL -> {
          sp -= 4;
          LimbMath.shiftLeft(s, sp, sp - 4);
        }
        case Op.SHR -> {
          sp -= 4;
          LimbMath.shiftRight(s, sp, sp - 4);
        }
        case Op.SAR -> {
          sp -= 4;
          LimbMath.shiftRightSigned(s, sp, sp - 4);
        }
        case Op.CALLVALUE -> {
          f.value(s, sp);
          sp += 4;
        }
        case Op.CALLDATASIZE -> {
          LimbMath.set(s, sp, f.inputLength);
          sp += 4;
        }
        case Op.CALLDATALOAD -> MemoryOps.callData(f, s, sp - 4, sp - 4);
        case Op.POP -> sp -= 4;
        case Op.MLOAD -> {
          gas = MemoryOps.load(evm, f, s, sp - 4, sp - 4, gas);
          if (gas < 0) {
            status = Status.OUT_OF_GAS;
            break loop;
          }
        }
        case Op.MSTORE -> {
          sp -= 8;
          gas = MemoryOps.store(evm, f, s, sp + 4, sp, gas);
          if (gas < 0) {
            status = Status.OUT_OF_GAS;
            break loop;
          }
        }
        case Op.MSTORE8 -> {
          sp -= 8;
          gas = MemoryOps.storeByte(evm, f, s, sp + 4, sp, gas);
          if (gas < 0) {
            status = Status.OUT_OF_GAS;
            break loop;
          }
        }
        case Op.JUMP -> {
          sp -= 4;
          if (!isDestination(destinations, codeSize, s, sp)) {
            status = Status.BAD_JUMP;
            break loop;
          }
          pc = (int) s[sp];
        }
        case Op.JUMPI -> {
          sp -= 8;
          if (!LimbMath.isZero(s, sp)) {
            if (!isDestination(destinations, codeSize, s, sp + 4)) {
              status = Status.BAD_JUMP;
              break loop;
            }
            pc = (int) s[sp + 4];
          }
        }
        case Op.PC -> {
          LimbMath.set(s, sp, pc - 1);
          sp += 4;
        }
        case Op.GAS -> {
          LimbMath.set(s, sp, gas);
          sp += 4;
        }
        case Op.JUMPDEST -> {
          if (gas < hotBelow) {
            pc--;
            gas += info >>> 32;
            status = Status.HOT;
            break loop;
          }
        }
        case Op.PUSH0 -> {
          LimbMath.set(s, sp, 0);
          sp += 4;
        }
        case Op.PUSH1 -> {
          LimbMath.set(s, sp, code[pc++] & 0xff);
          sp += 4;
        }
        case 0x61 -> {
          LimbMath.set(s, sp, (code[pc] & 0xff) << 8 | (code[pc + 1] & 0xff));
          sp += 4;
          pc += 2;
        }
        case 0x62, 0x63, 0x64, 0x65, 0x66, 0x67 -> {
          LimbMath.set(s, sp, (long) BE.get(code, pc) >>> ((0x67 - op) * 8));
          sp += 4;
          pc += op - 0x5f;
        }
        case 0x68,
            0x69,
            0x6a,
            0x6b,
            0x6c,
            0x6d,
            0x6e,
            0x6f,
            0x70,
            0x71,
            0x72,
            0x73,
            0x74,
            0x75,
            0x76,
            0x77,
            0x78,
            0x79,
            0x7a,
            0x7b,
            0x7c,
            0x7d,
            0x7e,
            0x7f -> {
          pushWide(code, pc, op - 0x5f, s, sp);
          sp += 4;
          pc += op - 0x5f;
        }
        case 0x80,
            0x81,
            0x82,
            0x83,
            0x84,
            0x85,
            0x86,
            0x87,
            0x88,
            0x89,
            0x8a,
            0x8b,
            0x8c,
            0x8d,
            0x8e,
            0x8f -> {
          int from = sp - ((op - 0x7f) << 2);
          s[sp] = s[from];
          s[sp + 1] = s[from + 1];
          s[sp + 2] = s[from + 2];
          s[sp + 3] = s[from + 3];
          sp += 4;
        }
        case 0x90,
            0x91,
            0x92,
            0x93,
            0x94,
            0x95,
            0x96,
            0x97,
            0x98,
            0x99,
            0x9a,
            0x9b,
            0x9c,
            0x9d,
            0x9e,
            0x9f ->
            swap(s, sp - 4, (op - 0x8f) << 2);
        default -> {
          f.pc = pc;
          f.sp = sp;
          f.gas = gas;
          status = ColdOps.run(evm, f, op);
          if (status != Status.RUNNING) {
            return status;
          }
          sp = f.sp;
          gas = f.gas;
        }
      }
    }
    f.pc = pc;
    f.sp = sp;
    f.gas = gas;
    return status;
  }

  /** Whether the word at {@code at} is where a jump may land. */
  static boolean isDestination(long[] destinations, int codeSize, long[] s, int at) {
    long target = s[at];
    return (s[at + 1] | s[at + 2] | s[at + 3]) == 0
        && Long.compareUnsigned(target, codeSize) < 0
        && (destinations[(int) target >>> 6] >>> target & 1) != 0;
  }

  private static void swap(long[] s, int a, int distance) {
    int b = a - distance;
    for (int i = 0; i < 4; i++) {
      long x = s[a + i];
      s[a + i] = s[b + i];
      s[b + i] = x;
    }
  }

  /** Pushes 9 to 32 bytes of code. */
  private static void pushWide(byte[] code, int pc, int length, long[] s, int r) {
    int end = pc + length;
    s[r] = (long) BE.get(code, end - 8);
    int rest = length - 8;
    for (int limb = 1; limb < 4; limb++) {
      if (rest >= 8) {
        s[r + limb] = (long) BE.get(code, pc + rest - 8);
        rest -= 8;
      } else {
        s[r + limb] = rest == 0 ? 0 : (long) BE.get(code, pc) >>> ((8 - rest) * 8);
        rest = 0;
      }
    }
  }
}
