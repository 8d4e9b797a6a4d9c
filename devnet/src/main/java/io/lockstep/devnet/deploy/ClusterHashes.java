// SPDX-License-Identifier: Apache-2.0
package io.lockstep.devnet.deploy;

import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Hash32;

/** Hashes that ClusterInbox computes in its constructor, computed again here. Any thread. */
final class ClusterHashes {
  private ClusterHashes() {}

  /** {@code keccak256(abi.encode(chainId, inbox))}. */
  static Hash32 clusterId(long chainId, Address inbox) {
    return Keccak.hashAll(Abi.word(chainId).toArray(), Abi.word(inbox).toArray());
  }

  /** {@code keccak256(abi.encode(clusterId, genesisHead))}: what the first batch stands on. */
  static Hash32 genesisBatch(long chainId, Address inbox, Hash32 genesisHead) {
    return Keccak.hashAll(clusterId(chainId, inbox).toArray(), genesisHead.toArray());
  }
}
