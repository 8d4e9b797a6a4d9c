// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.preconf.commitment.Promise;
import io.lockstep.preconf.gossip.FragMessage;
import io.lockstep.preconf.gossip.SealMessage;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import io.lockstep.sequencer.head.NodeStatus.State;
import io.lockstep.sequencer.loop.Command;
import io.lockstep.sequencer.promise.PromiseAnswer;
import io.lockstep.sequencer.promise.PromiseAsk;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An operator whose key another process holds, which dies in the middle of a window. */
class DistantSignerTest {
  private static final int OPERATOR = 3;

  private final DistantSigner signer = new DistantSigner(ScenarioNet.key("committer" + OPERATOR));
  private final Promises promises = new Promises();

  private ScenarioNet net(Path dir) throws Exception {
    ScenarioNet net = new ScenarioNet(dir, Map.of(OPERATOR, signer));
    // Slots 41 to 46 are one window of the operator's: nobody else in them is one.
    net.proposers(5, 0, 9, 9, 9, 9, 9, 2, 0);
    net.until("slot 41", () -> net.slot() >= 41);
    net.until("operator 3 sequences", () -> Promises.sequencing(net) == OPERATOR);
    return net;
  }

  /** Everything that its key has signed was released, so nothing contradicts anything unseen. */
  private void assertNothingUnseenWasSigned(ScenarioNet net, ScenarioNode node) {
    Set<Hash32> released = new HashSet<>();
    for (FragMessage frag : node.released) {
      released.add(net.domain.digest(frag.frag().object()));
    }
    for (SealMessage seal : node.sealed) {
      released.add(net.domain.digest(seal.seal().object()));
    }
    assertThat(signer.signed).isNotEmpty().allMatch(released::contains);
  }

  @Test
  void goesOnWithTheVerySameWhenTheSignerReturnsInTheWindow(@TempDir Path dir) throws Exception {
    try (ScenarioNet net = net(dir)) {
      ScenarioNode node = net.operator(OPERATOR);
      promises.some(net, OPERATOR);
      signer.loseAnswers();
      net.send(3);
      net.until("the signer is missed", () -> node.view.status().state() == State.SAFE_HALT);
      int released = node.released.size();
      int sealed = node.sealed.size();
      net.millis(2_500);
      assertThat(node.view.status().why()).isEqualTo("the signer gave no answer");
      assertThat(node.released).hasSize(released);
      assertThat(node.sealed).hasSize(sealed);
      assertThat(refused(net, node)).contains("the signer gave no answer");

      signer.comeBack();
      net.until("frags again", () -> node.released.size() > released);
      net.until("seals again", () -> node.sealed.size() > sealed);
      assertNothingUnseenWasSigned(net, node);
      net.slots(16);
      promises.assertKept(net);
      assertThat(node.view.status().promiseMismatches()).isZero();
      assertThat(net.follower().view.status().promiseMismatches()).isZero();
    }
  }

  @Test
  void aSignerThatDiesBetweenFragAndSealSealsTheTickWhenItReturns(@TempDir Path dir)
      throws Exception {
    try (ScenarioNet net = net(dir)) {
      ScenarioNode node = net.operator(OPERATOR);
      promises.some(net, OPERATOR);
      // The end of a second is near enough that the next to be signed is a seal.
      net.until("the tick's end", () -> net.nowMs() % 1_000 == 990);
      signer.loseAnswers();
      net.until("the signer is missed", () -> node.view.status().state() == State.SAFE_HALT);
      net.millis(1_500);
      signer.comeBack();
      net.until("it sequences", () -> node.view.status().state() == State.SEQUENCING);
      net.slots(1);
      assertNothingUnseenWasSigned(net, node);
      net.slots(16);
      promises.assertKept(net);
      assertThat(node.view.status().promiseMismatches()).isZero();
    }
  }

  @Test
  void theSuccessorCarriesWhatWasReleasedWhenTheSignerStaysAway(@TempDir Path dir)
      throws Exception {
    try (ScenarioNet net = net(dir)) {
      ScenarioNode node = net.operator(OPERATOR);
      promises.some(net, OPERATOR);
      signer.loseAnswers();
      net.send(3);
      net.until("the signer is missed", () -> node.view.status().state() == State.SAFE_HALT);
      net.until(
          "another operator sequences",
          () -> Promises.sequencing(net) != 0 && Promises.sequencing(net) != OPERATOR);
      net.slots(2);
      int released = node.released.size();
      assertThat(node.view.status().state()).isEqualTo(State.SAFE_HALT);

      signer.comeBack();
      net.until("it sequences again", () -> node.released.size() > released);
      net.slots(16);
      promises.assertKept(net);
      assertThat(node.view.status().promiseMismatches()).isZero();
      assertThat(net.follower().view.status().promiseMismatches()).isZero();
    }
  }

  private static String refused(ScenarioNet net, ScenarioNode node) {
    AtomicReference<PromiseAnswer> answer = new AtomicReference<>();
    PromiseAsk ask =
        new PromiseAsk(Promise.INCLUSION, 901, net.transfer(4), null, -1, UInt256.ONE, Hash32.ZERO);
    node.tell(new Command.RequestPromise(ask, answer::set));
    net.until("an answer", () -> answer.get() != null);
    return answer.get() instanceof PromiseAnswer.Refused refused ? refused.why() : "";
  }
}
