// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.preconf.commitment.Promise;
import io.lockstep.preconf.commitment.PromiseBody;
import io.lockstep.preconf.gossip.PromiseMessage;
import io.lockstep.preconf.gossip.SealMessage;
import io.lockstep.primitives.tx.Block;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import io.lockstep.sequencer.loop.Command;
import io.lockstep.sequencer.promise.PromiseAnswer;
import io.lockstep.sequencer.promise.PromiseAsk;
import io.lockstep.sequencer.promise.PromiseOffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Promises asked of a node that sequences, and what becomes of them. */
class PromiseScenariosTest {
  private static final UInt256 CENT = UInt256.of(10_000_000_000_000_000L);
  private static final UInt256 ETHER = UInt256.of(1_000_000_000_000_000_000L);
  private static final UInt256 FIXED = UInt256.of(100_000_000_000_000L);

  private static PromiseAsk ask(int kind, @Nullable Transaction tx, UInt256 coverage) {
    PromiseAsk.Lock lock =
        tx == null ? new PromiseAsk.Lock(Address.ofLong(0xbeef), Hash32.ZERO) : null;
    return new PromiseAsk(kind, 901, tx, lock, -1, coverage, Hash32.ZERO);
  }

  /** The operator that sequences with final signatures and a good part of its window before it. */
  private static ScenarioNode sequencer(ScenarioNet net) {
    net.slots(8);
    int before = Promises.whoSequences(net);
    net.until("a new window", () -> Promises.sequencing(net) != before);
    ScenarioNode node = net.operator(Promises.whoSequences(net));
    net.until("a final seal", () -> isFinal(node));
    return node;
  }

  private static boolean isFinal(ScenarioNode node) {
    return !node.released.isEmpty() && !node.released.getLast().frag().ctx().isProvisional();
  }

  private static PromiseAnswer answer(ScenarioNet net, ScenarioNode node, PromiseAsk ask) {
    AtomicReference<PromiseAnswer> answer = new AtomicReference<>();
    node.tell(new Command.RequestPromise(ask, answer::set));
    net.until("an answer", () -> answer.get() != null);
    return Objects.requireNonNull(answer.get());
  }

  private static PromiseMessage given(ScenarioNet net, ScenarioNode node, PromiseAsk ask) {
    PromiseAnswer answer = answer(net, node, ask);
    assertThat(answer).isInstanceOf(PromiseAnswer.Given.class);
    PromiseMessage message = ((PromiseAnswer.Given) answer).message();
    assertThat(net.domain.signer(message.promise()))
        .isEqualTo(ScenarioNet.key("committer" + node.operatorId).address());
    assertThat(node.core.ledger().promiseFor(message.requestHash())).isNotNull();
    return message;
  }

  private static String refused(ScenarioNet net, ScenarioNode node, PromiseAsk ask) {
    PromiseAnswer answer = answer(net, node, ask);
    assertThat(answer).isInstanceOf(PromiseAnswer.Refused.class);
    return ((PromiseAnswer.Refused) answer).why();
  }

  private static void assertStands(ScenarioNode node, PromiseBody.Placed placed) {
    Hash32 hash = node.hashAt(placed.number());
    Block block = hash == null ? null : node.core.cluster().first().chain().block(hash);
    assertThat(block).isNotNull();
    assertThat(block.transactions().get((int) placed.txIdx()).hash()).isEqualTo(placed.txHash());
  }

  private static void assertNoDifferences(ScenarioNet net) {
    for (ScenarioNode node : net.nodes) {
      assertThat(node.view.status().promiseMismatches()).isZero();
    }
  }

  @Test
  void keepsAPromiseOfEachKind(@TempDir Path dir) throws Exception {
    try (ScenarioNet net = new ScenarioNet(dir)) {
      ScenarioNode node = sequencer(net);
      Transaction top = net.transfer(0);
      PromiseMessage first = given(net, node, ask(Promise.POSITION, top, CENT));
      PromiseMessage second = given(net, node, ask(Promise.EXECUTION, net.transfer(1), CENT));
      PromiseMessage third = given(net, node, ask(Promise.INCLUSION, net.transfer(2), CENT));
      PromiseMessage lock = given(net, node, ask(Promise.POSITION, null, UInt256.ZERO));

      PromiseBody.Top atTop = (PromiseBody.Top) first.said();
      assertThat(atTop.txIdx()).as("after the system transaction").isEqualTo(1);
      assertThat(second.promise().object().nonce()).isEqualTo(first.promise().object().nonce() + 1);
      assertThat(((PromiseBody.StateLock) lock.said()).value()).isEqualTo(UInt256.ZERO);
      net.slots(8);

      for (ScenarioNode each : net.nodes) {
        assertStands(each, atTop);
        assertStands(each, (PromiseBody.Placed) second.said());
      }
      PromiseBody.Inclusion included = (PromiseBody.Inclusion) third.said();
      assertThat(node.core.cluster().first().chain().transaction(included.txHash())).isNotNull();
      assertThat(third.promise().object().deadlineTick()).isEqualTo(included.lastTick());
      assertNoDifferences(net);
    }
  }

  @Test
  void countsCoverageInSealsUntilItIsPostedAtTheAnchor(@TempDir Path dir) throws Exception {
    try (ScenarioNet net = new ScenarioNet(dir)) {
      ScenarioNode node = sequencer(net);
      UInt256 before = node.view.status().exposureWei().amount();
      PromiseMessage promise = given(net, node, ask(Promise.EXECUTION, net.transfer(0), CENT));
      net.until("a seal", () -> node.loop.headTick() >= promise.tick());
      SealMessage seal = node.core.ledger().seal(promise.tick());
      assertThat(seal).isNotNull();
      assertThat(seal.seal().object().cumExposureWei())
          .as("coverage, in place of the fixed amount")
          .isEqualTo(before.add(CENT));

      net.send(1);
      net.until("it is posted", () -> node.safeHeight() >= height(promise));
      assertThat(node.view.status().exposureWei().amount())
          .as("anchors do not show the posting yet")
          .isGreaterThanOrEqualTo(CENT);
      net.slots(8);
      assertThat(node.view.status().exposureWei().amount()).isLessThan(CENT);
      assertNoDifferences(net);
    }
  }

  private static long height(PromiseMessage promise) {
    return ((PromiseBody.Placed) promise.said()).number();
  }

  @Test
  void refusesBeyondTheLimitAndBelowThePriceAndSaysWhy(@TempDir Path dir) throws Exception {
    try (ScenarioNet net = new ScenarioNet(dir)) {
      ScenarioNode node = sequencer(net);
      Transaction tx = net.transfer(0);
      // 1,000 ETH of stake: 300 may be stood for.
      UInt256 tooMuch = ETHER.multiply(UInt256.of(300));
      assertThat(refused(net, node, ask(Promise.EXECUTION, tx, tooMuch)))
          .contains("exposure limit", "next posting");
      UInt256 nearly = tooMuch.subtract(CENT);
      assertThat(refused(net, node, ask(Promise.EXECUTION, tx, nearly))).contains("the tip is");
      assertThat(refused(net, node, ask(Promise.POSITION, null, CENT))).contains("a state lock");
      assertThat(refused(net, node, ask(Promise.EXECUTION, net.transfer(7), CENT)))
          .contains("nonce");

      PromiseMessage promise = given(net, node, ask(Promise.EXECUTION, tx, CENT));
      assertThat(promise.promise().object().coverageWei()).isEqualTo(CENT);
      net.slots(6);
      assertNoDifferences(net);
    }
  }

  @Test
  void quotesWhatItThenTakes(@TempDir Path dir) throws Exception {
    try (ScenarioNet net = new ScenarioNet(dir)) {
      ScenarioNode node = sequencer(net);
      AtomicReference<PromiseOffer> offer = new AtomicReference<>();
      PromiseAsk ask = ask(Promise.EXECUTION, net.transfer(0), CENT);
      net.until(
          "a price",
          () -> {
            node.tell(new Command.PricePromise(ask, offer::set));
            return offer.get() != null && offer.get().price() != null;
          });
      PromiseOffer offered = Objects.requireNonNull(offer.get());
      assertThat(offered.tipWeiPerGas()).isBetween(UInt256.ONE, UInt256.of(1_000_000_000));
      assertThat(Objects.requireNonNull(offered.price()).riskWei()).isGreaterThan(UInt256.ZERO);
      given(net, node, ask);
      AtomicReference<PromiseOffer> ofFollower = new AtomicReference<>();
      net.follower().tell(new Command.PricePromise(ask, ofFollower::set));
      net.until("an answer", () -> ofFollower.get() != null);
      assertThat(Objects.requireNonNull(ofFollower.get()).whyNot()).contains("no operator");
    }
  }

  @Test
  void asksWhoeverDoesNotSequenceInVain(@TempDir Path dir) throws Exception {
    try (ScenarioNet net = new ScenarioNet(dir)) {
      ScenarioNode node = sequencer(net);
      int other = node.operatorId % 3 + 1;
      PromiseAsk ask = ask(Promise.EXECUTION, net.transfer(0), CENT);
      String who =
          "operator %d, committer %s, sequences"
              .formatted(node.operatorId, ScenarioNet.key("committer" + node.operatorId).address());
      assertThat(refused(net, net.operator(other), ask)).contains("signs nothing now", who);
      assertThat(refused(net, net.follower(), ask)).contains("no operator", who);
    }
  }

  @Test
  void everyNodeShowsWhatOneHasPromised(@TempDir Path dir) throws Exception {
    try (ScenarioNet net = new ScenarioNet(dir)) {
      ScenarioNode node = sequencer(net);
      PromiseMessage promise = given(net, node, ask(Promise.EXECUTION, net.transfer(0), CENT));
      net.millis(50);
      for (ScenarioNode each : net.nodes) {
        assertThat(each.core.ledger().promiseFor(promise.requestHash())).isEqualTo(promise);
        assertThat(each.promisesHeard).isEqualTo(each == node ? List.of() : List.of(promise));
      }
      PromiseMessage forged =
          new PromiseMessage(
              promise.promise(),
              promise.operatorId(),
              promise.tick(),
              Hash32.ZERO,
              net.transfer(9));
      PromiseMessage elsewhere =
          new PromiseMessage(
              promise.promise(), node.operatorId % 3 + 1, promise.tick() + 1, Hash32.ZERO, null);
      net.follower().tell(new Command.Promise(forged));
      net.follower().tell(new Command.Promise(elsewhere));
      net.follower().tell(new Command.Promise(promise));
      net.millis(50);
      assertThat(net.follower().promisesHeard).containsExactly(promise);
    }
  }

  @Test
  void givesOneTopInABlock(@TempDir Path dir) throws Exception {
    try (ScenarioNet net = new ScenarioNet(dir)) {
      ScenarioNode node = sequencer(net);
      AtomicReference<PromiseAnswer> one = new AtomicReference<>();
      AtomicReference<PromiseAnswer> two = new AtomicReference<>();
      node.tell(new Command.RequestPromise(ask(Promise.POSITION, net.transfer(0), CENT), one::set));
      node.tell(new Command.RequestPromise(ask(Promise.POSITION, net.transfer(1), CENT), two::set));
      net.until("both answers", () -> one.get() != null && two.get() != null);
      PromiseAnswer.Given earlier = (PromiseAnswer.Given) Objects.requireNonNull(one.get());
      PromiseBody.Top first = (PromiseBody.Top) earlier.message().said();
      assertThat(first.txIdx()).isEqualTo(1);
      if (two.get() instanceof PromiseAnswer.Given later) {
        PromiseBody.Top second = (PromiseBody.Top) later.message().said();
        assertThat(second.txIdx()).isEqualTo(1);
        assertThat(second.number()).isGreaterThan(first.number());
      }
      net.slots(6);
      assertNoDifferences(net);
    }
  }

  @Test
  void keepsAndCountsAfterAKillWhatItHadPromised(@TempDir Path dir) throws Exception {
    try (ScenarioNet net = new ScenarioNet(dir)) {
      ScenarioNode node = sequencer(net);
      PromiseMessage promise = given(net, node, ask(Promise.EXECUTION, net.transfer(0), CENT));
      net.kill(node.operatorId);
      net.restart(node.operatorId);
      ScenarioNode again = net.operator(node.operatorId);
      net.millis(100);
      assertThat(again.view.status().exposureWei().amount()).isGreaterThanOrEqualTo(CENT);
      net.slots(10);
      for (ScenarioNode each : net.nodes) {
        assertStands(each, (PromiseBody.Placed) promise.said());
      }
      assertThat(again.view.status().exposureWei().amount()).isLessThan(CENT.add(FIXED));
      assertNoDifferences(net);
    }
  }

  @Test
  void countsWhatASuccessorKeptTooLate(@TempDir Path dir) throws Exception {
    try (ScenarioNet net = new ScenarioNet(dir)) {
      ScenarioNode node = sequencer(net);
      PromiseMessage promise = given(net, node, ask(Promise.EXECUTION, net.transfer(0), CENT));
      net.kill(node.operatorId);
      net.until("another sequences", () -> Promises.sequencing(net) != 0);
      net.slots(4);
      net.restart(node.operatorId);
      ScenarioNode again = net.operator(node.operatorId);
      net.slots(8);
      for (ScenarioNode each : net.nodes) {
        assertStands(each, (PromiseBody.Placed) promise.said());
      }
      assertThat(again.view.status().promiseMismatches())
          .as("it stands at its place, of a tick after the deadline")
          .isEqualTo(1);
    }
  }
}
