// SPDX-License-Identifier: Apache-2.0
package io.lockstep.devnet.l1;

import io.lockstep.devnet.l1.BeaconSide.NewHead;
import io.lockstep.execution.rpc.CallOptions;
import io.lockstep.execution.rpc.ChainMethods;
import io.lockstep.execution.rpc.ChainSubscriptions;
import io.lockstep.execution.rpc.PoolMethods;
import io.lockstep.execution.rpc.PoolView;
import io.lockstep.execution.rpc.Subscription;
import io.lockstep.execution.state.Genesis;
import io.lockstep.preconf.wire.RpcEndpoint;
import io.lockstep.preconf.wire.SubscriptionSource;
import io.lockstep.primitives.crypto.BlobProofs;
import io.lockstep.primitives.rpc.Params;
import io.lockstep.primitives.rpc.RpcError;
import io.lockstep.primitives.rpc.RpcMethod;
import io.lockstep.primitives.types.Address;
import java.util.HashMap;
import java.util.Map;
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

  /** RPC over a chain; {@code onTransaction} runs when a transaction was taken. */
  BoxRpc(BoxChain chain, Genesis genesis, BlobProofs proofs, Runnable onTransaction) {
    this.chain = chain;
    this.view = new BoxChainView(chain, genesis);
    this.reading = new ChainMethods(view, CallOptions.DEFAULTS);
    this.intake = new TxIntake(genesis.forks(), genesis.chainId(), proofs, chain::nextEnv);
    this.onTransaction = onTransaction;
  }

  RpcEndpoint endpoint() {
    Map<String, RpcMethod> methods = new HashMap<>(reading.methods());
    methods.put("eth_sendRawTransaction", this::sendRawTransaction);
    new PoolMethods(pool()).addTo(methods);
    Map<String, SubscriptionSource> subscriptions =
        Map.of(
            "newHeads", source(ChainSubscriptions.newHeads(view)),
            "logs", source(ChainSubscriptions.logs(view)),
            "newPendingTransactions", source(ChainSubscriptions.newPendingTransactions(view)));
    return new RpcEndpoint(methods, subscriptions);
  }

  private PoolView pool() {
    return new PoolView() {
      @Override
      public Counts counts() {
        return chain.withPool(pool -> pool.counts(chain.chain().headState()));
      }

      @Override
      public Map<Address, Waiting> all(int most) {
        return chain.withPool(pool -> pool.waiting(chain.chain().headState(), most));
      }

      @Override
      public Waiting of(Address sender) {
        return chain.withPool(pool -> pool.waiting(chain.chain().headState(), sender));
      }
    };
  }

  void onHead(NewHead change) {
    view.onBeaconHead(change);
  }

  @Override
  public void close() {
    reading.close();
  }

  private JsonNode sendRawTransaction(JsonNode params) throws RpcError {
    TxIntake.Checked checked = intake.read(Params.bytes(Params.required(params, 0), "transaction"));
    TxIntake.refuse(chain.add(checked.tx(), checked.sender(), checked.sidecar()));
    view.onTransaction(checked.tx());
    onTransaction.run();
    return Params.text(checked.tx().hash().toHex());
  }

  private static SubscriptionSource source(Subscription subscription) {
    return subscription::subscribe;
  }
}
