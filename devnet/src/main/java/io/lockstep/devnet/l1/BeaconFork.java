// SPDX-License-Identifier: Apache-2.0
package io.lockstep.devnet.l1;

import io.lockstep.primitives.beacon.BeaconPreset;
import io.lockstep.primitives.beacon.BeaconTypes;
import io.lockstep.primitives.ssz.SszType;
import java.util.Locale;

/** The consensus fork that a box is at from its genesis on. Immutable. */
public enum BeaconFork {
  FULU(6),
  /** As of consensus-specs 1.7.0-alpha; every payload is revealed in time. */
  GLOAS(7);

  private final int number;

  BeaconFork(int number) {
    this.number = number;
  }

  /** As the beacon API names it. */
  String version() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The fork's version in the box's chain, 4 bytes as hex. */
  String forkVersion() {
    return Spec.version(number);
  }

  String previousForkVersion() {
    return Spec.version(number - 1);
  }

  SszType stateType(BeaconPreset preset) {
    return this == GLOAS ? BeaconTypes.gloas(preset) : BeaconTypes.fulu(preset);
  }
}
