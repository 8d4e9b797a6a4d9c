// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.contract;

import io.lockstep.primitives.beacon.BeaconPreset;
import io.lockstep.primitives.beacon.BeaconTypes;
import io.lockstep.primitives.ssz.Gindex;
import io.lockstep.primitives.ssz.SszType;

/**
 * Where the contracts find what they prove in the beacon state of a fork. Any thread. Source:
 * EIP-7917, EIP-7688.
 *
 * @param fromSlot first slot of the fork
 * @param lookaheadGindex generalized index of {@code proposer_lookahead} under the state's root
 * @param validatorsGindex that of {@code validators}
 * @param progressive whether the validators stand in a progressive list
 */
public record StateLayout(
    long fromSlot, long lookaheadGindex, long validatorsGindex, boolean progressive) {

  /** Fulu's state. */
  public static StateLayout fulu(BeaconPreset preset) {
    return of(BeaconTypes.fulu(preset), 0);
  }

  /** Gloas' state, from a slot on. */
  public static StateLayout gloas(BeaconPreset preset, long fromSlot) {
    return of(BeaconTypes.gloas(preset), fromSlot);
  }

  private static StateLayout of(SszType state, long fromSlot) {
    return new StateLayout(
        fromSlot,
        Gindex.ofField(state, "proposer_lookahead"),
        Gindex.ofField(state, "validators"),
        BeaconTypes.validators(state) instanceof SszType.ProgressiveList);
  }
}
