// SPDX-License-Identifier: Apache-2.0
package io.lockstep.devnet.l1;

import io.lockstep.primitives.types.Hash32;

/**
 * A beacon block header (consensus-specs phase0, {@code BeaconBlockHeader}); its root is the
 * block's root, the one that EIP-4788 keeps.
 */
record BeaconHeader(
    long slot, long proposerIndex, Hash32 parentRoot, Hash32 stateRoot, Hash32 bodyRoot) {

  /** Hash tree root. */
  Hash32 root() {
    return Ssz.container(
        Ssz.uint64(slot), Ssz.uint64(proposerIndex), parentRoot, stateRoot, bodyRoot);
  }
}
