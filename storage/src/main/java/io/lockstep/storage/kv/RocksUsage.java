// SPDX-License-Identifier: Apache-2.0
package io.lockstep.storage.kv;

/**
 * What a store takes outside of the Java heap, in bytes, and on the disk.
 *
 * @param blockCacheBytes uncompressed blocks, indices and filters
 * @param memtableBytes what is not in a table yet
 * @param tableReaderBytes readers of tables, beside the cache
 * @param tableFileBytes all tables on the disk
 */
public record RocksUsage(
    long blockCacheBytes, long memtableBytes, long tableReaderBytes, long tableFileBytes) {}
