// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.schedule;

import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Epoch;
import io.lockstep.primitives.types.Wei;
import java.util.List;

/** Registries and lookaheads for tests. */
public final class ScheduleFixtures {
  /** A validator that nobody has claimed. */
  public static final long STRANGER = 999;

  private ScheduleFixtures() {}

  /** An operator that counts from {@code epoch} on. */
  public static RegistryChange.Registered registered(long epoch, long operatorId, long ether) {
    return new RegistryChange.Registered(
        new Epoch(epoch),
        operatorId,
        Address.ofLong(1_000 + operatorId),
        List.of(Address.ofLong(2_000 + operatorId), Address.ofLong(3_000 + operatorId)),
        Address.ofLong(4_000 + operatorId),
        Wei.ofEther(ether));
  }

  public static RegistryChange.ValidatorsAdded validators(
      long epoch, long operatorId, Long... indices) {
    return new RegistryChange.ValidatorsAdded(new Epoch(epoch), operatorId, List.of(indices));
  }

  /** Operators 1 and 2 with validators 1 and 2, in force from epoch 0. */
  public static OperatorSet twoOperators() {
    return OperatorSet.empty()
        .with(
            List.of(
                registered(0, 1, 8),
                validators(0, 1, 1L),
                registered(0, 2, 8),
                validators(0, 2, 2L)));
  }

  /** A schedule of {@code epochs} epochs in which bit s of {@code pattern} registers slot s. */
  public static ProposerSchedule ofPattern(
      OperatorSet operators, int slotsPerEpoch, int windowCap, int epochs, long pattern) {
    ProposerSchedule schedule = ProposerSchedule.empty(slotsPerEpoch, windowCap, operators);
    for (int e = 0; e < epochs; e++) {
      schedule = schedule.withDuties(new Epoch(e), duties(slotsPerEpoch, e, pattern));
    }
    return schedule;
  }

  public static long[] duties(int slotsPerEpoch, int epoch, long pattern) {
    long[] duties = new long[slotsPerEpoch];
    for (int i = 0; i < slotsPerEpoch; i++) {
      int slot = epoch * slotsPerEpoch + i;
      // Slots 3 and 4 after each other are one operator's, so that windows of one operator meet.
      duties[i] = (pattern >> slot & 1) == 0 ? STRANGER : 1 + (slot / 2) % 2;
    }
    return duties;
  }
}
