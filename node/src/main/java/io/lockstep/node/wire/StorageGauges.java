// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.wire;

import io.lockstep.execution.state.ChainDb;
import io.lockstep.node.ops.Metrics;
import io.lockstep.storage.kv.RocksUsage;
import java.util.function.Supplier;

/** Gauges of what the main database takes and how far back it reaches. */
final class StorageGauges {
  private StorageGauges() {}

  static void addTo(Metrics metrics, Supplier<RocksUsage> usage, ChainDb chain) {
    metrics.gauge(
        "storage_block_cache_bytes",
        "memory of RocksDB's block cache, indices and filters included",
        () -> usage.get().blockCacheBytes());
    metrics.gauge(
        "storage_memtable_bytes",
        "memory of RocksDB's writes that are in no table yet",
        () -> usage.get().memtableBytes());
    metrics.gauge(
        "storage_table_reader_bytes",
        "memory of RocksDB's table readers beside the cache",
        () -> usage.get().tableReaderBytes());
    metrics.gauge(
        "storage_table_file_bytes",
        "size of RocksDB's tables on the disk",
        () -> usage.get().tableFileBytes());
    metrics.gauge(
        "history_oldest_state",
        "lowest block of the first rollup whose state can be read",
        chain::oldestState);
  }
}
