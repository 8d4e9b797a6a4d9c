// SPDX-License-Identifier: Apache-2.0
package io.lockstep.config.preset;

import io.lockstep.config.cluster.ProtocolParameters;

/** Named parameters of the protocol with the slots they are made for (protocol §8). Any thread. */
public enum Preset {
  MAINNET(12, 32, 4),
  /** The consensus specs' minimal preset: epochs of eight slots of six seconds. */
  MINIMAL(6, 8, 2),
  /** Minimal epochs with the short slots of the L1 in a box. */
  DEVNET(2, 8, 2);

  private final int slotSeconds;
  private final int slotsPerEpoch;
  private final int handoverLeadSeconds;

  Preset(int slotSeconds, int slotsPerEpoch, int handoverLeadSeconds) {
    this.slotSeconds = slotSeconds;
    this.slotsPerEpoch = slotsPerEpoch;
    this.handoverLeadSeconds = handoverLeadSeconds;
  }

  /** Length of an L1 slot, seconds. */
  public int slotSeconds() {
    return slotSeconds;
  }

  public int slotsPerEpoch() {
    return slotsPerEpoch;
  }

  /**
   * The protocol's numbers: the window cap follows from the epoch, the rest is the same for all.
   */
  public ProtocolParameters parameters() {
    return new ProtocolParameters(
        1, handoverLeadSeconds, 1000, slotsPerEpoch - 1, 2, 96, 2 * slotsPerEpoch, slotsPerEpoch);
  }
}
