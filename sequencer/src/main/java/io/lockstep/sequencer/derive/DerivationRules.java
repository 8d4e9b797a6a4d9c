// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.derive;

import io.lockstep.l1client.execution.L1Block;
import io.lockstep.primitives.types.SlotClock;

/**
 * The cluster's constants that derivation needs.
 *
 * @param tickSeconds length of a tick
 * @param minAnchorLagSlots an anchor's L1 time is at least so many slots before the tick
 * @param maxAnchorLagBlocks an anchor is at most so many blocks behind the newest L1 block whose
 *     time is not later than the tick's
 */
public record DerivationRules(
    SlotClock clock, int tickSeconds, int minAnchorLagSlots, int maxAnchorLagBlocks) {
  /** Start of a tick, Unix seconds. */
  public long timestampOf(long tick) {
    return clock.genesisSeconds() + tick * tickSeconds;
  }

  /** The newest tick that begins no later than a time, Unix seconds. */
  public long lastTickAt(long unixSeconds) {
    return Math.floorDiv(unixSeconds - clock.genesisSeconds(), tickSeconds);
  }

  /** An anchor of {@code tick} has at most this L1 time, Unix seconds. */
  public long latestAnchorSeconds(long tick) {
    return timestampOf(tick) - minAnchorLagSlots * clock.slotSeconds();
  }

  public boolean isOldEnough(L1Block anchor, long tick) {
    return anchor.timestampSeconds() <= latestAnchorSeconds(tick);
  }

  /**
   * The L1 block that ends an anchor's use: a tick that does not begin before it may no longer have
   * that anchor. Block times only grow, so it stands for the newest block at the tick.
   */
  public long expiryOf(long anchorNumber) {
    return anchorNumber + maxAnchorLagBlocks + 1;
  }

  /** Whether a tick begins too late for the anchor that {@code expiry} ends. */
  public boolean isExpired(L1Block expiry, long tick) {
    return expiry.timestampSeconds() <= timestampOf(tick);
  }
}
