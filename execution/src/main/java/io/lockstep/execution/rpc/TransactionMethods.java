// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.rpc;

import io.lockstep.primitives.rpc.Params;
import io.lockstep.primitives.rpc.RpcError;
import io.lockstep.primitives.rpc.RpcMethod;
import io.lockstep.primitives.tx.Block;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Hash32;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** Transactions and receipts, from the moment they are known. Unknown ones are null. */
final class TransactionMethods {
  private final ChainView view;

  TransactionMethods(ChainView view) {
    this.view = view;
  }

  void addTo(Map<String, RpcMethod> methods) {
    methods.put("eth_getTransactionByHash", params -> byHash(hash(params)));
    methods.put("eth_getTransactionReceipt", params -> receipt(hash(params)));
    methods.put(
        "eth_getTransactionByBlockHashAndIndex",
        params -> inBlock(BlockMethods.hashed(params), params));
    methods.put(
        "eth_getTransactionByBlockNumberAndIndex",
        params -> inBlock(BlockParam.requiredAt(params, 0), params));
  }

  private static Hash32 hash(JsonNode params) throws RpcError {
    return Params.hash(Params.required(params, 0), "invalid argument 0");
  }

  private JsonNode byHash(Hash32 hash) {
    return switch (TxPlace.find(view, hash)) {
      case TxPlace.Included at -> TransactionJson.of(at.transaction(), at.in(), at.index());
      case TxPlace.Waiting(Transaction tx) -> TransactionJson.waiting(tx);
      case TxPlace.Unknown() -> RpcJson.nothing();
    };
  }

  private JsonNode receipt(Hash32 hash) {
    JsonNode receipt = ReceiptJson.of(view, hash);
    return receipt == null ? RpcJson.nothing() : receipt;
  }

  private JsonNode inBlock(BlockParam at, JsonNode params) throws RpcError {
    long index = Params.number(Params.required(params, 1), "invalid argument 1");
    ChainView.OpenPart open = at.isPending() ? view.open() : null;
    if (open != null) {
      return nth(open.transactions(), index, Inclusion.open(view.forks(), open.env()));
    }
    Hash32 hash = at.sealedHash(view);
    Block block = hash == null ? null : view.block(hash);
    return hash == null || block == null
        ? RpcJson.nothing()
        : nth(block.transactions(), index, Inclusion.sealed(view.forks(), block.header(), hash));
  }

  private static JsonNode nth(List<Transaction> transactions, long index, Inclusion in) {
    return index >= transactions.size()
        ? RpcJson.nothing()
        : TransactionJson.of(transactions.get((int) index), in, (int) index);
  }
}
