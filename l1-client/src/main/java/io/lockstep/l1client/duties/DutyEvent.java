// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.duties;

import io.lockstep.l1client.beacon.ProposerDuties;
import io.lockstep.primitives.types.Epoch;

/** What the duty tracker tells. */
public sealed interface DutyEvent {
  /** The duties of an epoch are known, or are others than before. */
  record DutiesChanged(Epoch epoch, ProposerDuties duties) implements DutyEvent {}

  /** The beacon node did not answer; told once, until duties were asked successfully again. */
  record DutiesUnavailable(Epoch epoch, String why) implements DutyEvent {}
}
