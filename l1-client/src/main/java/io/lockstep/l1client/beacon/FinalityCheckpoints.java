// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.beacon;

import io.lockstep.primitives.types.Epoch;
import io.lockstep.primitives.types.Hash32;

/** What {@code /eth/v1/beacon/states/{id}/finality_checkpoints} says. */
public record FinalityCheckpoints(
    Checkpoint previousJustified, Checkpoint currentJustified, Checkpoint finalized) {

  /** An epoch and the root of the block at its start. */
  public record Checkpoint(Epoch epoch, Hash32 root) {}
}
