// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.derive;

import io.lockstep.l1client.contract.Carried;
import io.lockstep.l1client.execution.L1Block;
import io.lockstep.sequencer.batch.BlockData;
import io.lockstep.sequencer.batch.Segment;
import io.lockstep.sequencer.batch.TableEntry;
import io.lockstep.sequencer.tick.TickPlan;
import java.util.ArrayList;
import java.util.List;

/**
 * The third stage of derivation: a tick of a checked batch with all that its blocks are made from.
 *
 * @param declared what the header table says of its blocks, in the rollups' order
 * @param data what the segments say of them, in the same order
 */
record PlannedTick(TickPlan plan, List<TableEntry> declared, List<BlockData> data) {
  PlannedTick {
    declared = List.copyOf(declared);
    data = List.copyOf(data);
  }

  /** The ticks of a batch that {@link BatchCheck} finds no fault with, in their order. */
  static List<PlannedTick> of(FetchedBatch.Decoded batch, DerivationRules rules) {
    List<Segment> segments = batch.blobs().segments();
    int rollups = segments.size();
    List<PlannedTick> out = new ArrayList<>();
    for (int i = 0; i < segments.getFirst().blocks().size(); i++) {
      List<BlockData> data = new ArrayList<>();
      for (Segment segment : segments) {
        data.add(segment.blocks().get(i));
      }
      out.add(
          new PlannedTick(
              plan(batch, data.getFirst(), rules),
              batch.blobs().table().subList(i * rollups, (i + 1) * rollups),
              data));
    }
    return out;
  }

  private static TickPlan plan(FetchedBatch.Decoded batch, BlockData data, DerivationRules rules) {
    L1Block anchor = batch.l1().get(data.anchorNumber());
    if (anchor == null) {
      throw new IllegalStateException("an anchor that was checked is missing");
    }
    Carried carried = BatchCheck.carriedRange(batch.call(), data.tick());
    int operatorId = carried == null ? batch.event().operatorId() : carried.operatorId();
    return new TickPlan(data.tick(), rules.timestampOf(data.tick()), anchor, operatorId);
  }

  /** Number of its blocks, the same in every rollup when the table is right. */
  long number() {
    return declared.getFirst().number();
  }
}
