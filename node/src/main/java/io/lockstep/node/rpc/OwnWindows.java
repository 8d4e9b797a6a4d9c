// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.rpc;

import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Epoch;
import io.lockstep.primitives.types.Slot;
import io.lockstep.sequencer.head.NodeView;
import io.lockstep.sequencer.schedule.Operator;
import io.lockstep.sequencer.schedule.ProposerSchedule;
import io.lockstep.sequencer.schedule.SlotOwner;
import io.lockstep.sequencer.schedule.Window;
import io.lockstep.sequencer.window.WindowClock;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The windows of this node's operator that are not over, in this epoch and the next. Any thread.
 */
public final class OwnWindows {
  private final WindowClock clock;
  private final Supplier<NodeView> view;
  private final LongSupplier clockMs;

  /**
   * @param clockMs Unix milliseconds
   */
  public OwnWindows(WindowClock clock, Supplier<NodeView> view, LongSupplier clockMs) {
    this.clock = clock;
    this.view = view;
    this.clockMs = clockMs;
  }

  /** Their names, rising; none when the node is a follower. */
  List<Long> ahead() {
    NodeView current = view.get();
    Address own = current.status().ownCommitter();
    TreeSet<Long> out = new TreeSet<>();
    if (own == null) {
      return List.of();
    }
    ProposerSchedule schedule = current.schedule();
    long nowSeconds = Math.floorDiv(clockMs.getAsLong(), 1000);
    Slot now = clock.slots().slotAt(nowSeconds);
    Epoch last = clock.slots().epochOf(now).plus(1);
    Slot end = clock.slots().firstSlotOf(last).plus(clock.slots().slotsPerEpoch());
    for (Slot slot = now; slot.compareTo(end) < 0; slot = slot.plus(1)) {
      if (schedule.knows(clock.slots().epochOf(slot))
          && schedule.owner(slot) instanceof SlotOwner.Owner(Window window)
          && !window.idle()
          && window.windowSlot().compareTo(end) < 0
          && own.equals(committer(schedule, window))
          && !isOver(window, nowSeconds)) {
        out.add(window.windowSlot().value());
      }
    }
    return new ArrayList<>(out);
  }

  private boolean isOver(Window window, long nowSeconds) {
    return clock.eopTick(window).isPresent()
        && clock.eopTick(window).getAsLong() < clock.tickAt(nowSeconds);
  }

  private @Nullable Address committer(ProposerSchedule schedule, Window window) {
    Operator operator = schedule.operators().operator(window.operatorId());
    return operator == null
        ? null
        : operator.keysAt(clock.slots().epochOf(window.windowSlot())).committer();
  }
}
