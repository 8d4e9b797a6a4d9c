// SPDX-License-Identifier: Apache-2.0
package io.lockstep.storage.kv;

/**
 * How much memory and how many files one RocksDB store may take; several stores live in one
 * process.
 *
 * @param blockCacheBytes the cache of uncompressed blocks, shared by the store's columns
 * @param writeBufferBytes the memtable of one column
 * @param writeBuffersTotalBytes all memtables together; above it the fullest is flushed
 * @param walTotalBytes write-ahead logs kept at most before columns are flushed for their sake
 * @param maxOpenFiles file descriptors
 */
public record RocksSettings(
    long blockCacheBytes,
    long writeBufferBytes,
    long writeBuffersTotalBytes,
    long walTotalBytes,
    int maxOpenFiles) {
  private static final long MIB = 1L << 20;

  public static final RocksSettings DEFAULT =
      new RocksSettings(64 * MIB, 8 * MIB, 48 * MIB, 96 * MIB, 256);

  public RocksSettings {
    if (blockCacheBytes < MIB
        || writeBufferBytes < MIB
        || writeBuffersTotalBytes < writeBufferBytes
        || walTotalBytes < writeBufferBytes) {
      throw new IllegalArgumentException(
          "a store needs a block cache and write buffers of 1 MiB at least, the totals no smaller"
              + " than one write buffer");
    }
    if (maxOpenFiles < 16) {
      throw new IllegalArgumentException("maxOpenFiles is 16 at least, got " + maxOpenFiles);
    }
  }

  /**
   * With other memtables: so much in all, an eighth of it or 8 MiB a column, and logs for twice.
   */
  public RocksSettings withWriteBuffersTotalBytes(long bytes) {
    long one = Math.min(bytes, Math.max(8 * MIB, bytes / 8));
    return new RocksSettings(blockCacheBytes, one, bytes, 2 * bytes, maxOpenFiles);
  }

  public RocksSettings withBlockCacheBytes(long bytes) {
    return new RocksSettings(
        bytes, writeBufferBytes, writeBuffersTotalBytes, walTotalBytes, maxOpenFiles);
  }
}
