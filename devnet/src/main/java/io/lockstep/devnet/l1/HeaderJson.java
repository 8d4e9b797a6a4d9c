// SPDX-License-Identifier: Apache-2.0
package io.lockstep.devnet.l1;

import io.lockstep.primitives.rpc.Params;
import io.lockstep.primitives.rpc.RpcError;
import io.lockstep.primitives.tx.BlockHeader;
import io.lockstep.primitives.types.Hash32;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A block header out of {@code eth_getBlockBy…} (execution-apis). */
final class HeaderJson {
  private HeaderJson() {}

  static BlockHeader read(JsonNode json) throws RpcError {
    JsonNode baseFee = json.path("baseFeePerGas");
    return new BlockHeader(
        hash(json, "parentHash"),
        hash(json, "sha3Uncles"),
        Params.address(json.path("miner"), "miner"),
        hash(json, "stateRoot"),
        hash(json, "transactionsRoot"),
        hash(json, "receiptsRoot"),
        Params.bytes(json.path("logsBloom"), "logsBloom"),
        Params.quantity(json.path("difficulty"), "difficulty"),
        number(json, "number"),
        number(json, "gasLimit"),
        number(json, "gasUsed"),
        number(json, "timestamp"),
        Params.bytes(json.path("extraData"), "extraData"),
        hash(json, "mixHash"),
        Params.bytes(json.path("nonce"), "nonce"),
        isGiven(baseFee) ? Params.quantity(baseFee, "baseFeePerGas") : null,
        optionalHash(json, "withdrawalsRoot"),
        optionalNumber(json, "blobGasUsed"),
        optionalNumber(json, "excessBlobGas"),
        optionalHash(json, "parentBeaconBlockRoot"),
        optionalHash(json, "requestsHash"));
  }

  private static Hash32 hash(JsonNode json, String name) throws RpcError {
    return Params.hash(json.path(name), name);
  }

  private static long number(JsonNode json, String name) throws RpcError {
    return Params.number(json.path(name), name);
  }

  private static @Nullable Hash32 optionalHash(JsonNode json, String name) throws RpcError {
    return isGiven(json.path(name)) ? hash(json, name) : null;
  }

  private static @Nullable Long optionalNumber(JsonNode json, String name) throws RpcError {
    return isGiven(json.path(name)) ? Long.valueOf(number(json, name)) : null;
  }

  private static boolean isGiven(JsonNode value) {
    return !value.isMissingNode() && !value.isNull();
  }
}
