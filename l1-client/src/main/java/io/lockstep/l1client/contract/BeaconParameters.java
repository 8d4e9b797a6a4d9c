// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.contract;

import io.lockstep.l1client.beacon.ChainSpec;
import io.lockstep.primitives.types.Epoch;
import java.util.ArrayList;
import java.util.List;

/**
 * What the registry and the oracle are told of the beacon chain when they are created. Any thread.
 *
 * @param genesisSeconds Unix time of slot 0
 * @param layouts by ascending first slot, the first from slot 0 on
 */
public record BeaconParameters(
    long genesisSeconds, long slotSeconds, int slotsPerEpoch, List<StateLayout> layouts) {
  public BeaconParameters {
    layouts = List.copyOf(layouts);
  }

  /** Those of the L1 that a beacon node serves; Gloas is known when an epoch is set for it. */
  public static BeaconParameters of(ChainSpec spec) {
    int slotsPerEpoch = spec.clock().slotsPerEpoch();
    Epoch gloas = spec.forkEpoch("gloas");
    List<StateLayout> layouts = new ArrayList<>();
    if (gloas == null || gloas.value() > 0) {
      layouts.add(StateLayout.fulu(spec.preset()));
    }
    if (gloas != null) {
      layouts.add(StateLayout.gloas(spec.preset(), gloas.value() * slotsPerEpoch));
    }
    return new BeaconParameters(
        spec.clock().genesisSeconds(), spec.clock().slotSeconds(), slotsPerEpoch, layouts);
  }
}
