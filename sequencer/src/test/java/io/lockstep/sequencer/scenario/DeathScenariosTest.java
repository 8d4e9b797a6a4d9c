// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.execution.state.ChainDb;
import io.lockstep.execution.state.TxLocation;
import io.lockstep.preconf.gossip.FragMessage;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Hash32;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Operators that die in mid-tick: every transaction whose receipt was shown is on the safe chain in
 * the end, in the block and at the place that the receipt named.
 */
class DeathScenariosTest {
  private final Map<Hash32, String> promised = new HashMap<>();
  private int nonce;

  @Test
  void anOperatorKilledInMidTickAndBackInItsWindowFinishesTheTick(@TempDir Path dir)
      throws Exception {
    try (ScenarioNet net = new ScenarioNet(dir)) {
      // operator 3 has the longest windows; give it all of the next slots
      net.proposers(5, 2, 2, 2, 2, 2, 2, 2, 2);
      net.slots(8);
      int id = whoSequences(net);
      long height = net.operator(id).height();
      promiseSome(net, id);
      net.kill(id);
      net.restart(id);
      net.millis(1_200);

      assertThat(net.operator(id).sealed).as("seals of the restarted operator").isNotEmpty();
      assertThat(net.operator(id).sealed.getFirst().blocks().getFirst().leaf().number())
          .isEqualTo(height + 1);
      net.slots(14);
      assertPromisesKept(net);
    }
  }

  @Test
  void theSuccessorBeginsWithTheFragsOfAnOperatorThatDoesNotComeBack(@TempDir Path dir)
      throws Exception {
    try (ScenarioNet net = new ScenarioNet(dir)) {
      net.slots(5);
      int id = whoSequences(net);
      promiseSome(net, id);
      net.kill(id);
      net.slots(6);
      promiseSome(net, whoSequences(net));
      net.restart(id);
      net.until("the killed one sequences again", () -> !net.operator(id).released.isEmpty());
      net.slots(14);
      assertPromisesKept(net);
      assertThat(net.operator(id).view.status().promiseMismatches()).isZero();
    }
  }

  @Test
  void eachOperatorIsKilledInTurnAndSequencesAgain(@TempDir Path dir) throws Exception {
    try (ScenarioNet net = new ScenarioNet(dir)) {
      net.slots(4);
      for (int round = 0; round < 3; round++) {
        int id = 1 + round;
        net.until("operator " + id, () -> sequencing(net) == id);
        promiseSome(net, id);
        net.kill(id);
        net.slots(3);
        net.restart(id);
        net.until(
            "operator " + id + " sequences again", () -> !net.operator(id).released.isEmpty());
      }
      net.slots(16);
      assertPromisesKept(net);
    }
  }

  @Test
  void twoOperatorsInARowDieAndTheThirdCarriesWhatTheyPromised(@TempDir Path dir) throws Exception {
    try (ScenarioNet net = new ScenarioNet(dir)) {
      net.slots(4);
      net.until("operator 1", () -> sequencing(net) == 1);
      promiseSome(net, 1);
      net.kill(1);
      net.until("operator 2", () -> sequencing(net) == 2);
      promiseSome(net, 2);
      net.kill(2);
      net.slots(8);
      promiseSome(net, 3);
      net.restart(1);
      net.restart(2);
      net.slots(20);
      assertPromisesKept(net);
    }
  }

  @Test
  void aSuccessorThatWasRestartedMeanwhileBeginsWithTheDeadOnesFragsToo(@TempDir Path dir)
      throws Exception {
    try (ScenarioNet net = new ScenarioNet(dir)) {
      net.slots(5);
      int id = whoSequences(net);
      promiseSome(net, id);
      net.kill(id);
      for (int other = 1; other <= 3; other++) {
        if (other != id) {
          net.kill(other);
          net.restart(other);
        }
      }
      net.slots(6);
      promiseSome(net, whoSequences(net));
      net.restart(id);
      net.slots(16);
      assertPromisesKept(net);
    }
  }

  @Test
  void gossipCutAroundAHandoverLosesNothingThatWasFinal(@TempDir Path dir) throws Exception {
    try (ScenarioNet net = new ScenarioNet(dir)) {
      net.slots(6);
      int id = whoSequences(net);
      ScenarioNode next = net.operator(id % 3 + 1);
      next.cutOff = true;
      promiseSome(net, id);
      net.slots(5);
      next.cutOff = false;
      net.slots(16);
      assertThat(net.follower().safeHeight()).isGreaterThan(12);
      assertPromisesKept(net);
    }
  }

  /** Sends transactions until the operator has released them, and notes block and place. */
  private void promiseSome(ScenarioNet net, int operatorId) {
    ScenarioNode node = net.operator(operatorId);
    for (int i = 0; i < 3; i++) {
      Transaction tx = net.send(nonce++);
      net.until("a frag with " + tx.hash(), () -> placeIn(node, tx.hash()) != null);
      promised.put(tx.hash(), String.valueOf(placeIn(node, tx.hash())));
    }
  }

  private static @Nullable String placeIn(ScenarioNode node, Hash32 hash) {
    for (FragMessage frag : node.released) {
      for (FragMessage.Part part : frag.parts()) {
        for (int i = 0; i < part.transactions().size(); i++) {
          if (part.transactions().get(i).hash().equals(hash)) {
            return part.number() + "/" + (part.firstTxIdx() + i);
          }
        }
      }
    }
    return null;
  }

  private static int whoSequences(ScenarioNet net) {
    net.until("an operator sequences", () -> sequencing(net) != 0);
    return sequencing(net);
  }

  private static int sequencing(ScenarioNet net) {
    for (int id = 1; id <= 3; id++) {
      if (!net.operator(id).dead && net.operator(id).view.status().sequencing()) {
        return id;
      }
    }
    return 0;
  }

  private void assertPromisesKept(ScenarioNet net) {
    ChainDb chain = net.follower().core.cluster().first().chain();
    promised.forEach((hash, place) -> {
      TxLocation at = chain.transaction(hash);
      assertThat(at).as("transaction " + hash).isNotNull();
      assertThat(at.blockNumber() + "/" + at.index()).as("place of " + hash).isEqualTo(place);
      assertThat(at.blockNumber()).isLessThanOrEqualTo(net.follower().safeHeight());
    });
    for (ScenarioNode node : net.nodes) {
      if (!node.dead) {
        assertThat(node.hashAt(net.follower().safeHeight()))
            .as("chain of operator " + node.operatorId)
            .isEqualTo(net.follower().hashAt(net.follower().safeHeight()));
      }
    }
  }
}
