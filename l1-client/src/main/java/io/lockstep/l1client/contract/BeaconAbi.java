// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.contract;

import io.lockstep.l1client.beacon.BeaconHeader;

/** The structures that registry and oracle take alike ({@code BeaconChain}). Any thread. */
final class BeaconAbi {
  /** Words of a header without its timestamp. */
  static final int HEADER_WORDS = 5;

  private static final int LAYOUT_WORDS = 4;

  private BeaconAbi() {}

  /** {@code BeaconParameters}, the only dynamic argument or the last one. */
  static void write(AbiWriter out, BeaconParameters beacon) {
    out.number(beacon.genesisSeconds())
        .number(beacon.slotSeconds())
        .number(beacon.slotsPerEpoch())
        .number(LAYOUT_WORDS * 32L)
        .number(beacon.layouts().size());
    for (StateLayout layout : beacon.layouts()) {
      out.number(layout.fromSlot())
          .number(layout.lookaheadGindex())
          .number(layout.validatorsGindex())
          .number(layout.progressive() ? 1 : 0);
    }
  }

  /** The timestamp and the {@code BeaconHeader} behind it. */
  static void write(AbiWriter out, ProvenHeader proven) {
    BeaconHeader header = proven.header();
    out.number(proven.timestampSeconds())
        .number(header.slot().value())
        .number(header.proposerIndex())
        .word(header.parentRoot())
        .word(header.stateRoot())
        .word(header.bodyRoot());
  }
}
