// SPDX-License-Identifier: Apache-2.0
package io.lockstep.devnet.l1;

import io.lockstep.primitives.types.Hash32;

/**
 * The box's chain as its APIs show it, unchanging while held. Finality is a rule, not a vote: the
 * head's epoch justifies the one before it and finalises the one before that.
 *
 * @param currentSlot the last slot that had its turn, with a block or without
 * @param justified the block of the justified checkpoint; genesis until there is one
 * @param finalized the block of the finalized checkpoint; genesis until there is one
 * @param live false while the first epochs are made
 */
record BoxView(
    BeaconBlock head,
    long currentSlot,
    long previousJustifiedEpoch,
    BeaconBlock previousJustified,
    long justifiedEpoch,
    BeaconBlock justified,
    long finalizedEpoch,
    BeaconBlock finalized,
    boolean live) {

  long headEpoch() {
    return head.slot() / BoxOptions.SLOTS_PER_EPOCH;
  }

  long currentEpoch() {
    return currentSlot / BoxOptions.SLOTS_PER_EPOCH;
  }

  /** A checkpoint's root as the beacon API gives it: zero in epoch 0, before there is finality. */
  static Hash32 checkpointRoot(long epoch, BeaconBlock block) {
    return epoch == 0 ? Hash32.ZERO : block.root();
  }

  /** The view with {@code head} at the tip, its checkpoints taken from the canonical chain. */
  static BoxView at(BeaconDb db, BeaconBlock head, long currentSlot, boolean live) {
    long epoch = head.slot() / BoxOptions.SLOTS_PER_EPOCH;
    long previous = Math.max(0, epoch - 2);
    long justified = Math.max(0, epoch - 1);
    BeaconBlock previousBlock = db.atOrBefore(previous * BoxOptions.SLOTS_PER_EPOCH);
    BeaconBlock justifiedBlock = db.atOrBefore(justified * BoxOptions.SLOTS_PER_EPOCH);
    return new BoxView(
        head,
        currentSlot,
        previous,
        previousBlock,
        justified,
        justifiedBlock,
        previous,
        previousBlock,
        live);
  }

  BoxView withSlot(long slot) {
    return new BoxView(
        head,
        slot,
        previousJustifiedEpoch,
        previousJustified,
        justifiedEpoch,
        justified,
        finalizedEpoch,
        finalized,
        live);
  }

  BoxView withLive() {
    return new BoxView(
        head,
        currentSlot,
        previousJustifiedEpoch,
        previousJustified,
        justifiedEpoch,
        justified,
        finalizedEpoch,
        finalized,
        true);
  }
}
