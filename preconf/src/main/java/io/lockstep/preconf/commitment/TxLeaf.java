// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.commitment;

import io.lockstep.primitives.codec.AbiWords;
import io.lockstep.primitives.types.Hash32;

/**
 * A leaf of a frag's {@code bodyRoot}: one transaction at its place with its receipt (protocol
 * §2.2).
 *
 * @param rollupId the rollup's chain id
 * @param number L2 block number
 * @param parentHash hash of the block before it
 * @param txIdx index in the block; the system transaction has 0
 * @param receiptHash Keccak of the receipt's consensus encoding
 */
public record TxLeaf(
    long rollupId, long number, Hash32 parentHash, long txIdx, Hash32 txHash, Hash32 receiptHash) {
  /** {@code abi.encode} of the fields: what the tree hashes. */
  public byte[] words() {
    return new AbiWords(6)
        .uint(rollupId)
        .uint(number)
        .word(parentHash)
        .uint(txIdx)
        .word(txHash)
        .word(receiptHash)
        .toArray();
  }
}
