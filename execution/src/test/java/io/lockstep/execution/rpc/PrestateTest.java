// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.primitives.rpc.RpcError;
import io.lockstep.primitives.tx.Transaction;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** prestateTracer: what a transaction touched as it was, and what became of it. */
class PrestateTest extends RpcTestBase {
  private static final String RICH = SmallChain.KEY.address().toHex();
  private static final String STORE = SmallChain.STORE.toHex();
  private static final String TRACER = "'tracer':'prestateTracer'";

  private JsonNode trace(Transaction tx, String config) throws RpcError {
    return call(
        "debug_traceTransaction",
        "['%s',{%s,'tracerConfig':{%s}}]".formatted(tx.hash(), TRACER, config));
  }

  @Test
  void tellsWhatATransactionTouchedAsItWas() throws Exception {
    Transaction before = chain.transaction(SmallChain.STORE, 0, SmallChain.word(5));
    Transaction tx = chain.transaction(SmallChain.STORE, 0, SmallChain.word(9));
    chain.seal(before, tx);

    JsonNode pre = trace(tx, "");

    assertThat(pre.propertyNames())
        .containsExactlyInAnyOrder(RICH, STORE, SmallChain.FRIEND.toHex());
    assertThat(pre.path(RICH).path("nonce").asInt()).isEqualTo(1);
    assertThat(pre.path(STORE).path("code").asString()).startsWith("0x6000");
    assertThat(pre.path(STORE).path("storage").path(SmallChain.word(0)).asString())
        .isEqualTo(SmallChain.word(5));
    JsonNode bare = trace(tx, "'disableCode':true,'disableStorage':true").path(STORE);
    assertThat(bare.has("code") || bare.has("storage")).isFalse();
  }

  @Test
  void tellsWhatChangedAndToWhat() throws Exception {
    Transaction tx = chain.transaction(SmallChain.STORE, 0, SmallChain.word(9));
    chain.seal(tx);

    JsonNode both = trace(tx, "'diffMode':true");

    JsonNode store = both.path("post").path(STORE);
    assertThat(store.propertyNames()).containsExactly("storage");
    assertThat(store.path("storage").path(SmallChain.word(0)).asString())
        .isEqualTo(SmallChain.word(9));
    // The word was zero before: there is nothing to show of it.
    assertThat(both.path("pre").path(STORE).has("storage")).isFalse();
    assertThat(both.path("pre").path(RICH).has("nonce")).isFalse();
    assertThat(both.path("post").path(RICH).path("nonce").asInt()).isEqualTo(1);
    assertThat(both.path("post").path(SmallChain.FRIEND.toHex()).has("balance")).isTrue();
  }

  @Test
  void leavesOutWhatOnlyWasRead() throws Exception {
    JsonNode both =
        call(
            "debug_traceCall",
            "[{'from':'%s','to':'%s'},'latest',{%s,'tracerConfig':{'diffMode':true}}]"
                .formatted(RICH, SmallChain.CLOCK, TRACER));

    assertThat(both.path("pre").propertyNames()).containsExactly(RICH);
    assertThat(both.path("post").path(RICH).path("nonce").asInt()).isEqualTo(1);
    assertThat(refused("debug_traceCall", "[{},'latest',{'tracer':'no such'}]").text())
        .contains("prestateTracer");
  }
}
