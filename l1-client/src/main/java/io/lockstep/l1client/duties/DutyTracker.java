// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.duties;

import io.lockstep.l1client.L1Exception;
import io.lockstep.l1client.beacon.BeaconClient;
import io.lockstep.l1client.beacon.BeaconEvent;
import io.lockstep.l1client.beacon.ProposerDuties;
import io.lockstep.primitives.types.Epoch;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.types.SlotClock;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the proposer duties of the current and the next epoch (EIP-7917: both are fixed while their
 * dependent root stands). They are fetched when an epoch comes into reach, again when a head event
 * shows another dependent root, and once a slot as a net under a lost event. Owned by one thread,
 * on which the consumer is called; only {@link #onBeaconEvent} may be called from others.
 */
public final class DutyTracker {
  /** Hints that wait for the next step; what is beyond is dropped, the net catches it. */
  private static final int HINTS_LIMIT = 256;

  private final BeaconClient beacon;
  private final SlotClock clock;
  private final Consumer<DutyEvent> consumer;
  private final ArrayBlockingQueue<BeaconEvent> hints = new ArrayBlockingQueue<>(HINTS_LIMIT);
  private final Map<Epoch, ProposerDuties> known = new HashMap<>();
  private final Set<Epoch> stale = new HashSet<>();
  private long checkedInSlot = -1;
  private boolean unavailable;

  public DutyTracker(BeaconClient beacon, SlotClock clock, Consumer<DutyEvent> consumer) {
    this.beacon = beacon;
    this.clock = clock;
    this.consumer = consumer;
  }

  /** The duties of {@code epoch}, or null when they are not known (yet, or any more). */
  public @Nullable ProposerDuties duties(Epoch epoch) {
    return known.get(epoch);
  }

  /** Takes a hint: duties whose dependent root differs are fetched at the next step. Any thread. */
  public void onBeaconEvent(BeaconEvent event) {
    var _ = hints.offer(event);
  }

  private void apply(BeaconEvent hint) {
    switch (hint) {
      case BeaconEvent.Head head -> {
        Epoch epoch = clock.epochOf(head.slot());
        compare(epoch, head.currentEpochDependentRoot());
        compare(epoch.plus(1), head.nextEpochDependentRoot());
      }
      case BeaconEvent.ChainReorg reorg -> stale.addAll(known.keySet());
      case BeaconEvent.Opened opened -> stale.addAll(known.keySet());
      case BeaconEvent.FinalizedCheckpoint ignored -> {}
      case BeaconEvent.Lost ignored -> {}
    }
  }

  private void compare(Epoch epoch, @Nullable Hash32 dependentRoot) {
    ProposerDuties duties = known.get(epoch);
    if (duties != null && dependentRoot != null && !duties.dependentRoot().equals(dependentRoot)) {
      stale.add(epoch);
    }
  }

  /** Fetches what is missing or doubtful at {@code nowSeconds} (Unix). */
  public void step(long nowSeconds) {
    for (BeaconEvent hint = hints.poll(); hint != null; hint = hints.poll()) {
      apply(hint);
    }
    long slot = clock.slotAt(nowSeconds).value();
    Epoch current = clock.epochOf(clock.slotAt(nowSeconds));
    known.keySet().removeIf(epoch -> epoch.compareTo(current) < 0);
    stale.retainAll(known.keySet());
    boolean netDue = slot != checkedInSlot;
    for (Epoch epoch : new Epoch[] {current, current.plus(1)}) {
      if (netDue || stale.contains(epoch) || !known.containsKey(epoch)) {
        if (!fetch(epoch)) {
          return;
        }
      }
    }
    checkedInSlot = slot;
  }

  private boolean fetch(Epoch epoch) {
    ProposerDuties fetched;
    try {
      fetched = beacon.proposerDuties(epoch, clock.slotsPerEpoch());
    } catch (L1Exception e) {
      if (!unavailable) {
        unavailable = true;
        consumer.accept(new DutyEvent.DutiesUnavailable(epoch, e.text()));
      }
      return false;
    }
    unavailable = false;
    stale.remove(epoch);
    ProposerDuties before = known.put(epoch, fetched);
    if (!fetched.equals(before)) {
      consumer.accept(new DutyEvent.DutiesChanged(epoch, fetched));
    }
    return true;
  }
}
