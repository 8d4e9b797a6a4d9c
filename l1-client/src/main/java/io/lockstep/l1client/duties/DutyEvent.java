// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.duties;

import io.lockstep.l1client.beacon.ProposerDuties;
import io.lockstep.primitives.types.Epoch;

/** What the duty tracker tells. */
public sealed interface DutyEvent {
  /**
   * The duties of an epoch are known, or are others than before.
   *
   * @param replaced whether others of the same epoch were told before and not withdrawn
   */
  record DutiesChanged(Epoch epoch, ProposerDuties duties, boolean replaced) implements DutyEvent {}

  /** The duties of an epoch that were told are still the ones. */
  record DutiesConfirmed(Epoch epoch) implements DutyEvent {}

  /** The beacon node did not answer; told once, until duties were asked successfully again. */
  record DutiesUnavailable(Epoch epoch, String why) implements DutyEvent {}

  /**
   * What a beacon node says the duties are is not what the state holds: an alarm, told once. They
   * are not told until both agree.
   */
  record DutiesDoubtful(Epoch epoch, String why) implements DutyEvent {}

  /** Doubtful duties that were told before are not to be relied upon, nor are those after them. */
  record DutiesWithdrawn(Epoch from) implements DutyEvent {}

  /** The duties of an epoch that were doubtful agree again, or the epoch is over. */
  record DoubtEnded(Epoch epoch) implements DutyEvent {}

  /** An endpoint does not serve what duties are held against; told once. */
  record LookaheadNotServed(String endpoint) implements DutyEvent {}
}
