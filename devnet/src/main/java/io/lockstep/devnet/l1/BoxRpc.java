// SPDX-License-Identifier: Apache-2.0
package io.lockstep.devnet.l1;

import io.lockstep.devnet.l1.BeaconSide.NewHead;
import io.lockstep.execution.rpc.CallOptions;
import io.lockstep.execution.rpc.ChainMethods;
import io.lockstep.execution.rpc.ChainSubscriptions;
import io.lockstep.execution.rpc.Subscription;
import io.lockstep.execution.state.Genesis;
import io.lockstep.preconf.wire.RpcEndpoint;
import io.lockstep.preconf.wire.SubscriptionSource;
import io.lockstep.primitives.crypto.BlobProofs;
import io.lockstep.primitives.rpc.Params;
import io.lockstep.primitives.rpc.RpcError;
import io.lockstep.primitives.rpc.RpcMethod;
import io.lockstep.primitives.tx.Transaction;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;

/**
 * The box's execution JSON-RPC: the chain-reading methods, and what concerns its pool. Any thread.
 */
final class BoxRpc implements AutoCloseable {
  private final BoxChain chain;
  private final BoxChainView view;
  private final ChainMethods reading;
  private final TxIntake intake;
  private final Runnable onTransaction;
  private final Map<Object, Consumer<JsonNode>> pendingSinks = new ConcurrentHashMap<>();

  /** RPC over a chain; {@code onTransaction} runs when a transaction was taken. */
  BoxRpc(BoxChain chain, Genesis genesis, BlobProofs proofs, Runnable onTransaction) {
    this.chain = chain;
    this.view = new BoxChainView(chain, genesis);
    this.reading = new ChainMethods(view, CallOptions.DEFAULTS);
    this.intake = new TxIntake(chain, genesis, proofs);
    this.onTransaction = onTransaction;
  }

  RpcEndpoint endpoint() {
    Map<String, RpcMethod> methods = new HashMap<>(reading.methods());
    methods.put("eth_sendRawTransaction", this::sendRawTransaction);
    new PoolMethods(chain).addTo(methods);
    Map<String, SubscriptionSource> subscriptions =
        Map.of(
            "newHeads", source(ChainSubscriptions.newHeads(view)),
            "logs", source(ChainSubscriptions.logs(view)),
            "newPendingTransactions", this::subscribePending);
    return new RpcEndpoint(methods, subscriptions);
  }

  void onHead(NewHead change) {
    view.onBeaconHead(change);
  }

  @Override
  public void close() {
    reading.close();
  }

  private JsonNode sendRawTransaction(JsonNode params) throws RpcError {
    Transaction tx = intake.take(Params.bytes(Params.required(params, 0), "transaction"));
    JsonNode hash = Params.text(tx.hash().toHex());
    pendingSinks.values().forEach(sink -> sink.accept(hash));
    onTransaction.run();
    return hash;
  }

  private AutoCloseable subscribePending(JsonNode params, Consumer<JsonNode> sink) {
    Object key = new Object(); // a sink given twice is two subscriptions
    pendingSinks.put(key, sink);
    return () -> pendingSinks.remove(key);
  }

  private static SubscriptionSource source(Subscription subscription) {
    return subscription::subscribe;
  }
}
