// SPDX-License-Identifier: Apache-2.0
package io.lockstep.config;

import java.nio.file.Path;

/**
 * Where the node keeps its databases, how far back, and in how much memory. Any thread.
 *
 * @param dir one folder a node; two nodes cannot share one
 * @param historyBlocks states of so many blocks below the head are kept; 0 keeps all
 * @param blockCacheBytes what RocksDB's cache of blocks may take
 * @param writeBufferBytes what RocksDB may hold that is not in a table yet
 */
public record StorageConfig(
    Path dir, long historyBlocks, long blockCacheBytes, long writeBufferBytes) {
  /** The least history: so far a rewind must reach. */
  public static final long LEAST_HISTORY_BLOCKS = 1_024;

  /** Everything but the folder as it is when the configuration does not say. */
  public static StorageConfig in(Path dir) {
    return new StorageConfig(dir, LEAST_HISTORY_BLOCKS, 64L << 20, 48L << 20);
  }

  /** Whether no state is ever given up. */
  public boolean isArchive() {
    return historyBlocks == 0;
  }
}
