// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.primitives.rpc.RpcError;
import io.lockstep.primitives.tx.BlockHeader;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** eth_simulateV1 beside the public conversations: what they say little of. */
class SimulateTest extends RpcTestBase {
  private static final String RICH = SmallChain.KEY.address().toHex();
  private static final String POOR = "0x" + "0e".repeat(20);

  private JsonNode simulate(String blocks, String more) throws RpcError {
    return call("eth_simulateV1", "[{'blockStateCalls':" + blocks + more + "},'latest']");
  }

  private int code(String blocks, String more) {
    return refused("eth_simulateV1", "[{'blockStateCalls':" + blocks + more + "},'latest']").code();
  }

  private static String send(String from, String to, String more) {
    return "{'from':'%s','to':'%s'%s}".formatted(from, to, more);
  }

  @Test
  void aSimulatedBlockIsTheOneThatIsBuilt() throws Exception {
    chain.seal();
    BlockHeader head = chain.db.head();
    String call =
        send(
            RICH,
            SmallChain.STORE.toHex(),
            ",'input':'%s','gas':'0x186a0','maxFeePerGas':'0x2540be400','maxPriorityFeePerGas':'0x2'"
                .formatted(SmallChain.word(7)));
    String overrides =
        "'blockOverrides':{'time':'0x%x','feeRecipient':'%s','prevRandao':'%s'}"
            .formatted(
                head.timestampSeconds() + 1,
                SmallChain.FRIEND,
                "0x0000000000000001000000000000000200000000000000030000000000000004");

    JsonNode simulated =
        simulate("[{" + overrides + ",'calls':[" + call + "]}]", ",'validation':true").get(0);
    BlockHeader built = chain.seal(chain.transaction(SmallChain.STORE, 0, SmallChain.word(7)));

    // All but the signature is the same, and with it the root of the transactions.
    assertThat(simulated.path("stateRoot").asString()).isEqualTo(built.stateRoot().toHex());
    assertThat(simulated.path("receiptsRoot").asString()).isEqualTo(built.receiptsRoot().toHex());
    assertThat(simulated.path("gasUsed").asString()).isEqualTo("0x%x".formatted(built.gasUsed()));
    assertThat(simulated.path("baseFeePerGas").asString())
        .isEqualTo(built.baseFeeOrZero().toQuantity());
    assertThat(simulated.path("parentHash").asString()).isEqualTo(head.hash().toHex());
    assertThat(simulated.path("calls").get(0).path("logs").get(0).path("topics").get(0).asString())
        .isEqualTo(SmallChain.word(7));
  }

  @Test
  void laterBlocksSeeEarlierOnesAndGapsAreFilled() throws Exception {
    String first = "{'calls':[" + send(RICH, POOR, ",'value':'0x64'") + "]}";
    String second =
        "{'blockOverrides':{'number':'0x4'},'calls':[" + send(POOR, RICH, ",'value':'0x5'") + "]}";
    String clock = "{'calls':[" + send(POOR, SmallChain.CLOCK.toHex(), "") + "]}";

    JsonNode blocks = simulate("[" + first + "," + second + "," + clock + "]", "");

    assertThat(blocks.size()).isEqualTo(5);
    for (int i = 1; i < blocks.size(); i++) {
      assertThat(blocks.get(i).path("parentHash")).isEqualTo(blocks.get(i - 1).path("hash"));
    }
    assertThat(blocks.get(3).path("calls").get(0).path("status").asString()).isEqualTo("0x1");
    assertThat(blocks.get(4).path("calls").get(0).path("returnData").asString())
        .isEqualTo(SmallChain.word(5) + SmallChain.word(0x65 + 5 * 12).substring(2));
    assertThat(chain.db.head().number()).isZero();
  }

  @Test
  void showsTransfersAsLogsAndUndoneOnesNot() throws Exception {
    String paid = send(RICH, POOR, ",'value':'0x64'");
    String undone = send(RICH, SmallChain.REVERT.toHex(), ",'value':'0x64'");

    JsonNode calls =
        simulate("[{'calls':[" + undone + "," + paid + "]}]", ",'traceTransfers':true")
            .get(0)
            .path("calls");

    assertThat(calls.get(0).path("status").asString()).isEqualTo("0x0");
    assertThat(calls.get(0).path("error").path("code").asInt()).isEqualTo(RpcError.REVERTED);
    assertThat(calls.get(0).path("logs").size()).isZero();
    JsonNode log = calls.get(1).path("logs").get(0);
    assertThat(log.path("address").asString()).isEqualTo("0x" + "ee".repeat(20));
    assertThat(log.path("data").asString()).isEqualTo(SmallChain.word(100));
    assertThat(log.path("topics").get(2).asString()).endsWith(POOR.substring(2));
  }

  @Test
  void refusesWithTheCodesOfExecutionApis() {
    String plain = send(RICH, POOR, "");
    String fees = ",'maxFeePerGas':'0x2540be400'";
    String validation = ",'validation':true";
    assertThat(code("[{'calls':[" + plain + "]}]", validation)).isEqualTo(-38012);
    String later = send(RICH, POOR, ",'nonce':'0x5'" + fees);
    assertThat(code("[{'calls':[" + later + "]}]", validation)).isEqualTo(-38011);
    String broke = send(POOR, RICH, ",'value':'0x1'");
    assertThat(code("[{'calls':[" + broke + "]}]", "")).isEqualTo(-38014);
    String little = send(RICH, POOR, ",'gas':'0x1'");
    assertThat(code("[{'calls':[" + little + "]}]", "")).isEqualTo(-38013);
    String much = send(RICH, POOR, ",'gas':'0x7fffffffffff'");
    assertThat(code("[{'calls':[" + much + "]}]", "")).isEqualTo(-38015);
    assertThat(code("[{},{'blockOverrides':{'number':'0x1'}}]", "")).isEqualTo(-38020);
    assertThat(code("[{'blockOverrides':{'time':'0x1'}}]", "")).isEqualTo(-38021);
    assertThat(code("[{'blockOverrides':{'number':'0x101'}}]", "")).isEqualTo(-38026);
    String self = "'0x0000000000000000000000000000000000000001'";
    assertThat(
            code(
                "[{'stateOverrides':{" + self + ":{'movePrecompileToAddress':" + self + "}}}]", ""))
        .isEqualTo(-38022);
    assertThat(code("[]", "")).isEqualTo(RpcError.INVALID_PARAMS);
    assertThat(code("{}", "")).isEqualTo(RpcError.INVALID_PARAMS);
  }

  @Test
  void aCallFindsAPrecompileWhereItWasMoved() throws Exception {
    String identity = "0x0000000000000000000000000000000000000004";
    String moved = "{'%s':{'movePrecompileToAddress':'%s'}}".formatted(identity, POOR);
    String there = "{'to':'" + POOR + "','input':'0x1234'}";
    String here = "{'to':'" + identity + "','input':'0x1234'}";
    assertThat(call("eth_call", "[" + there + ",'latest'," + moved + "]").asString())
        .isEqualTo("0x1234");
    assertThat(call("eth_call", "[" + here + ",'latest'," + moved + "]").asString())
        .isEqualTo("0x");
    assertThat(call("eth_call", "[" + here + ",'latest']").asString()).isEqualTo("0x1234");
    String nothing = "{'%s':{'movePrecompileToAddress':'%s'}}".formatted(POOR, identity);
    assertThat(refused("eth_call", "[" + here + ",'latest'," + nothing + "]").text())
        .contains("is not a precompile");
  }
}
