// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.rpc;

import io.lockstep.execution.block.BlockEnv;
import io.lockstep.execution.block.BlockRules;
import io.lockstep.execution.fork.ForkSchedule;
import io.lockstep.primitives.tx.BlockHeader;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;

/**
 * The block that a transaction stands in, as far as its transaction and receipt show it.
 *
 * @param blockHash zero until the block is sealed
 * @param blobBaseFee wei; zero before Cancun
 */
record Inclusion(
    Hash32 blockHash,
    long blockNumber,
    long timestampSeconds,
    UInt256 baseFee,
    UInt256 blobBaseFee) {

  static Inclusion sealed(ForkSchedule forks, BlockHeader header, Hash32 hash) {
    return of(forks, StatePoint.env(header), hash, header.excessBlobGas() != null);
  }

  static Inclusion open(ForkSchedule forks, BlockEnv env) {
    return of(forks, env, Hash32.ZERO, env.parentBeaconBlockRoot() != null);
  }

  private static Inclusion of(ForkSchedule forks, BlockEnv env, Hash32 hash, boolean hasBlobs) {
    UInt256 blobBaseFee =
        hasBlobs
            ? BlockRules.blobBaseFee(
                env.excessBlobGas(),
                forks.blobParams(forks.at(env.number(), env.timestampSeconds(), env.difficulty())))
            : UInt256.ZERO;
    return new Inclusion(
        hash, env.number(), env.timestampSeconds(), env.baseFeePerGas(), blobBaseFee);
  }
}
