// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.loop;

import io.lockstep.primitives.tx.Block;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.sequencer.batch.SizeMeter;
import io.lockstep.sequencer.head.Cluster;
import io.lockstep.sequencer.tick.HeaderExtra;
import io.lockstep.sequencer.tick.Rollup;
import java.util.List;
import java.util.TreeMap;

/**
 * What lies between the safe head and the head: how many bytes one posting would have to hold, and
 * how many transactions this operator has promised there. Owner: the sequencing thread.
 */
final class Unposted {
  private final Cluster cluster;
  private final TreeMap<Long, Tick> byHeight = new TreeMap<>();

  private record Tick(long bytes, int transactions, int operatorId, long tick) {}

  Unposted(Cluster cluster) {
    this.cluster = cluster;
  }

  /** Brings the record in line with the chain. Cheap when little has changed. */
  void refresh() {
    byHeight.headMap(cluster.safeHeight(), true).clear();
    byHeight.tailMap(cluster.height(), false).clear();
    for (long height = cluster.safeHeight() + 1; height <= cluster.height(); height++) {
      if (!byHeight.containsKey(height)) {
        byHeight.put(height, read(height));
      }
    }
  }

  /** Blocks from {@code height} up are others now. */
  void forgetFrom(long height) {
    byHeight.tailMap(height, true).clear();
  }

  long bytes() {
    return byHeight.values().stream().mapToLong(Tick::bytes).sum();
  }

  int ticks() {
    return byHeight.size();
  }

  /** The oldest tick that is not posted, or -1. */
  long firstTick() {
    return byHeight.isEmpty() ? -1 : byHeight.firstEntry().getValue().tick;
  }

  /** The newest tick that is not posted, or -1. */
  long lastTick() {
    return byHeight.isEmpty() ? -1 : byHeight.lastEntry().getValue().tick;
  }

  long transactionsOf(int operatorId) {
    return byHeight.values().stream()
        .filter(tick -> tick.operatorId == operatorId)
        .mapToLong(Tick::transactions)
        .sum();
  }

  /** Ticks of this operator that are not posted, in their order. */
  List<Long> ticksOf(int operatorId) {
    return byHeight.values().stream()
        .filter(tick -> tick.operatorId == operatorId)
        .map(Tick::tick)
        .toList();
  }

  private Tick read(long height) {
    long bytes = SizeMeter.tickBytes(cluster.rollups().size());
    int transactions = 0;
    HeaderExtra extra = HeaderExtra.of(cluster.first().chain().head());
    for (Rollup rollup : cluster.rollups()) {
      Hash32 hash = rollup.chain().canonicalHash(height);
      Block block = hash == null ? null : rollup.chain().block(hash);
      if (block == null) {
        throw new IllegalStateException("rollup " + rollup.id() + " has no block " + height);
      }
      extra = HeaderExtra.of(block.header());
      for (Transaction tx : block.transactions().subList(1, block.transactions().size())) {
        bytes += tx.encoded().size();
        transactions++;
      }
    }
    return new Tick(bytes, transactions, extra.operatorId(), extra.tick());
  }
}
