// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.batch;

import io.lockstep.primitives.crypto.MerkleTree;
import io.lockstep.primitives.types.Hash32;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one posting says: which blocks, whose seals authenticate the carried ones, and the blocks'
 * bodies. Any thread. Source: protocol sections 2.4 and 3.
 *
 * <p>The table has one entry for each block of each segment, ordered by tick, then as the segments
 * are; all segments have the same ticks. Whether its numbers and hashes are right is for derivation
 * to find out.
 */
public record BatchContents(
    List<TableEntry> table, List<CarriedSeal> seals, List<Segment> segments) {
  public BatchContents {
    table = List.copyOf(table);
    seals = List.copyOf(seals);
    segments = List.copyOf(segments);
    String fault = fault(table, seals, segments);
    if (fault != null) {
      throw new IllegalArgumentException("not a batch: " + fault);
    }
  }

  /** The Merkle root over (tick, rollupId, number, blockHash) that stands in the calldata. */
  public Hash32 headersRoot() {
    return headerTree().root();
  }

  /** The tree of {@link #headersRoot}, for paths in evidence; leaf i is table entry i. */
  public MerkleTree headerTree() {
    List<byte[]> leaves = new ArrayList<>(table.size());
    for (TableEntry entry : table) {
      leaves.add(entry.leaf());
    }
    return new MerkleTree(leaves);
  }

  public long firstTick() {
    return table.getFirst().tick();
  }

  public long lastTick() {
    return table.getLast().tick();
  }

  /** What is wrong with these parts as a batch, or null. */
  static @Nullable String fault(
      List<TableEntry> table, List<CarriedSeal> seals, List<Segment> segments) {
    if (segments.isEmpty() || segments.size() > BatchLimits.MAX_SEGMENTS) {
      return segments.size() + " segments, 1 to " + BatchLimits.MAX_SEGMENTS + " allowed";
    }
    if (table.size() > BatchLimits.MAX_TABLE_ENTRIES) {
      return table.size() + " table entries, limit " + BatchLimits.MAX_TABLE_ENTRIES;
    }
    if (seals.size() > BatchLimits.MAX_SEALS) {
      return seals.size() + " seals, limit " + BatchLimits.MAX_SEALS;
    }
    long window = -1;
    for (CarriedSeal seal : seals) {
      if (seal.windowSlot() <= window) {
        return "seal of window " + seal.windowSlot() + " after that of window " + window;
      }
      window = seal.windowSlot();
    }
    return segmentsFault(table, segments);
  }

  private static @Nullable String segmentsFault(List<TableEntry> table, List<Segment> segments) {
    int width = segments.size();
    Set<Long> rollups = new HashSet<>();
    int transactions = 0;
    for (Segment segment : segments) {
      if (!rollups.add(segment.rollupId())) {
        return "two segments of rollup " + segment.rollupId();
      }
      if ((long) segment.blocks().size() * width != table.size()) {
        return segment.blocks().size()
            + " blocks of rollup "
            + segment.rollupId()
            + " and "
            + width
            + " segments, but "
            + table.size()
            + " table entries";
      }
      transactions += segment.transactionCount();
    }
    if (transactions > BatchLimits.MAX_TRANSACTIONS) {
      return transactions + " transactions, limit " + BatchLimits.MAX_TRANSACTIONS;
    }
    for (int i = 0; i < table.size(); i++) {
      TableEntry entry = table.get(i);
      Segment segment = segments.get(i % width);
      long tick = segment.blocks().get(i / width).tick();
      if (entry.rollupId() != segment.rollupId() || entry.tick() != tick) {
        return "table entry "
            + i
            + " is of tick "
            + entry.tick()
            + " and rollup "
            + entry.rollupId()
            + ", the block there of tick "
            + tick
            + " and rollup "
            + segment.rollupId();
      }
    }
    return null;
  }
}
