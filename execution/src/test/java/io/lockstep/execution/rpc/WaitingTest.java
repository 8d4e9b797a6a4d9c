// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.primitives.rpc.RpcError;
import io.lockstep.primitives.rpc.RpcMethod;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Address;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Transactions that wait: filters, subscribers and the pool's own methods. */
class WaitingTest extends RpcTestBase {
  private void wait(Transaction tx) {
    chain.view.waitingListeners.forEach(listener -> listener.accept(tx));
  }

  @Test
  void aFilterTellsWhatCameSinceItWasAskedLast() throws Exception {
    wait(chain.transaction(SmallChain.FRIEND, 1, "0x"));
    String early = call("eth_newPendingTransactionFilter", "[]").asString();
    Transaction first = chain.transaction(SmallChain.FRIEND, 2, "0x");
    wait(first);
    String late = call("eth_newPendingTransactionFilter", "[]").asString();
    Transaction second = chain.transaction(SmallChain.FRIEND, 3, "0x");
    wait(second);

    assertThat(changes(early)).containsExactly(first.hash().toHex(), second.hash().toHex());
    assertThat(changes(late)).containsExactly(second.hash().toHex());
    assertThat(changes(early)).isEmpty();
    assertThat(refused("eth_getFilterLogs", "['" + late + "']").text())
        .isEqualTo("filter not found");
    assertThat(call("eth_uninstallFilter", "['" + late + "']").asBoolean()).isTrue();
  }

  private List<String> changes(String filter) throws RpcError {
    List<String> hashes = new ArrayList<>();
    call("eth_getFilterChanges", "['" + filter + "']").forEach(each -> hashes.add(each.asString()));
    return hashes;
  }

  @Test
  void aFilterThatIsPolledTooRarelyMissesTheOldest() throws Exception {
    String filter = call("eth_newPendingTransactionFilter", "[]").asString();
    Transaction first = chain.transaction(SmallChain.FRIEND, 1, "0x");
    Transaction other = chain.transaction(SmallChain.FRIEND, 2, "0x");
    wait(first);
    for (int i = 0; i < 1 << 14; i++) {
      wait(other);
    }
    assertThat(changes(filter)).hasSize(1 << 14).doesNotContain(first.hash().toHex());
  }

  @Test
  void subscribersGetHashesOrWholeTransactions() throws Exception {
    Subscription source = ChainSubscriptions.newPendingTransactions(chain.view);
    List<JsonNode> hashes = new ArrayList<>();
    List<JsonNode> whole = new ArrayList<>();
    AutoCloseable first = source.subscribe(json("[]"), hashes::add);
    AutoCloseable second = source.subscribe(json("[true]"), whole::add);
    Transaction tx = chain.transaction(SmallChain.FRIEND, 1, "0x");
    wait(tx);
    assertThat(hashes.getFirst().asString()).isEqualTo(tx.hash().toHex());
    assertThat(whole.getFirst().path("hash").asString()).isEqualTo(tx.hash().toHex());
    assertThat(whole.getFirst().path("blockHash").isNull()).isTrue();
    first.close();
    second.close();
    assertThat(chain.view.waitingListeners).isEmpty();
  }

  @Test
  void showsThePoolBySenderAndNonce() throws Exception {
    Transaction ready = chain.transaction(SmallChain.FRIEND, 1, "0x");
    chain.transaction(SmallChain.FRIEND, 2, "0x");
    Transaction behindAGap = chain.transaction(SmallChain.FRIEND, 3, "0x");
    PoolView.Waiting waiting = new PoolView.Waiting(List.of(ready), List.of(behindAGap));
    Address sender = SmallChain.KEY.address();
    Map<String, RpcMethod> methods = new HashMap<>();
    new PoolMethods(
            new PoolView() {
              @Override
              public Counts counts() {
                return new Counts(1, 1);
              }

              @Override
              public Map<Address, Waiting> all(int most) {
                return Map.of(sender, waiting);
              }

              @Override
              public Waiting of(Address asked) {
                return asked.equals(sender) ? waiting : Waiting.NONE;
              }
            })
        .addTo(methods);

    assertThat(of(methods, "txpool_status").call(json("[]")))
        .isEqualTo(json("{\"pending\":\"0x1\",\"queued\":\"0x1\"}"));
    // EIP-55 of the address of key 0x11…11.
    String name = "0x19E7E376E7C213B7E7e7e46cc70A5dD086DAff2A";
    JsonNode content = of(methods, "txpool_content").call(json("[]"));
    assertThat(content.path("pending").path(name).path("0").path("hash").asString())
        .isEqualTo(ready.hash().toHex());
    assertThat(content.path("queued").path(name).path("2").path("hash").asString())
        .isEqualTo(behindAGap.hash().toHex());
    assertThat(of(methods, "txpool_contentFrom").call(json("[\"" + sender + "\"]")).path("pending"))
        .isEqualTo(content.path("pending").path(name));
    JsonNode inspect = of(methods, "txpool_inspect").call(json("[]"));
    assertThat(inspect.path("pending").path(name).path("0").asString())
        .isEqualToIgnoringCase(SmallChain.FRIEND + ": 1 wei + 100000 gas × 10000000000 wei");
  }

  private static RpcMethod of(Map<String, RpcMethod> methods, String name) {
    return Objects.requireNonNull(methods.get(name), name);
  }

  private static JsonNode json(String text) {
    return JsonMapper.shared().readTree(text);
  }
}
