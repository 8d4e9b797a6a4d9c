// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.window;

import io.lockstep.primitives.types.Epoch;
import io.lockstep.primitives.types.Slot;
import io.lockstep.primitives.types.SlotClock;
import io.lockstep.sequencer.schedule.ProposerSchedule;
import io.lockstep.sequencer.schedule.SlotOwner;
import io.lockstep.sequencer.schedule.Window;
import java.util.OptionalLong;

/**
 * L2 time against L1 slots. A tick's timestamp is its start; its number counts ticks from the
 * beacon genesis. Any thread. Source: protocol sections 1.3 and 2.1.
 *
 * @param slots the L1's slots
 * @param tickSeconds length of a tick; it divides both the slot and H
 * @param handoverLeadSeconds H: how long before its own slot an operator's sequencing ends; at most
 *     a slot, else the schedule is not always visible in time
 */
public record WindowClock(SlotClock slots, long tickSeconds, long handoverLeadSeconds) {
  /** Protocol section 1.3: a fallback operator has no own slot and stops so much earlier. */
  public static final long FALLBACK_EARLY_SLOTS = 3;

  public WindowClock {
    if (tickSeconds < 1
        || slots.slotSeconds() % tickSeconds != 0
        || handoverLeadSeconds % tickSeconds != 0) {
      throw new IllegalArgumentException(
          "a tick of "
              + tickSeconds
              + " s does not divide the slot of "
              + slots.slotSeconds()
              + " s and the handover lead of "
              + handoverLeadSeconds
              + " s");
    }
    if (handoverLeadSeconds < 0 || handoverLeadSeconds > slots.slotSeconds()) {
      throw new IllegalArgumentException(
          "the handover lead is 0 to "
              + slots.slotSeconds()
              + " s, one slot, got "
              + handoverLeadSeconds);
    }
  }

  /** λ(t): the L1 slot that L2 time {@code unixSeconds} counts for; slot 0 before λ is positive. */
  public Slot slotFor(long unixSeconds) {
    long sinceGenesis = unixSeconds + handoverLeadSeconds - slots.genesisSeconds();
    return new Slot(Math.max(0, Math.floorDiv(sinceGenesis, slots.slotSeconds()) + 1));
  }

  public Slot slotForTick(long tick) {
    return slotFor(timestampSeconds(tick));
  }

  /** The tick that contains {@code unixSeconds}; negative before genesis. */
  public long tickAt(long unixSeconds) {
    return Math.floorDiv(unixSeconds - slots.genesisSeconds(), tickSeconds);
  }

  /** Start of {@code tick} and timestamp of its blocks, Unix seconds. */
  public long timestampSeconds(long tick) {
    return slots.genesisSeconds() + tick * tickSeconds;
  }

  /** The owner of L2 time {@code unixSeconds}: who may sign for it. */
  public SlotOwner sequencingWindowAt(ProposerSchedule schedule, long unixSeconds) {
    return schedule.owner(slotFor(unixSeconds));
  }

  /** The first tick that counts for {@code slot}; never below 0. */
  public long firstTickOf(Slot slot) {
    return Math.max(0, endTickOf(slot) - slots.slotSeconds() / tickSeconds);
  }

  /** The first tick that no longer counts for {@code slot}; never below 0. */
  public long endTickOf(Slot slot) {
    return Math.max(
        0, Math.floorDiv(slot.value() * slots.slotSeconds() - handoverLeadSeconds, tickSeconds));
  }

  /** The window's first tick; empty when its first slot is not known. */
  public OptionalLong firstTick(Window window) {
    Slot first = window.firstSlot();
    return first == null ? OptionalLong.empty() : OptionalLong.of(firstTickOf(first));
  }

  /**
   * The window's last tick, the one sealed with EOP at the latest; empty when its end is not
   * visible yet, or when it ends before the first tick (the first slots after genesis).
   */
  public OptionalLong lastTick(Window window) {
    Slot last = window.lastSlot();
    if (last == null || endTickOf(last) == 0) {
      return OptionalLong.empty();
    }
    return OptionalLong.of(endTickOf(last) - 1);
  }

  /**
   * The tick to seal with EOP: the window's last, or three slots earlier (but not before the first)
   * in a fallback window, whose operator has no slot of its own to post in.
   */
  public OptionalLong eopTick(Window window) {
    OptionalLong last = lastTick(window);
    OptionalLong first = firstTick(window);
    if (!window.fallback() || last.isEmpty() || first.isEmpty()) {
      return last;
    }
    long early = last.getAsLong() - FALLBACK_EARLY_SLOTS * (slots.slotSeconds() / tickSeconds);
    return OptionalLong.of(Math.max(first.getAsLong(), early));
  }

  /**
   * The arming rule: the earliest epoch in which an anchor must lie for a signature in {@code
   * window} at a time that counts for {@code slot}. Whatever changes the schedule then kills the
   * anchor too. Source: protocol section 2.7.
   *
   * @param windowCapSlots W
   */
  public Epoch earliestAnchorEpoch(Window window, Slot slot, int windowCapSlots) {
    Slot decisive = window.fallback() ? slot.plus(windowCapSlots - 1L) : window.windowSlot();
    return new Epoch(Math.max(0, slots.epochOf(decisive).value() - 1));
  }

  /** Whether an anchor in {@code anchorSlot} lets {@code window} be signed for at {@code slot}. */
  public boolean isArmed(Window window, Slot slot, int windowCapSlots, Slot anchorSlot) {
    return slots.epochOf(anchorSlot).compareTo(earliestAnchorEpoch(window, slot, windowCapSlots))
        >= 0;
  }
}
