// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.commitment;

import io.lockstep.primitives.codec.AbiWords;
import io.lockstep.primitives.types.Hash32;

/**
 * A leaf of a seal's {@code blocksRoot}: one block of the window's run (protocol §2.2).
 *
 * @param rollupId the rollup's chain id
 * @param number L2 block number
 */
public record BlockLeaf(
    long tick, long rollupId, long number, Hash32 blockHash, Hash32 parentHash) {
  /** {@code abi.encode} of the fields: what the tree hashes. */
  public byte[] words() {
    return new AbiWords(5)
        .uint(tick)
        .uint(rollupId)
        .uint(number)
        .word(blockHash)
        .word(parentHash)
        .toArray();
  }
}
