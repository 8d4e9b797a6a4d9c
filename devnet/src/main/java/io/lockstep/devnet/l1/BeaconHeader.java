// SPDX-License-Identifier: Apache-2.0
package io.lockstep.devnet.l1;

import io.lockstep.primitives.beacon.BeaconTypes;
import io.lockstep.primitives.ssz.SszTree;
import io.lockstep.primitives.types.Hash32;

/**
 * A beacon block header (consensus-specs phase0, {@code BeaconBlockHeader}); its root is the
 * block's root, the one that EIP-4788 keeps.
 */
record BeaconHeader(
    long slot, long proposerIndex, Hash32 parentRoot, Hash32 stateRoot, Hash32 bodyRoot) {

  /** Hash tree root. */
  Hash32 root() {
    return SszTree.rootOf(BeaconTypes.BLOCK_HEADER, ssz());
  }

  byte[] ssz() {
    return BeaconTypes.blockHeader(slot, proposerIndex, parentRoot, stateRoot, bodyRoot);
  }

  BeaconHeader withStateRoot(Hash32 root) {
    return new BeaconHeader(slot, proposerIndex, parentRoot, root, bodyRoot);
  }
}
