// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.execution;

import io.lockstep.primitives.types.BlockRef;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;

/**
 * What derivation and fees need of an L1 execution block's header.
 *
 * @param prevRandao the header's mix hash
 * @param parentBeaconBlockRoot EIP-4788; zero before Cancun
 * @param baseFee wei per gas; zero before London
 */
public record L1Block(
    BlockRef ref,
    Hash32 stateRoot,
    Hash32 prevRandao,
    Hash32 parentBeaconBlockRoot,
    UInt256 baseFee,
    long gasLimit,
    long gasUsed,
    long blobGasUsed,
    long excessBlobGas) {

  public long number() {
    return ref.number();
  }

  public Hash32 hash() {
    return ref.hash();
  }

  public Hash32 parentHash() {
    return ref.parentHash();
  }

  public long timestampSeconds() {
    return ref.timestampSeconds();
  }
}
