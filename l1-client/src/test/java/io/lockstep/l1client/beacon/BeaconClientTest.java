// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.beacon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.l1client.L1Exception;
import io.lockstep.l1client.L1Exception.Kind;
import io.lockstep.l1client.http.EndpointPool;
import io.lockstep.l1client.http.HttpOptions;
import io.lockstep.l1client.http.JdkTransport;
import io.lockstep.l1client.testing.FakeChain;
import io.lockstep.l1client.testing.StubBeacon;
import io.lockstep.l1client.testing.StubL1;
import io.lockstep.primitives.types.Epoch;
import io.lockstep.primitives.types.Slot;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BeaconClientTest {
  private final FakeChain chain = new FakeChain();
  private final StubL1 l1 = new StubL1(chain);
  private final JdkTransport transport = new JdkTransport(1_000);
  private final BeaconClient beacon = client(l1.pool(), 2_000, 1 << 20);

  private BeaconClient client(EndpointPool pool, long timeoutMs, int maxBytes) {
    return new BeaconClient(pool, transport, new HttpOptions(timeoutMs, maxBytes));
  }

  @AfterEach
  void close() {
    l1.close();
    transport.close();
  }

  private static Kind kindOf(Throwable failure) {
    assertThat(failure).isInstanceOf(L1Exception.class);
    return ((L1Exception) failure).kind();
  }

  @Test
  void readsTheChainSpecAndIgnoresWhatItDoesNotKnow() throws L1Exception {
    ChainSpec spec = beacon.spec();

    assertThat(spec.clock().slotSeconds()).isEqualTo(2);
    assertThat(spec.clock().slotsPerEpoch()).isEqualTo(8);
    assertThat(spec.clock().genesisSeconds()).isEqualTo(FakeChain.GENESIS_SECONDS);
    assertThat(spec.depositChainId()).isEqualTo(900);
    assertThat(spec.isActive("fulu", new Epoch(0))).isTrue();
    assertThat(spec.forkEpoch("gloas")).isNull();
    assertThat(spec.maxBlobsPerBlock(new Epoch(9))).isEqualTo(9);
    assertThat(spec.maxBlobsPerBlock(new Epoch(10))).isEqualTo(21);
  }

  @Test
  void readsHeadersRootsAndSyncStatus() throws L1Exception {
    chain.mineEmpty(3);
    chain.missSlot();

    BeaconHeader head = beacon.header(BlockId.HEAD);
    assertThat(head).isNotNull();
    assertThat(head.slot()).isEqualTo(new Slot(3));
    assertThat(beacon.header(BlockId.of(new Slot(4)))).isNull();
    assertThat(beacon.blockRoot(BlockId.of(new Slot(2)))).isEqualTo(head.parentRoot());
    assertThat(beacon.syncing().isReady()).isTrue();
    assertThat(beacon.execution(BlockId.HEAD))
        .isEqualTo(new ExecutionLink(chain.head().hash(), chain.head().parentHash(), true));
    chain.finalise(1);
    FakeChain.FakeBlock first = chain.byNumber(1);
    assertThat(first).isNotNull();
    FinalityCheckpoints finality = beacon.finality(BlockId.HEAD);
    assertThat(finality).isNotNull();
    assertThat(finality.finalized().root()).isEqualTo(StubBeacon.rootOf(first));
  }

  @Test
  void readsDutiesOfTheSecondVersion() throws L1Exception {
    chain.mineEmpty(9);

    ProposerDuties duties = beacon.proposerDuties(new Epoch(2), 8);

    assertThat(duties.duties()).hasSize(8);
    assertThat(duties.duties().getFirst().slot()).isEqualTo(new Slot(16));
    assertThat(duties.dependentRoot()).isEqualTo(l1.beacon().rootBefore(1));
    assertThat(duties.at(new Slot(17))).isNotNull();
    assertThat(duties.at(new Slot(24))).isNull();
  }

  @Test
  void fallsBackToTheFirstVersionWithTheStableDependentRoot() throws L1Exception {
    chain.mineEmpty(9);
    ProposerDuties second = beacon.proposerDuties(new Epoch(2), 8);
    l1.beacon().dropDutiesV2();

    assertThat(beacon.proposerDuties(new Epoch(2), 8)).isEqualTo(second);
    assertThat(beacon.proposerDuties(new Epoch(0), 8).duties()).hasSize(8);
  }

  @Test
  void refusesDutiesThatNameSlotsOfAnotherEpoch() {
    chain.mineEmpty(9);
    l1.beacon().answerDutiesOfWrongSlots();

    assertThatThrownBy(() -> beacon.proposerDuties(new Epoch(2), 8))
        .satisfies(e -> assertThat(kindOf(e)).isEqualTo(Kind.BAD_ANSWER));
  }

  @Test
  void givesTheNodesRefusalOfAFarEpoch() {
    assertThatThrownBy(() -> beacon.proposerDuties(new Epoch(50), 8))
        .satisfies(e -> assertThat(kindOf(e)).isEqualTo(Kind.REFUSED))
        .hasMessageContaining("too far");
  }

  @Test
  void givesATypedErrorForHtmlGarbageAndCutOffJson() {
    for (String body : List.of("<html>Bad gateway</html>", "", "{\"data\":{", "[]", "null", "7")) {
      l1.answerInstead(() -> StubL1.Raw.text(200, "text/html", body));
      assertThatThrownBy(beacon::spec)
          .satisfies(e -> assertThat(kindOf(e)).isEqualTo(Kind.BAD_ANSWER));
    }
    l1.answerInstead(() -> StubL1.Raw.text(503, "text/html", "<html>"));
    assertThatThrownBy(beacon::spec).satisfies(e -> assertThat(kindOf(e)).isEqualTo(Kind.BUSY));
    l1.answerInstead(() -> StubL1.Raw.text(404, "text/plain", "nothing here"));
    assertThatThrownBy(beacon::spec).satisfies(e -> assertThat(kindOf(e)).isEqualTo(Kind.REFUSED));
  }

  @Test
  void givesATypedErrorForJsonNestedWithoutEnd() {
    l1.answerInstead(() -> StubL1.Raw.text(200, "application/json", "{\"data\":".repeat(10_000)));

    assertThatThrownBy(beacon::genesis)
        .satisfies(e -> assertThat(kindOf(e)).isEqualTo(Kind.BAD_ANSWER));
  }

  @Test
  void refusesAnAnswerThatIsTooLong() {
    BeaconClient bounded = client(l1.pool(), 2_000, 1_000);
    l1.answerInstead(() -> StubL1.Raw.text(200, "application/json", " ".repeat(1_001)));

    assertThatThrownBy(bounded::genesis)
        .satisfies(e -> assertThat(kindOf(e)).isEqualTo(Kind.BAD_ANSWER))
        .hasMessageContaining("longer than 1000 bytes");
  }

  @Test
  void failsOverToASecondEndpoint() throws L1Exception {
    try (StubL1 second = new StubL1(chain)) {
      l1.answerInstead(() -> StubL1.Raw.text(200, "text/html", "<html>login</html>"));
      EndpointPool both =
          new EndpointPool(List.of(l1.endpoint(), second.endpoint()), System::nanoTime);

      assertThat(client(both, 2_000, 1 << 20).genesis().timeSeconds())
          .isEqualTo(FakeChain.GENESIS_SECONDS);
      assertThat(both.ranked().getFirst().name()).isEqualTo(second.endpoint().name());
    }
  }

  @Test
  void saysUnreachableWhenNobodyListens() {
    EndpointPool nobody = l1.pool();
    l1.close();

    assertThatThrownBy(() -> client(nobody, 1_000, 1_000).genesis())
        .satisfies(e -> assertThat(kindOf(e)).isEqualTo(Kind.UNREACHABLE));
  }
}
