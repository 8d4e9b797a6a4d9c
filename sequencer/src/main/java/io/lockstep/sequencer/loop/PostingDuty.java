// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.loop;

import io.lockstep.primitives.types.Slot;
import io.lockstep.sequencer.head.L1View;
import io.lockstep.sequencer.head.Turns;
import io.lockstep.sequencer.post.Poster;
import io.lockstep.sequencer.schedule.Window;
import io.lockstep.sequencer.window.WindowClock;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongPredicate;

/**
 * Signing is optional, posting is a duty (protocol §1.5): whatever of an ended own window is not on
 * L1 goes to the poster, also after a restart, a refused posting or a reorg, until the own slot has
 * passed; then a successor carries it. Who signed nothing in its window, because it was away or had
 * no room, still carries there what others have left. An open window goes to the poster before its
 * end when what is unposted takes up the room of those who wait. Looks at what is unposted,
 * remembers nothing else. Owner: the sequencing thread.
 */
final class PostingDuty {
  private static final long LOOK_AGAIN_MS = 250;

  /**
   * An early posting makes room once it is at the anchor: later than so many slots before the own
   * slot, the window would be over by then.
   */
  private static final long EARLIEST_USE_SLOTS = 3;

  /** Any posting of a window, whatever ticks it holds. */
  private static final long WHATEVER_TICK = -1;

  private final int operatorId;
  private final Turns turns;
  private final L1View l1;
  private final Unposted unposted;
  private final Poster poster;
  private final LongPredicate wantsRoom;
  private final WindowClock clock;
  private long lookedMs = Long.MIN_VALUE;
  private Map<Long, Long> open = Map.of();
  private Set<Long> carrying = Set.of();

  /**
   * @param wantsRoom whether the open window should be posted up to this tick before its end
   */
  PostingDuty(
      int operatorId,
      Turns turns,
      L1View l1,
      Unposted unposted,
      Poster poster,
      LongPredicate wantsRoom) {
    this.wantsRoom = wantsRoom;
    this.operatorId = operatorId;
    this.turns = turns;
    this.l1 = l1;
    this.unposted = unposted;
    this.poster = poster;
    this.clock = turns.clock();
  }

  /**
   * Hands over what has to be posted now.
   *
   * @param endedWindowSlot window that was ended before its time, or -1
   */
  void step(long endedWindowSlot, long nowMs) {
    if (lookedMs != Long.MIN_VALUE && nowMs - lookedMs < LOOK_AGAIN_MS) {
      return;
    }
    lookedMs = nowMs;
    Window now = turns.windowAt(Math.floorDiv(nowMs, 1000));
    long openWindowSlot = now == null ? -1 : now.windowSlot().value();
    open = lastTicks(nowMs);
    Map<Long, Long> carried = carriedAlone(nowMs);
    carried.keySet().removeAll(open.keySet());
    carrying = carried.keySet();
    open.putAll(carried);
    open.forEach((windowSlot, lastTick) -> {
      boolean ended = windowSlot != openWindowSlot || windowSlot == endedWindowSlot;
      if (ended && !isInHand(windowSlot, lastTick)) {
        poster.windowEnded(
            windowSlot, lastTick, lastSlot(windowSlot).value(), deadlineMs(windowSlot, nowMs));
      } else if (!ended
          && !carrying.contains(windowSlot)
          && isEarly(windowSlot, nowMs)
          && !poster.hasInHand(windowSlot, WHATEVER_TICK)
          && wantsRoom.test(lastTick)) {
        poster.postEarly(windowSlot, lastTick, lastSlot(windowSlot).value(), nowMs);
      }
    });
  }

  /** What is only carried may grow while its posting is under way; the next one takes the rest. */
  private boolean isInHand(long windowSlot, long lastTick) {
    return poster.hasInHand(windowSlot, carrying.contains(windowSlot) ? WHATEVER_TICK : lastTick);
  }

  private boolean isEarly(long windowSlot, long nowMs) {
    Slot now = clock.slots().slotAt(Math.floorDiv(nowMs, 1000));
    return now.plus(EARLIEST_USE_SLOTS).compareTo(lastSlot(windowSlot)) <= 0;
  }

  /** The next step looks at once. */
  void lookNow() {
    lookedMs = Long.MIN_VALUE;
  }

  /** Whether everything that this operator can still post is on L1, at the last look. */
  boolean isDone() {
    return open.isEmpty();
  }

  /** Whether everything that this operator can still post is on its way, or on L1. */
  boolean isHandedOver() {
    return poster.isIdle()
        && open.entrySet().stream().allMatch(one -> isInHand(one.getKey(), one.getValue()));
  }

  /** By windows of own unposted ticks that can still be posted here, the last of these. */
  private Map<Long, Long> lastTicks(long nowMs) {
    Map<Long, Long> out = new TreeMap<>();
    for (long tick : unposted.ticksOf(operatorId)) {
      Window window = turns.windowAt(clock.timestampSeconds(tick));
      if (window != null) {
        out.merge(window.windowSlot().value(), tick, Math::max);
      }
    }
    out.keySet().removeIf(windowSlot -> !isStillOurs(windowSlot, nowMs));
    return out;
  }

  /** The same of own windows whose slot is near and that only have ticks of others to post. */
  private Map<Long, Long> carriedAlone(long nowMs) {
    long firstUnposted = unposted.firstTick();
    if (firstUnposted == -1) {
      return new TreeMap<>();
    }
    Map<Long, Long> out = new TreeMap<>();
    Slot now = clock.slots().slotAt(Math.floorDiv(nowMs, 1000));
    for (Slot slot : List.of(now, now.plus(1))) {
      Window window = turns.windowOf(slot);
      if (window != null
          && window.operatorId() == operatorId
          && !window.idle()
          && clock.firstTick(window).orElse(0) > firstUnposted
          && isStillOurs(window.windowSlot().value(), nowMs)) {
        out.put(window.windowSlot().value(), unposted.lastTick());
      }
    }
    return out;
  }

  /** A fallback window is named by its first slot; its owner posts while it lasts. */
  private Slot lastSlot(long windowSlot) {
    Window window = turns.windowOf(new Slot(windowSlot));
    return window == null || window.lastSlot() == null ? new Slot(windowSlot) : window.lastSlot();
  }

  /** Until its last slot is over, or has its block: there is no other one for a posting. */
  private boolean isStillOurs(long windowSlot, long nowMs) {
    Slot last = lastSlot(windowSlot);
    return l1.headSlot() < last.value()
        && nowMs < (clock.slots().startSeconds(last) + clock.slots().slotSeconds()) * 1000;
  }

  /** A quarter of the lead is for waiting; the rest for cells and for the way into the payload. */
  private long deadlineMs(long windowSlot, long nowMs) {
    long ownSlotMs = clock.slots().startSeconds(new Slot(windowSlot)) * 1000;
    return Math.max(nowMs, ownSlotMs - clock.handoverLeadSeconds() * 1000 * 3 / 4);
  }
}
