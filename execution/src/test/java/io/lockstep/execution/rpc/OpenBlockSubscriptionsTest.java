// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.primitives.rpc.RpcError;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Hash32;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

/** The subscriptions that clients of Flashblocks know, over an open block that grows. */
class OpenBlockSubscriptionsTest {
  private static final ObjectMapper JSON = JsonMapper.shared();

  @TempDir Path dir;

  private SmallChain chain;
  private OpenBlockFeed feed;
  private OpenBlockSubscriptions open;

  @BeforeEach
  void start() {
    chain = new SmallChain(dir);
    feed = new OpenBlockFeed(chain.view);
    open = new OpenBlockSubscriptions(chain.view.forks(), feed);
  }

  @AfterEach
  void stop() {
    chain.close();
  }

  private void grow(Transaction... all) {
    chain.release(all);
    feed.opened(chain.view.open());
  }

  private void seal(Transaction... all) {
    Hash32 hash = chain.seal(all).hash();
    feed.sealed(new ChainView.HeadChange(List.of(), List.of(hash)));
    feed.opened(null);
  }

  private static List<JsonNode> subscribe(Subscription source, String params) throws RpcError {
    List<JsonNode> out = new ArrayList<>();
    source.subscribe(JSON.readTree(params), out::add);
    return out;
  }

  @Test
  void givesTheWholeOpenBlockEachTimeItGrows() throws Exception {
    chain.seal();
    List<JsonNode> one = subscribe(open.blocks(), "[]");
    List<JsonNode> two = subscribe(open.blocks(), "[]");
    Transaction first = chain.transaction(SmallChain.FRIEND, 5, "0x");
    Transaction second = chain.transaction(SmallChain.STORE, 0, SmallChain.word(42));

    grow(first);
    grow(first, second);

    assertThat(one).hasSize(2);
    assertThat(one.get(0).path("transactions")).hasSize(1);
    JsonNode block = one.get(1);
    assertThat(block.path("number").asString()).isEqualTo("0x2");
    assertThat(block.path("hash").isNull()).isTrue();
    assertThat(block.path("transactions")).hasSize(2);
    assertThat(block.path("transactions").get(1).path("hash").asString())
        .isEqualTo(second.hash().toHex());
    assertThat(two.get(1)).as("built once for all").isSameAs(block);
  }

  @Test
  void givesOnlyNewTransactionsAsHashesOrWithTheirLogs() throws Exception {
    chain.seal();
    List<JsonNode> hashes = subscribe(open.transactions(), "[]");
    List<JsonNode> whole = subscribe(open.transactions(), "[true]");
    Transaction first = chain.transaction(SmallChain.STORE, 0, SmallChain.word(1));
    Transaction second = chain.transaction(SmallChain.STORE, 0, SmallChain.word(2));

    grow(first);
    grow(first, second);

    assertThat(hashes)
        .extracting(JsonNode::asString)
        .containsExactly(first.hash().toHex(), second.hash().toHex());
    JsonNode last = whole.get(1);
    assertThat(last.path("hash").asString()).isEqualTo(second.hash().toHex());
    assertThat(last.path("transactionIndex").asString()).isEqualTo("0x1");
    assertThat(last.path("logs")).hasSize(1);
    assertThat(last.path("logs").get(0).path("logIndex").asString()).isEqualTo("0x1");
    assertThatThrownBy(() -> subscribe(open.transactions(), "[\"yes\"]"))
        .isInstanceOf(RpcError.class)
        .hasMessageContaining("boolean");
  }

  @Test
  void givesWhatOnlyTheSealTaughtAndNothingTwice() throws Exception {
    chain.seal();
    List<JsonNode> blocks = subscribe(open.blocks(), "[]");
    List<JsonNode> hashes = subscribe(open.transactions(), "[]");
    List<JsonNode> logs = subscribe(open.logs(), "[]");
    Transaction first = chain.transaction(SmallChain.STORE, 0, SmallChain.word(1));
    Transaction second = chain.transaction(SmallChain.STORE, 0, SmallChain.word(2));

    grow(first);
    seal(first, second);
    Transaction third = chain.transaction(SmallChain.STORE, 0, SmallChain.word(3));
    seal(third);
    Transaction fourth = chain.transaction(SmallChain.STORE, 0, SmallChain.word(4));
    grow(fourth);
    seal(fourth);

    assertThat(hashes)
        .extracting(JsonNode::asString)
        .containsExactly(
            first.hash().toHex(),
            second.hash().toHex(),
            third.hash().toHex(),
            fourth.hash().toHex());
    assertThat(logs).hasSize(4);
    assertThat(blocks)
        .extracting(block -> block.path("transactions").size())
        .containsExactly(1, 2, 1, 1);
    assertThat(blocks).allMatch(block -> block.path("hash").isNull());
    assertThat(blocks.get(1).path("number")).isEqualTo(blocks.get(0).path("number"));
  }

  @Test
  void givesMatchingLogsOfNewTransactionsOneAMessage() throws Exception {
    chain.seal();
    List<JsonNode> all = subscribe(open.logs(), "[]");
    List<JsonNode> two = subscribe(open.logs(), "[{\"topics\":[\"" + SmallChain.word(2) + "\"]}]");
    Transaction first = chain.transaction(SmallChain.STORE, 0, SmallChain.word(1));
    Transaction second = chain.transaction(SmallChain.STORE, 0, SmallChain.word(2));

    grow(first);
    grow(first, second);

    assertThat(all).hasSize(2);
    assertThat(two).hasSize(1);
    assertThat(two.getFirst().path("transactionHash").asString()).isEqualTo(second.hash().toHex());
    assertThat(two.getFirst().path("logIndex").asString()).isEqualTo("0x1");
    assertThat(two.getFirst().path("blockNumber").asString()).isEqualTo("0x2");
    assertThatThrownBy(() -> subscribe(open.logs(), "[7]")).isInstanceOf(RpcError.class);
  }
}
