// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.rpc;

import io.lockstep.primitives.rpc.Params;
import io.lockstep.primitives.rpc.RpcError;
import io.lockstep.primitives.rpc.RpcMethod;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.tx.TransactionType;
import io.lockstep.primitives.types.Address;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The {@code txpool_} methods over a {@link PoolView}. Transactions with blobs are counted but not
 * listed, as in common clients. Any thread.
 */
public final class PoolMethods {
  /** Transactions that one answer shows. */
  private static final int MOST_SHOWN = 10_000;

  private final PoolView pool;

  public PoolMethods(PoolView pool) {
    this.pool = pool;
  }

  public void addTo(Map<String, RpcMethod> methods) {
    methods.put("txpool_status", params -> status());
    methods.put("txpool_content", params -> bySender(TransactionJson::waiting));
    methods.put("txpool_contentFrom", this::contentFrom);
    methods.put("txpool_inspect", params -> bySender(PoolMethods::summary));
  }

  private JsonNode status() {
    PoolView.Counts counts = pool.counts();
    ObjectNode out = RpcJson.NODES.objectNode();
    RpcJson.putQuantity(out, "pending", counts.pending());
    RpcJson.putQuantity(out, "queued", counts.queued());
    return out;
  }

  private JsonNode bySender(Function<Transaction, JsonNode> form) {
    ObjectNode out = RpcJson.NODES.objectNode();
    ObjectNode pending = out.putObject("pending");
    ObjectNode queued = out.putObject("queued");
    pool.all(MOST_SHOWN)
        .forEach((sender, waiting) -> {
          String name = RpcJson.checksummed(sender);
          put(pending, name, byNonce(waiting.pending(), form));
          put(queued, name, byNonce(waiting.queued(), form));
        });
    return out;
  }

  private JsonNode contentFrom(JsonNode params) throws RpcError {
    Address sender = Params.address(Params.required(params, 0), "invalid argument 0");
    PoolView.Waiting waiting = pool.of(sender);
    ObjectNode out = RpcJson.NODES.objectNode();
    out.set("pending", byNonce(waiting.pending(), TransactionJson::waiting));
    out.set("queued", byNonce(waiting.queued(), TransactionJson::waiting));
    return out;
  }

  private static void put(ObjectNode into, String sender, ObjectNode transactions) {
    if (!transactions.isEmpty()) {
      into.set(sender, transactions);
    }
  }

  private static ObjectNode byNonce(
      List<Transaction> transactions, Function<Transaction, JsonNode> form) {
    ObjectNode out = RpcJson.NODES.objectNode();
    for (Transaction tx : transactions) {
      if (tx.type() != TransactionType.BLOB) {
        out.set(Long.toUnsignedString(tx.nonce()), form.apply(tx));
      }
    }
    return out;
  }

  private static JsonNode summary(Transaction tx) {
    String to = tx.to() == null ? "contract creation" : RpcJson.checksummed(tx.to());
    return Params.text(
        "%s: %s wei + %s gas × %s wei"
            .formatted(to, tx.value(), Long.toUnsignedString(tx.gasLimit()), tx.maxFeePerGas()));
  }
}
