// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.derive;

import io.lockstep.l1client.execution.L1Block;
import io.lockstep.primitives.types.SlotClock;

/**
 * The cluster's constants that derivation needs.
 *
 * @param tickSeconds length of a tick
 * @param minAnchorLagSlots an anchor's L1 time is at least so many slots before the tick
 */
public record DerivationRules(SlotClock clock, int tickSeconds, int minAnchorLagSlots) {
  /** Start of a tick, Unix seconds. */
  public long timestampOf(long tick) {
    return clock.genesisSeconds() + tick * tickSeconds;
  }

  public boolean isOldEnough(L1Block anchor, long tick) {
    return anchor.timestampSeconds() + minAnchorLagSlots * clock.slotSeconds() <= timestampOf(tick);
  }
}
