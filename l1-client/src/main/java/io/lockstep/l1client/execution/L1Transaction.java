// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.execution;

import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An L1 transaction as the node tells it.
 *
 * @param type EIP-2718 type byte
 * @param to null when it creates a contract
 * @param blockHash null while it waits
 * @param blockNumber −1 while it waits
 */
public record L1Transaction(
    Hash32 hash,
    int type,
    Address from,
    @Nullable Address to,
    long nonce,
    UInt256 value,
    Bytes input,
    List<Hash32> blobVersionedHashes,
    @Nullable Hash32 blockHash,
    long blockNumber) {
  public L1Transaction {
    blobVersionedHashes = List.copyOf(blobVersionedHashes);
  }
}
