// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.head;

import io.lockstep.sequencer.schedule.ProposerSchedule;
import io.lockstep.sequencer.tick.OpenTick;
import io.lockstep.sequencer.tick.Rollup;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Everything RPC threads read, as of one moment: immutable, published by the sequencing thread. */
public record NodeView(List<RollupView> rollups, ProposerSchedule schedule, NodeStatus status) {
  public NodeView {
    rollups = List.copyOf(rollups);
  }

  /**
   * The picture of the cluster.
   *
   * @param postedHeight up to where L1 is known to have its blocks; what is safe counts anyway
   * @param open the open tick, whose content has been released, or null
   */
  public static NodeView of(
      Cluster cluster,
      long postedHeight,
      @Nullable OpenTick open,
      ProposerSchedule schedule,
      NodeStatus status) {
    List<RollupView> views = new ArrayList<>();
    for (Rollup rollup : cluster.rollups()) {
      views.add(
          RollupView.of(
              cluster, rollup, postedHeight, open == null ? null : open.block(rollup.id())));
    }
    return new NodeView(views, schedule, status);
  }

  public RollupView first() {
    return rollups.getFirst();
  }

  public @Nullable RollupView rollup(long id) {
    for (RollupView view : rollups) {
      if (view.rollup().id() == id) {
        return view;
      }
    }
    return null;
  }
}
