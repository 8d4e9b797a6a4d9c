// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.evm;

import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.uint.LimbMath;

/**
 * What reads and writes memory and call data, for every engine: words are named by their place on
 * the stack, and what is given back is the gas left, negative for not enough. The thread of the
 * {@link Evm}.
 */
final class MemoryOps {
  private static final long HASH_WORD_GAS = 6;

  private MemoryOps() {}

  /** MLOAD from the offset in the word {@code at}. */
  static long load(Evm evm, Frame f, long[] s, int at, int r, long gas) {
    return isOffset(s, at) ? loadAt(evm, f, (int) s[at], s, r, gas) : -1;
  }

  static long loadAt(Evm evm, Frame f, int offset, long[] s, int r, long gas) {
    long left = gas;
    if (offset + 32 > f.memorySize) {
      left = evm.expand(f, offset + 32, gas);
      if (left < 0) {
        return left;
      }
    }
    LimbMath.load(evm.memory, f.memoryBase + offset, s, r);
    return left;
  }

  /** MSTORE to the offset in the word {@code at}. */
  static long store(Evm evm, Frame f, long[] s, int at, int value, long gas) {
    return isOffset(s, at) ? storeAt(evm, f, (int) s[at], s, value, gas) : -1;
  }

  static long storeAt(Evm evm, Frame f, int offset, long[] s, int value, long gas) {
    long left = gas;
    if (offset + 32 > f.memorySize) {
      left = evm.expand(f, offset + 32, gas);
      if (left < 0) {
        return left;
      }
    }
    LimbMath.store(s, value, evm.memory, f.memoryBase + offset);
    return left;
  }

  /** MSTORE8 to the offset in the word {@code at}. */
  static long storeByte(Evm evm, Frame f, long[] s, int at, int value, long gas) {
    if (!isOffset(s, at)) {
      return -1;
    }
    int offset = (int) s[at];
    long left = gas;
    if (offset >= f.memorySize) {
      left = evm.expand(f, offset + 1, gas);
      if (left < 0) {
        return left;
      }
    }
    evm.memory[f.memoryBase + offset] = (byte) s[value];
    return left;
  }

  /**
   * KECCAK256 of the range whose offset and length are the words {@code at} and {@code lengthAt}.
   */
  static long keccak(Evm evm, Frame f, long[] s, int at, int lengthAt, int r, long gas) {
    long left = evm.cover(f, at, lengthAt, gas);
    if (left < 0) {
      return left;
    }
    int length = (int) s[lengthAt];
    left -= HASH_WORD_GAS * ((length + 31L) >>> 5);
    if (left < 0) {
      return left;
    }
    int from = length == 0 ? 0 : f.memoryBase + (int) s[at];
    Keccak.hash(evm.memory, from, length, evm.hash, 0);
    LimbMath.load(evm.hash, 0, s, r);
    return left;
  }

  /** CALLDATALOAD from the offset in the word {@code at}, zeros past the end. */
  static void callData(Frame f, long[] s, int at, int r) {
    boolean inside =
        (s[at + 1] | s[at + 2] | s[at + 3]) == 0 && Long.compareUnsigned(s[at], f.inputLength) < 0;
    callDataAt(f, inside ? (int) s[at] : f.inputLength, s, r);
  }

  static void callDataAt(Frame f, int offset, long[] s, int r) {
    int present = f.inputLength - offset;
    if (present >= 32) {
      LimbMath.load(f.input, f.inputOffset + offset, s, r);
      return;
    }
    LimbMath.set(s, r, 0);
    for (int i = 0; i < present; i++) {
      int fromLow = 31 - i;
      s[r + (fromLow >>> 3)] |=
          (f.input[f.inputOffset + offset + i] & 0xffL) << ((fromLow & 7) * 8);
    }
  }

  private static boolean isOffset(long[] s, int at) {
    return (s[at + 1] | s[at + 2] | s[at + 3]) == 0
        && Long.compareUnsigned(s[at], Evm.MAX_MEMORY_BYTES) <= 0;
  }
}
