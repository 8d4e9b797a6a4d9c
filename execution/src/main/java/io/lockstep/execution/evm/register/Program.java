// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.evm.register;

import io.lockstep.execution.fork.Rules;
import io.lockstep.execution.journal.Code;

/** A code's translation under the gas prices of one fork. Immutable, any thread. */
public final class Program implements Code.Form {
  /** Gas of the block; height needed and span allowed, in limbs, two halves; pc. */
  public static final int HEADER_INTS = 3;

  /** Where the block of pc 0 begins. */
  public static final int FIRST = 0;

  private final Rules rules;
  private final int[] ops;
  private final long[] pool;
  private final int[] ranks;
  private final int[] blocks;

  /**
   * Takes the arrays over.
   *
   * @param rules whose prices are in it
   * @param ops headers and instructions of all blocks, in the order of the code
   * @param pool the constants that do not fit into an instruction, four limbs each
   * @param ranks how many jump destinations stand before each 64 bytes of code
   * @param blocks where the block of each jump destination begins, in their order
   */
  Program(Rules rules, int[] ops, long[] pool, int[] ranks, int[] blocks) {
    this.rules = rules;
    this.ops = ops;
    this.pool = pool;
    this.ranks = ranks;
    this.blocks = blocks;
  }

  public Rules rules() {
    return rules;
  }

  /** Not to be changed. */
  public int[] ops() {
    return ops;
  }

  /** Not to be changed. */
  public long[] pool() {
    return pool;
  }

  /** The block of the jump destination at {@code pc}, which must be one. */
  public int blockAt(long[] destinations, int pc) {
    long before = destinations[pc >>> 6] & ((1L << pc) - 1);
    return blocks[ranks[pc >>> 6] + Long.bitCount(before)];
  }

  @Override
  public int weightBytes() {
    return 80 + 4 * (ops.length + ranks.length + blocks.length) + 8 * pool.length;
  }
}
