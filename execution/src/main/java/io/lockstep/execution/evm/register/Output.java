// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.evm.register;

import java.util.Arrays;

/** The growing arrays of a program. The thread of its {@link Translator}. */
final class Output {
  private static final int PLACE_LIMIT = 1 << 11;

  private int[] ops = new int[512];
  private int size;
  private long[] pool = new long[64];
  private int poolSize;
  private int[] jumps = new int[32];
  private int jumpCount;

  int size() {
    return size;
  }

  int[] ops() {
    return Arrays.copyOf(ops, size);
  }

  long[] pool() {
    return Arrays.copyOf(pool, poolSize);
  }

  void header(BlockForm form) {
    int needed = -form.low;
    int span = 1024 - form.growth - needed;
    append(form.gas);
    append(((needed * 4) << 16) | (span * 4));
    append(form.pc);
  }

  /** Appends an instruction; a and r are places in limbs. */
  void instruction(int code, int r, int a, int b) {
    if (r < -PLACE_LIMIT || r >= PLACE_LIMIT || a < -PLACE_LIMIT || a >= PLACE_LIMIT) {
      throw new IllegalStateException("places " + r + " and " + a + " are too far for " + code);
    }
    append((r << 20) | ((a & 0xfff) << 8) | code);
    append(b);
  }

  /** Appends a third int. */
  void append(int value) {
    if (size == ops.length) {
      ops = Arrays.copyOf(ops, size * 2);
    }
    ops[size++] = value;
  }

  /** Marks the int written last as the pc of a jump destination, -1 for a jump to nowhere. */
  void jump() {
    if (jumpCount == jumps.length) {
      jumps = Arrays.copyOf(jumps, jumpCount * 2);
    }
    jumps[jumpCount++] = size - 1;
  }

  /** Puts blocks in the place of pcs. */
  static void resolve(int[] ops, Output from, Program program, long[] destinations, int nowhere) {
    for (int i = 0; i < from.jumpCount; i++) {
      int at = from.jumps[i];
      ops[at] = ops[at] < 0 ? nowhere : program.blockAt(destinations, ops[at]);
    }
  }

  /** The place in the pool of a constant. */
  int constant(long l0, long l1, long l2, long l3) {
    // A code has few constants that are large, and neighbours share them.
    for (int at = poolSize - 4; at >= 0 && at >= poolSize - 64; at -= 4) {
      if (pool[at] == l0 && pool[at + 1] == l1 && pool[at + 2] == l2 && pool[at + 3] == l3) {
        return at;
      }
    }
    if (poolSize == pool.length) {
      pool = Arrays.copyOf(pool, poolSize * 2);
    }
    pool[poolSize] = l0;
    pool[poolSize + 1] = l1;
    pool[poolSize + 2] = l2;
    pool[poolSize + 3] = l3;
    poolSize += 4;
    return poolSize - 4;
  }
}
