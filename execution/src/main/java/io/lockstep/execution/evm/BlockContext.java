// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.evm;

import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * What code may ask about its block.
 *
 * @param timestampSeconds Unix seconds
 * @param prevRandao what PREVRANDAO gives: the difficulty before Paris
 * @param blobBaseFee wei for a unit of blob gas
 * @param blockHash hashes of ancestors by number; null for one that is not known
 */
public record BlockContext(
    UInt256 chainId,
    long number,
    long timestampSeconds,
    Address coinbase,
    long gasLimit,
    UInt256 prevRandao,
    UInt256 baseFee,
    UInt256 blobBaseFee,
    LongFunction<@Nullable Hash32> blockHash) {
  public BlockContext withBlobBaseFee(UInt256 wei) {
    return new BlockContext(
        chainId, number, timestampSeconds, coinbase, gasLimit, prevRandao, baseFee, wei, blockHash);
  }
}
