// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.rpc;

import io.lockstep.primitives.rpc.Params;
import io.lockstep.primitives.rpc.RpcError;
import io.lockstep.primitives.rpc.RpcMethod;
import io.lockstep.primitives.tx.Block;
import io.lockstep.primitives.tx.Receipt;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Hash32;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/** Blocks, receipts and transactions in their consensus encoding. */
final class DebugMethods {
  private final ChainView view;

  DebugMethods(ChainView view) {
    this.view = view;
  }

  void addTo(Map<String, RpcMethod> methods) {
    methods.put("debug_getRawHeader", params -> RpcJson.bytes(block(params).header().encoded()));
    methods.put("debug_getRawBlock", params -> RpcJson.bytes(block(params).encoded()));
    methods.put("debug_getRawReceipts", this::receipts);
    methods.put("debug_getRawTransaction", this::transaction);
    // A block that is not valid is never kept.
    methods.put("debug_getBadBlocks", params -> RpcJson.NODES.arrayNode());
  }

  private Hash32 hash(JsonNode params) throws RpcError {
    Hash32 hash = BlockParam.requiredAt(params, 0).sealedHash(view);
    if (hash == null) {
      throw new RpcError(RpcError.SERVER, "block not found");
    }
    return hash;
  }

  private Block block(JsonNode params) throws RpcError {
    Block block = view.block(hash(params));
    if (block == null) {
      throw new RpcError(RpcError.SERVER, "block not found");
    }
    return block;
  }

  private JsonNode receipts(JsonNode params) throws RpcError {
    List<Receipt> receipts = view.receipts(hash(params));
    if (receipts == null) {
      throw new RpcError(RpcError.SERVER, "block not found");
    }
    ArrayNode list = RpcJson.NODES.arrayNode();
    receipts.forEach(receipt -> list.add(receipt.encoded().toHex()));
    return list;
  }

  private JsonNode transaction(JsonNode params) throws RpcError {
    Hash32 hash = Params.hash(Params.required(params, 0), "invalid argument 0");
    return switch (TxPlace.find(view, hash)) {
      case TxPlace.Included at -> RpcJson.bytes(at.transaction().encoded());
      case TxPlace.Waiting(Transaction tx) -> RpcJson.bytes(tx.encoded());
      case TxPlace.Unknown() -> RpcJson.nothing();
    };
  }
}
