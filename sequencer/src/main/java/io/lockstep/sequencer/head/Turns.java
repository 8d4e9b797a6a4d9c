// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.head;

import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Epoch;
import io.lockstep.primitives.types.Slot;
import io.lockstep.sequencer.schedule.EpochOperators;
import io.lockstep.sequencer.schedule.Operator;
import io.lockstep.sequencer.schedule.OperatorSet;
import io.lockstep.sequencer.schedule.ProposerSchedule;
import io.lockstep.sequencer.schedule.RegistryChange;
import io.lockstep.sequencer.schedule.SlotOwner;
import io.lockstep.sequencer.schedule.Window;
import io.lockstep.sequencer.window.WindowClock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Whose turn it is: the beacon node's proposer duties joined with the registry (protocol §1.3).
 * Follows L1 reorgs. Owner: the sequencing thread.
 */
public final class Turns {
  private final WindowClock clock;
  private final List<DatedChange> changes = new ArrayList<>();
  private ProposerSchedule schedule;

  // What came first: that the beacon node told of an epoch, or the block on this branch of L1 after
  // which its proposers stand fixed. By epoch.
  private final Map<Long, Long> toldAt = new HashMap<>();
  private final Map<Long, Long> fixedAt = new HashMap<>();
  private long order;

  // The answer to the last question about next windows: it is asked every turn of the loop.
  private @Nullable Asked asked;
  private @Nullable Window nextWindow;

  private record Asked(ProposerSchedule schedule, long operatorId, Slot after) {}

  private record DatedChange(long l1Number, RegistryChange change) {}

  public Turns(WindowClock clock) {
    this.clock = clock;
    this.schedule = ProposerSchedule.empty(clock.slots().slotsPerEpoch(), OperatorSet.empty());
  }

  public WindowClock clock() {
    return clock;
  }

  public ProposerSchedule schedule() {
    return schedule;
  }

  /** Takes registry changes of an L1 block in their order. */
  public void registry(long l1Number, List<RegistryChange> newChanges) {
    if (newChanges.isEmpty()) {
      return;
    }
    newChanges.forEach(change -> changes.add(new DatedChange(l1Number, change)));
    schedule = schedule.withOperators(schedule.operators().with(newChanges));
  }

  /** Forgets what L1 blocks above {@code l1Number} changed, and what was read of its contracts. */
  public void rewindTo(long l1Number) {
    schedule = schedule.withoutOnChain();
    if (changes.removeIf(change -> change.l1Number > l1Number)) {
      schedule =
          schedule.withOperators(
              OperatorSet.empty().with(changes.stream().map(DatedChange::change).toList()));
    }
  }

  /** Takes the proposers of an epoch, in place of those known before. */
  public void duties(Epoch epoch, long[] validatorIndices) {
    schedule = schedule.withDuties(epoch, validatorIndices);
    confirmed(epoch);
    if (epoch.value() > 4) {
      schedule = schedule.withoutEpochsBefore(new Epoch(epoch.value() - 4));
      toldAt.keySet().removeIf(known -> known < epoch.value() - 4);
      fixedAt.keySet().removeIf(known -> known < epoch.value() - 4);
    }
  }

  /**
   * Takes whose an epoch was, as the lookahead oracle has it: the beacon API tells nothing of those
   * that have passed, and a node that has just begun is told of ticks that were sealed in them.
   */
  public void passed(Epoch epoch, EpochOperators operators) {
    schedule = schedule.withOnChain(epoch, operators);
  }

  /** The proposers of an epoch are still those that were told. */
  public void confirmed(Epoch epoch) {
    toldAt.put(epoch.value(), ++order);
  }

  /**
   * A block came upon L1's head. The last block of an epoch fixes the proposers of the second epoch
   * after it, and the first of the next epoch shows which block that was.
   */
  public void extended(Slot head, Slot block) {
    long last = clock.slots().epochOf(block).value();
    for (long epoch = clock.slots().epochOf(head).value() + 1; epoch <= last; epoch++) {
      fixedAt.put(epoch + 1, ++order);
    }
  }

  /**
   * Whether the proposers on which a window rests were told since L1's chain that fixes them was
   * seen. A beacon node that is silent while L1 changes branches leaves those of the other one: the
   * anchor's branch would not be theirs (protocol §2.7.3).
   *
   * @param slot the L1 slot that is asked for, in the window
   */
  public boolean isOfThisBranch(Window window, Slot slot) {
    Slot decisive =
        window.fallback() ? slot.plus(schedule.windowCapSlots() - 1L) : window.windowSlot();
    long last = clock.slots().epochOf(decisive).value();
    for (long epoch = clock.slots().epochOf(slot).value(); epoch <= last; epoch++) {
      long told = toldAt.getOrDefault(epoch, 0L);
      if (told < fixedAt.getOrDefault(epoch, 0L)) {
        return false;
      }
    }
    return true;
  }

  /** Forgets the proposers of {@code from} and of later epochs. */
  public void withdrawDuties(Epoch from) {
    schedule = schedule.withoutEpochsFrom(from);
  }

  /** The window that L2 time {@code unixSeconds} belongs to, or null when nobody's or not known. */
  public @Nullable Window windowAt(long unixSeconds) {
    return clock.sequencingWindowAt(schedule, unixSeconds) instanceof SlotOwner.Owner owner
        ? owner.window()
        : null;
  }

  /** The window that an L1 slot belongs to, or null when nobody's or not known. */
  public @Nullable Window windowOf(Slot slot) {
    return schedule.owner(slot) instanceof SlotOwner.Owner owner ? owner.window() : null;
  }

  /** The next window of an operator after {@code window}, as far as the duties are known. */
  public @Nullable Window nextWindowOf(long operatorId, Window window) {
    Asked question = new Asked(schedule, operatorId, window.windowSlot());
    if (!question.equals(asked)) {
      asked = question;
      nextWindow = findNextWindow(operatorId, window);
    }
    return nextWindow;
  }

  private @Nullable Window findNextWindow(long operatorId, Window window) {
    Slot from = window.lastSlot() == null ? window.windowSlot() : window.lastSlot();
    long slots = 2L * clock.slots().slotsPerEpoch();
    for (long i = 1; i <= slots; i++) {
      Window later = windowOf(from.plus(i));
      if (later != null && later.operatorId() == operatorId && !later.idle()) {
        return later;
      }
    }
    return null;
  }

  public @Nullable Operator operator(long operatorId) {
    return schedule.operators().operator(operatorId);
  }

  /**
   * The committer of an operator in the window with this name, or null when there is no such
   * operator (protocol §1.1.4).
   */
  public @Nullable Address committer(long operatorId, Slot windowSlot) {
    Operator operator = operator(operatorId);
    return operator == null ? null : operator.keysAt(clock.slots().epochOf(windowSlot)).committer();
  }

  /** Whose turn it is at an L2 time, in words, for those who ask the wrong node. */
  public String told(long unixSeconds) {
    Window window = windowAt(unixSeconds);
    return window == null
        ? "whose turn it is, is not known"
        : "operator %d, committer %s, sequences window %s"
            .formatted(window.operatorId(), committer(window), window.windowSlot());
  }

  /** The committer of a window's owner, or null when there is no such operator. */
  public @Nullable Address committer(Window window) {
    return committer(window.operatorId(), window.windowSlot());
  }
}
