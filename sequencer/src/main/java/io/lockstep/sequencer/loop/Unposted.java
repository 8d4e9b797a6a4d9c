// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.loop;

import io.lockstep.preconf.gossip.SealMessage;
import io.lockstep.primitives.tx.Block;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.sequencer.batch.SizeMeter;
import io.lockstep.sequencer.head.Cluster;
import io.lockstep.sequencer.post.Poster;
import io.lockstep.sequencer.tick.BlockBody;
import io.lockstep.sequencer.tick.HeaderExtra;
import io.lockstep.sequencer.tick.Rollup;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What lies between the safe head and the head: how many bytes one posting would have to hold. And
 * how many transactions an operator has in the blocks above a height at or below the safe head:
 * anchors do not show the newest batches yet. Owner: the sequencing thread.
 */
final class Unposted {
  private final Cluster cluster;
  private final LongSupplier floor;
  private final TreeMap<Long, Tick> byHeight = new TreeMap<>();
  private long safeHeight;
  private Poster.@Nullable Measured measured;

  private record Tick(long bytes, int transactions, int operatorId, long tick) {}

  /**
   * @param floor height up to which nothing is asked for any more
   */
  Unposted(Cluster cluster, LongSupplier floor) {
    this.cluster = cluster;
    this.floor = floor;
  }

  /** Brings the record in line with the chain. Cheap when little has changed. */
  void refresh() {
    safeHeight = cluster.safeHeight();
    if (measured != null
        && (measured.firstHeight() != safeHeight + 1 || measured.lastHeight() > cluster.height())) {
      measured = null;
    }
    long lowest = Math.min(safeHeight, floor.getAsLong());
    byHeight.headMap(lowest, true).clear();
    byHeight.tailMap(cluster.height(), false).clear();
    for (long height = lowest + 1; height <= cluster.height(); height++) {
      if (!byHeight.containsKey(height)) {
        byHeight.put(height, read(height));
      }
    }
  }

  /** The newest tick on the chain is this one: what it holds need not be read again. */
  void sealed(SealMessage message) {
    long bytes = SizeMeter.tickBytes(cluster.rollups().size());
    int transactions = 0;
    for (SealMessage.SealedBlock block : message.blocks()) {
      for (Transaction tx : block.transactions()) {
        bytes += tx.encoded().size();
        transactions++;
      }
    }
    byHeight.put(
        message.blocks().getFirst().leaf().number(),
        new Tick(bytes, transactions, message.operatorId(), message.tick()));
  }

  /** Blocks from {@code height} up are others now. */
  void forgetFrom(long height) {
    byHeight.tailMap(height, true).clear();
    if (measured != null && measured.lastHeight() >= height) {
      measured = null;
    }
  }

  /** What a posting of the lowest ticks takes, unless they are not what is unposted any more. */
  void measured(Poster.Measured found) {
    Hash32 hash = cluster.first().chain().canonicalHash(found.lastHeight());
    if (found.firstHeight() == safeHeight + 1 && found.lastHash().equals(hash)) {
      measured = found;
    }
  }

  private NavigableMap<Long, Tick> unsafe() {
    return byHeight.tailMap(safeHeight, false);
  }

  /** What one posting of all takes: by measure, or as it was signed where it is not measured. */
  long bytes() {
    Poster.Measured known = measured;
    return (known == null ? 0 : known.bytes()) + unmeasuredBytes();
  }

  long signedBytes() {
    return bytesOf(unsafe());
  }

  /** As signed, of the ticks that were not measured. */
  long unmeasuredBytes() {
    Poster.Measured known = measured;
    return bytesOf(known == null ? unsafe() : byHeight.tailMap(known.lastHeight(), false));
  }

  private static long bytesOf(NavigableMap<Long, Tick> ticks) {
    return ticks.values().stream().mapToLong(Tick::bytes).sum();
  }

  int ticks() {
    return unsafe().size();
  }

  /** The oldest tick that is not posted, or -1. */
  long firstTick() {
    return unsafe().isEmpty() ? -1 : unsafe().firstEntry().getValue().tick;
  }

  /** The newest tick that is not posted, or -1. */
  long lastTick() {
    return unsafe().isEmpty() ? -1 : unsafe().lastEntry().getValue().tick;
  }

  /** Transactions in this operator's blocks above a height that is not below the floor. */
  long transactionsOf(int operatorId, long aboveHeight) {
    return byHeight.tailMap(aboveHeight, false).values().stream()
        .filter(tick -> tick.operatorId == operatorId)
        .mapToLong(Tick::transactions)
        .sum();
  }

  /** Ticks of this operator that are not posted, in their order. */
  List<Long> ticksOf(int operatorId) {
    return unsafe().values().stream()
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
      if (block == null && height <= safeHeight) {
        // It lies below the snapshot that this node was begun from: no process here has built it.
        return new Tick(0, 0, 0, -1);
      }
      if (block == null) {
        throw new IllegalStateException("rollup " + rollup.id() + " has no block " + height);
      }
      extra = HeaderExtra.of(block.header());
      for (Transaction tx : BlockBody.of(block)) {
        bytes += tx.encoded().size();
        transactions++;
      }
    }
    return new Tick(bytes, transactions, extra.operatorId(), extra.tick());
  }
}
