// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.rpc;

import io.lockstep.execution.block.BlockEnv;
import io.lockstep.execution.block.BlockRules;
import io.lockstep.execution.fork.BlobParams;
import io.lockstep.execution.fork.ForkSchedule;
import io.lockstep.primitives.rpc.Params;
import io.lockstep.primitives.rpc.RpcError;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The block overrides of eth_call: an environment as it is not, for one call. */
final class BlockOverrides {
  private BlockOverrides() {}

  static BlockEnv apply(@Nullable JsonNode wanted, BlockEnv env, ForkSchedule forks)
      throws RpcError {
    if (wanted == null) {
      return env;
    }
    if (!wanted.isObject()) {
      throw RpcError.invalidParams("block overrides: expected an object");
    }
    JsonNode coinbase = present(wanted, "feeRecipient", "coinbase");
    JsonNode random = present(wanted, "prevRandao", "random");
    UInt256 difficulty = quantity(wanted, "difficulty", "difficulty");
    UInt256 baseFee = quantity(wanted, "baseFeePerGas", "baseFee");
    UInt256 blobBaseFee = quantity(wanted, "blobBaseFee", "blobBaseFee");
    BlockEnv changed =
        new BlockEnv(
            number(wanted, "number", "number", env.number()),
            env.parentHash(),
            number(wanted, "time", "timestamp", env.timestampSeconds()),
            coinbase == null ? env.coinbase() : Params.address(coinbase, "feeRecipient"),
            random == null ? env.prevRandao() : Params.hash(random, "prevRandao"),
            difficulty == null ? env.difficulty() : difficulty,
            number(wanted, "gasLimit", "gasLimit", env.gasLimit()),
            baseFee == null ? env.baseFeePerGas() : baseFee,
            env.excessBlobGas(),
            env.parentBeaconBlockRoot(),
            env.extraData());
    return blobBaseFee == null ? changed : withBlobBaseFee(changed, blobBaseFee, forks);
  }

  /** An environment has the excess that the fee follows from: finds the least that gives it. */
  private static BlockEnv withBlobBaseFee(BlockEnv env, UInt256 wanted, ForkSchedule forks) {
    BlobParams blobs =
        forks.blobParams(forks.at(env.number(), env.timestampSeconds(), env.difficulty()));
    long low = 0;
    // e^177 needs 256 bits.
    long high = Math.multiplyExact(blobs.baseFeeUpdateFraction(), 177L);
    while (low < high) {
      long middle = (low + high) >>> 1;
      if (BlockRules.blobBaseFee(middle, blobs).compareTo(wanted) < 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return new BlockEnv(
        env.number(),
        env.parentHash(),
        env.timestampSeconds(),
        env.coinbase(),
        env.prevRandao(),
        env.difficulty(),
        env.gasLimit(),
        env.baseFeePerGas(),
        low,
        env.parentBeaconBlockRoot() == null ? Hash32.ZERO : env.parentBeaconBlockRoot(),
        env.extraData());
  }

  /** A field by its name in execution-apis, or by the one that older clients use. */
  static @Nullable JsonNode present(JsonNode node, String name, String oldName) {
    JsonNode value = node.has(name) ? node.get(name) : node.get(oldName);
    return value == null || value.isNull() ? null : value;
  }

  static @Nullable UInt256 quantity(JsonNode node, String name, String oldName) throws RpcError {
    JsonNode value = present(node, name, oldName);
    return value == null ? null : Params.quantity(value, name);
  }

  static long number(JsonNode node, String name, String oldName, long otherwise) throws RpcError {
    JsonNode value = present(node, name, oldName);
    return value == null ? otherwise : Params.number(value, name);
  }
}
