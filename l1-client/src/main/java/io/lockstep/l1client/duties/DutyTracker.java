// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.duties;

import io.lockstep.l1client.L1Exception;
import io.lockstep.l1client.beacon.BeaconClient;
import io.lockstep.l1client.beacon.BeaconEvent;
import io.lockstep.l1client.beacon.ProposerDuties;
import io.lockstep.l1client.duties.LookaheadCheck.Verdict;
import io.lockstep.primitives.types.Epoch;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.types.SlotClock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the proposer duties of the current and the next epoch (EIP-7917: both are fixed while their
 * dependent root stands). They are fetched when an epoch comes into reach, again when a head event
 * shows another dependent root, and once a slot as a net under a lost event; each time they are
 * held against the lookahead of the head's state, where a node serves it. Duties that differ from
 * it are not told, and withdrawn when they were told before and still differ at the next look.
 * Owned by one thread, on which the consumer is called; only {@link #onBeaconEvent} may be called
 * from others.
 */
public final class DutyTracker {
  /** Hints that wait for the next step; what is beyond is dropped, the net catches it. */
  private static final int HINTS_LIMIT = 256;

  private final BeaconClient beacon;
  private final SlotClock clock;
  private final LookaheadCheck lookahead;
  private final Consumer<DutyEvent> consumer;
  private final ArrayBlockingQueue<BeaconEvent> hints = new ArrayBlockingQueue<>(HINTS_LIMIT);

  /** As the beacon node gave them last. */
  private final Map<Epoch, ProposerDuties> fetched = new HashMap<>();

  /** As the consumer knows them. */
  private final Map<Epoch, ProposerDuties> told = new HashMap<>();

  private final Set<Epoch> doubtful = new HashSet<>();
  private final Set<Epoch> stale = new HashSet<>();
  private final Set<String> saidNotServed = new HashSet<>();
  private long checkedInSlot = -1;
  private boolean unavailable;

  public DutyTracker(BeaconClient beacon, SlotClock clock, Consumer<DutyEvent> consumer) {
    this.beacon = beacon;
    this.clock = clock;
    this.lookahead = new LookaheadCheck(beacon, clock);
    this.consumer = consumer;
  }

  /**
   * The duties of {@code epoch}, or null when they are not known (yet, or any more) or doubtful.
   */
  public @Nullable ProposerDuties duties(Epoch epoch) {
    return told.get(epoch);
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
        stale.addAll(doubtful);
      }
      case BeaconEvent.ChainReorg reorg -> stale.addAll(fetched.keySet());
      case BeaconEvent.Opened opened -> stale.addAll(fetched.keySet());
      case BeaconEvent.FinalizedCheckpoint ignored -> {}
      case BeaconEvent.Lost ignored -> {}
    }
  }

  private void compare(Epoch epoch, @Nullable Hash32 dependentRoot) {
    ProposerDuties duties = fetched.get(epoch);
    if (duties != null && dependentRoot != null && !duties.dependentRoot().equals(dependentRoot)) {
      stale.add(epoch);
    }
  }

  /**
   * Fetches what is missing or doubtful.
   *
   * @param now Unix time in seconds; asked again after a failure, for an epoch that ended while its
   *     duties were asked for is none that anybody misses
   */
  public void step(LongSupplier now) {
    long nowSeconds = now.getAsLong();
    for (BeaconEvent hint = hints.poll(); hint != null; hint = hints.poll()) {
      apply(hint);
    }
    long slot = clock.slotAt(nowSeconds).value();
    Epoch current = clock.epochOf(clock.slotAt(nowSeconds));
    fetched.keySet().removeIf(epoch -> epoch.compareTo(current) < 0);
    told.keySet().retainAll(fetched.keySet());
    for (Epoch epoch : List.copyOf(doubtful)) {
      if (!fetched.containsKey(epoch)) {
        doubtful.remove(epoch);
        consumer.accept(new DutyEvent.DoubtEnded(epoch));
      }
    }
    stale.retainAll(fetched.keySet());
    boolean netDue = slot != checkedInSlot;
    List<ProposerDuties> asked = new ArrayList<>();
    boolean complete = true;
    for (Epoch epoch : List.of(current, current.plus(1))) {
      if (netDue || stale.contains(epoch) || !fetched.containsKey(epoch)) {
        ProposerDuties answer = fetch(epoch, now);
        if (answer == null) {
          complete = false;
          break;
        }
        asked.add(answer);
      }
    }
    if (!asked.isEmpty()) {
      judge(asked, now);
    }
    if (complete) {
      checkedInSlot = slot;
    }
  }

  private @Nullable ProposerDuties fetch(Epoch epoch, LongSupplier now) {
    ProposerDuties answer;
    try {
      answer = beacon.proposerDuties(epoch, clock.slotsPerEpoch());
    } catch (L1Exception e) {
      boolean ended = clock.epochOf(clock.slotAt(now.getAsLong())).compareTo(epoch) > 0;
      if (!unavailable && !ended) {
        unavailable = true;
        consumer.accept(new DutyEvent.DutiesUnavailable(epoch, e.text()));
      }
      return null;
    }
    unavailable = false;
    stale.remove(epoch);
    fetched.put(epoch, answer);
    return answer;
  }

  private void judge(List<ProposerDuties> asked, LongSupplier now) {
    Map<Epoch, Verdict> verdicts = lookahead.check(asked);
    if (verdicts.values().stream().anyMatch(Verdict.Differs.class::isInstance)) {
      // A head may have come between the two answers: both are asked again before any alarm.
      List<ProposerDuties> again = new ArrayList<>();
      for (ProposerDuties duties : asked) {
        ProposerDuties answer = fetch(duties.epoch(), now);
        if (answer == null) {
          return;
        }
        again.add(answer);
      }
      verdicts = lookahead.check(again);
    }
    sayWhoDoesNotServe();
    for (ProposerDuties duties : asked) {
      switch (verdicts.getOrDefault(duties.epoch(), new Verdict.Unknown())) {
        case Verdict.Differs differs -> doubt(duties.epoch(), differs.why());
        case Verdict.Agrees _ -> trust(duties.epoch());
        case Verdict.Unknown _ -> {
          if (!doubtful.contains(duties.epoch())) {
            trust(duties.epoch());
          }
        }
      }
    }
  }

  private void sayWhoDoesNotServe() {
    for (String endpoint : beacon.withoutLookahead()) {
      if (saidNotServed.add(endpoint)) {
        consumer.accept(new DutyEvent.LookaheadNotServed(endpoint));
      }
    }
  }

  private void trust(Epoch epoch) {
    if (doubtful.remove(epoch)) {
      consumer.accept(new DutyEvent.DoubtEnded(epoch));
    }
    ProposerDuties duties = fetched.get(epoch);
    ProposerDuties before = told.get(epoch);
    if (duties == null) {
      return;
    }
    if (duties.equals(before)) {
      consumer.accept(new DutyEvent.DutiesConfirmed(epoch));
    } else {
      told.put(epoch, duties);
      consumer.accept(new DutyEvent.DutiesChanged(epoch, duties, before != null));
    }
  }

  private void doubt(Epoch epoch, String why) {
    if (doubtful.add(epoch)) {
      consumer.accept(new DutyEvent.DutiesDoubtful(epoch, why));
    } else if (told.containsKey(epoch)) {
      told.keySet().removeIf(later -> later.compareTo(epoch) >= 0);
      consumer.accept(new DutyEvent.DutiesWithdrawn(epoch));
    }
  }
}
