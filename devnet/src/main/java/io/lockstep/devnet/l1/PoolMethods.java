// SPDX-License-Identifier: Apache-2.0
package io.lockstep.devnet.l1;

import io.lockstep.execution.journal.AccountState;
import io.lockstep.execution.journal.StateReader;
import io.lockstep.execution.rpc.TransactionJson;
import io.lockstep.primitives.rpc.Params;
import io.lockstep.primitives.rpc.RpcError;
import io.lockstep.primitives.rpc.RpcMethod;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Address;
import java.util.Map;
import java.util.SortedMap;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The {@code txpool_} methods of the box. Answers are bounded by the pool. Any thread. */
final class PoolMethods {
  private final BoxChain chain;

  PoolMethods(BoxChain chain) {
    this.chain = chain;
  }

  void addTo(Map<String, RpcMethod> methods) {
    methods.put("txpool_status", params -> status());
    methods.put("txpool_content", params -> bySender(PoolMethods::full));
    methods.put("txpool_inspect", params -> bySender(PoolMethods::summary));
    methods.put("txpool_contentFrom", this::contentFrom);
  }

  private JsonNode status() {
    StateReader state = chain.chain().headState();
    return chain.withPool(pool -> {
      long pending = 0;
      for (Address sender : pool.senders()) {
        long next = nonce(state, sender);
        pending += pool.nextNonce(sender, next) - next;
      }
      ObjectNode out = BeaconJson.object();
      out.set("pending", Params.quantity(pending));
      out.set("queued", Params.quantity(pool.size() - pending));
      return out;
    });
  }

  private JsonNode bySender(Function<Transaction, JsonNode> form) {
    StateReader state = chain.chain().headState();
    return chain.withPool(pool -> {
      ObjectNode pending = BeaconJson.object();
      ObjectNode queued = BeaconJson.object();
      for (Address sender : pool.senders()) {
        long firstQueued = pool.nextNonce(sender, nonce(state, sender));
        SortedMap<Long, PooledTx> own = pool.of(sender);
        put(pending, sender, own.headMap(firstQueued), form);
        put(queued, sender, own.tailMap(firstQueued), form);
      }
      return both(pending, queued);
    });
  }

  private JsonNode contentFrom(JsonNode params) throws RpcError {
    Address sender = Params.address(Params.required(params, 0), "address");
    StateReader state = chain.chain().headState();
    return chain.withPool(pool -> {
      long firstQueued = pool.nextNonce(sender, nonce(state, sender));
      SortedMap<Long, PooledTx> own = pool.of(sender);
      return both(
          byNonce(own.headMap(firstQueued), PoolMethods::full),
          byNonce(own.tailMap(firstQueued), PoolMethods::full));
    });
  }

  private static JsonNode full(Transaction tx) {
    return TransactionJson.waiting(tx);
  }

  private static JsonNode summary(Transaction tx) {
    String to = tx.to() == null ? "contract creation" : tx.to().toHex();
    return Params.text(
        "%s: %s wei + %d gas × %s wei".formatted(to, tx.value(), tx.gasLimit(), tx.maxFeePerGas()));
  }

  private static ObjectNode both(ObjectNode pending, ObjectNode queued) {
    ObjectNode out = BeaconJson.object();
    out.set("pending", pending);
    out.set("queued", queued);
    return out;
  }

  private static void put(
      ObjectNode into,
      Address sender,
      SortedMap<Long, PooledTx> own,
      Function<Transaction, JsonNode> form) {
    if (!own.isEmpty()) {
      into.set(sender.toHex(), byNonce(own, form));
    }
  }

  private static ObjectNode byNonce(
      SortedMap<Long, PooledTx> own, Function<Transaction, JsonNode> form) {
    ObjectNode out = BeaconJson.object();
    own.forEach((nonce, entry) -> out.set(Long.toString(nonce), form.apply(entry.tx())));
    return out;
  }

  private static long nonce(StateReader state, Address sender) {
    AccountState account = state.account(sender);
    return account == null ? 0 : account.nonce();
  }
}
