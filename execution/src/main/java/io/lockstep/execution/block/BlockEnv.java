// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.block;

import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import org.jspecify.annotations.Nullable;

/**
 * What is fixed about a block before its first transaction.
 *
 * @param timestampSeconds Unix seconds
 * @param prevRandao the mix hash before Paris
 * @param baseFeePerGas wei; zero before London
 * @param excessBlobGas zero before Cancun
 * @param parentBeaconBlockRoot null before Cancun
 */
public record BlockEnv(
    long number,
    Hash32 parentHash,
    long timestampSeconds,
    Address coinbase,
    Hash32 prevRandao,
    UInt256 difficulty,
    long gasLimit,
    UInt256 baseFeePerGas,
    long excessBlobGas,
    @Nullable Hash32 parentBeaconBlockRoot,
    Bytes extraData) {}
