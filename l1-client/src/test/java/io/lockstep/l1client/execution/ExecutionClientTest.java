// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.execution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.l1client.L1Exception;
import io.lockstep.l1client.L1Exception.Kind;
import io.lockstep.l1client.http.EndpointPool;
import io.lockstep.l1client.http.HttpOptions;
import io.lockstep.l1client.http.JdkTransport;
import io.lockstep.l1client.testing.FakeChain;
import io.lockstep.l1client.testing.StubL1;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ExecutionClientTest {
  private final FakeChain chain = new FakeChain();
  private final StubL1 l1 = new StubL1(chain);
  private final StubL1 second = new StubL1(chain);
  private final JdkTransport transport = new JdkTransport(1_000);
  private final ExecutionClient execution =
      new ExecutionClient(l1.pool(), transport, HttpOptions.DEFAULT);
  private final ExecutionClient both =
      new ExecutionClient(
          new EndpointPool(List.of(l1.endpoint(), second.endpoint()), System::nanoTime),
          transport,
          HttpOptions.DEFAULT);

  @AfterEach
  void close() {
    l1.close();
    second.close();
    transport.close();
  }

  private static L1Exception failure(Throwable e) {
    assertThat(e).isInstanceOf(L1Exception.class);
    return (L1Exception) e;
  }

  @Test
  void readsBlocksByTagNumberAndHash() throws L1Exception {
    chain.mineEmpty(3);

    L1Block latest = execution.block(BlockTag.LATEST);
    assertThat(latest).isNotNull();
    assertThat(latest.number()).isEqualTo(3);
    assertThat(latest.baseFee()).isEqualTo(UInt256.of(1_000_000_000L));
    assertThat(execution.blockByNumber(3)).isEqualTo(latest);
    assertThat(execution.blockByHash(latest.hash())).isEqualTo(latest);
    assertThat(execution.blockByNumber(4)).isNull();
    assertThat(execution.block(BlockTag.FINALIZED)).isNull();
    assertThat(execution.chainId()).isEqualTo(UInt256.of(900));
  }

  @Test
  void takesTheErrorThatNodesGiveForATagWithoutABlockAsNone() throws L1Exception {
    l1.execution().fail("eth_getBlockByNumber", -39001, "Unknown block");

    assertThat(execution.block(BlockTag.SAFE)).isNull();
  }

  @Test
  void keepsTheNodesErrorApartFromTransportFailures() {
    l1.execution().fail("eth_call", 3, "execution reverted");

    assertThatThrownBy(
            () -> execution.call(CallRequest.view(Address.ZERO, Bytes.EMPTY), BlockTag.LATEST))
        .satisfies(e -> {
          assertThat(failure(e).kind()).isEqualTo(Kind.NODE_ERROR);
          assertThat(failure(e).code()).isEqualTo(3);
          assertThat(failure(e).isTemporary()).isFalse();
        });
    l1.answerInstead(() -> StubL1.Raw.text(502, "text/html", "<html>"));
    assertThatThrownBy(execution::chainId)
        .satisfies(e -> assertThat(failure(e).kind()).isEqualTo(Kind.BUSY));
    l1.answerInstead(() -> StubL1.Raw.text(200, "text/html", "<html>"));
    assertThatThrownBy(execution::chainId)
        .satisfies(e -> assertThat(failure(e).kind()).isEqualTo(Kind.BAD_ANSWER));
    l1.answerInstead(
        () -> StubL1.Raw.text(200, "application/json", "{\"id\":99,\"result\":\"0x1\"}"));
    assertThatThrownBy(execution::chainId)
        .satisfies(e -> assertThat(failure(e).kind()).isEqualTo(Kind.BAD_ANSWER));
    l1.answerInstead(() -> StubL1.Raw.text(200, "application/json", "{\"id\":1}"));
    assertThatThrownBy(execution::chainId)
        .satisfies(e -> assertThat(failure(e).kind()).isEqualTo(Kind.BAD_ANSWER));
  }

  @Test
  void asksTheOtherEndpointWhenOneLagsOrIsRateLimited() throws L1Exception {
    chain.mineEmpty(5);
    l1.execution().lagBehind(3);

    assertThat(both.blockByHash(chain.head().hash())).isNotNull();
    l1.execution().fail("eth_chainId", -32005, "limit exceeded");
    assertThat(both.chainId()).isEqualTo(UInt256.of(900));
  }

  @Test
  void refusesABlockThatWasNotAskedFor() {
    chain.mineEmpty(2);
    byte[] other =
        ("{\"id\":1,\"result\":{\"number\":\"0x1\",\"hash\":\""
                + Hash32.ZERO
                + "\",\"parentHash\":\""
                + Hash32.ZERO
                + "\",\"timestamp\":\"0x1\",\"stateRoot\":\""
                + Hash32.ZERO
                + "\",\"mixHash\":\""
                + Hash32.ZERO
                + "\",\"gasLimit\":\"0x1\",\"gasUsed\":\"0x0\"}}")
            .getBytes(java.nio.charset.StandardCharsets.UTF_8);
    l1.answerInstead(() -> new StubL1.Raw(200, "application/json", other));

    assertThatThrownBy(() -> execution.blockByHash(chain.head().hash()))
        .satisfies(e -> assertThat(failure(e).kind()).isEqualTo(Kind.BAD_ANSWER));
  }

  @Test
  void givesRawTransactionsToEveryEndpointAndPrefersARefusalToSilence() {
    l1.answerInstead(() -> StubL1.Raw.text(500, "text/plain", "down"));
    second.execution().fail("eth_sendRawTransaction", -32000, "nonce too low");

    assertThatThrownBy(() -> both.sendRaw(Bytes.fromHex("0x02c0")))
        .hasMessageContaining("nonce too low");
    assertThat(l1.requests()).isEqualTo(1);
    assertThat(second.execution().methods()).containsExactly("eth_sendRawTransaction");
  }

  @Test
  void takesNothingButAQuantityForAQuantity() {
    for (String bad : List.of("0x", "0x+1", "0x-1", "1", "0x1g", "0x" + "1".repeat(65))) {
      l1.answerInstead(
          () -> StubL1.Raw.text(200, "application/json", "{\"id\":1,\"result\":\"" + bad + "\"}"));
      ExecutionClient fresh = new ExecutionClient(l1.pool(), transport, HttpOptions.DEFAULT);
      assertThatThrownBy(fresh::chainId)
          .as(bad)
          .satisfies(e -> assertThat(failure(e).kind()).isEqualTo(Kind.BAD_ANSWER));
    }
  }
}
