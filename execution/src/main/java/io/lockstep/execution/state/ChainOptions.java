// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.state;

/**
 * How much a chain keeps.
 *
 * @param historyBlocks the states of so many blocks below the head can be read; {@link #ARCHIVE}
 *     for all
 */
public record ChainOptions(long historyBlocks, ChainCaches caches) {
  /** A history without an end. */
  public static final long ARCHIVE = Long.MAX_VALUE;

  public static final ChainOptions DEFAULT =
      new ChainOptions(ChainDb.HISTORY_BLOCKS, ChainCaches.DEFAULT);

  public ChainOptions {
    if (historyBlocks < 1) {
      throw new IllegalArgumentException("a history of one block at least, got " + historyBlocks);
    }
  }

  public ChainOptions withHistory(long blocks) {
    return new ChainOptions(blocks, caches);
  }

  public ChainOptions withCaches(ChainCaches other) {
    return new ChainOptions(historyBlocks, other);
  }
}
