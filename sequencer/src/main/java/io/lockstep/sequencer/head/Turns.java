// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.head;

import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Epoch;
import io.lockstep.primitives.types.Slot;
import io.lockstep.primitives.types.Wei;
import io.lockstep.sequencer.schedule.Operator;
import io.lockstep.sequencer.schedule.OperatorSet;
import io.lockstep.sequencer.schedule.ProposerSchedule;
import io.lockstep.sequencer.schedule.RegistryChange;
import io.lockstep.sequencer.schedule.SlotOwner;
import io.lockstep.sequencer.schedule.Window;
import io.lockstep.sequencer.window.WindowClock;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whose turn it is: the beacon node's proposer duties joined with the registry (protocol §1.3).
 * Follows L1 reorgs. Owner: the sequencing thread.
 */
public final class Turns {
  private final WindowClock clock;
  private final long activationDelayEpochs;
  private final Wei minStake;
  private final List<DatedChange> changes = new ArrayList<>();
  private ProposerSchedule schedule;

  // The answer to the last question about next windows: it is asked every turn of the loop.
  private @Nullable Asked asked;
  private @Nullable Window nextWindow;

  private record Asked(ProposerSchedule schedule, long operatorId, Slot after) {}

  private record DatedChange(long l1Number, RegistryChange change) {}

  public Turns(WindowClock clock, long activationDelayEpochs, Wei minStake) {
    this.clock = clock;
    this.activationDelayEpochs = activationDelayEpochs;
    this.minStake = minStake;
    this.schedule =
        ProposerSchedule.empty(
            clock.slots().slotsPerEpoch(), OperatorSet.empty(activationDelayEpochs, minStake));
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

  /** Forgets what L1 blocks above {@code l1Number} changed. */
  public void rewindTo(long l1Number) {
    if (changes.removeIf(change -> change.l1Number > l1Number)) {
      schedule =
          schedule.withOperators(
              OperatorSet.empty(activationDelayEpochs, minStake)
                  .with(changes.stream().map(DatedChange::change).toList()));
    }
  }

  /** Takes the proposers of an epoch, in place of those known before. */
  public void duties(Epoch epoch, long[] validatorIndices) {
    schedule = schedule.withDuties(epoch, validatorIndices);
    if (epoch.value() > 4) {
      schedule = schedule.withoutEpochsBefore(new Epoch(epoch.value() - 4));
    }
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

  /** The committer of an operator, or null when there is no such operator. */
  public @Nullable Address committer(long operatorId) {
    Operator operator = operator(operatorId);
    return operator == null ? null : operator.committer();
  }
}
