// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Operators that die in mid-tick: every transaction whose receipt was shown is on the safe chain in
 * the end, in the block and at the place that the receipt named.
 */
class DeathScenariosTest {
  private final Promises promises = new Promises();

  @Test
  void anOperatorKilledInMidTickAndBackInItsWindowFinishesTheTick(@TempDir Path dir)
      throws Exception {
    try (ScenarioNet net = new ScenarioNet(dir)) {
      // operator 3 has the longest windows; give it all of the next slots
      net.proposers(5, 2, 2, 2, 2, 2, 2, 2, 2);
      net.slots(8);
      int id = Promises.whoSequences(net);
      long height = net.operator(id).height();
      promises.some(net, id);
      net.kill(id);
      net.restart(id);
      net.millis(1_200);

      assertThat(net.operator(id).sealed).as("seals of the restarted operator").isNotEmpty();
      assertThat(net.operator(id).sealed.getFirst().blocks().getFirst().leaf().number())
          .isEqualTo(height + 1);
      net.slots(14);
      promises.assertKept(net);
    }
  }

  @Test
  void theSuccessorBeginsWithTheFragsOfAnOperatorThatDoesNotComeBack(@TempDir Path dir)
      throws Exception {
    try (ScenarioNet net = new ScenarioNet(dir)) {
      net.slots(5);
      int id = Promises.whoSequences(net);
      promises.some(net, id);
      net.kill(id);
      net.slots(6);
      promises.some(net, Promises.whoSequences(net));
      net.restart(id);
      net.until("the killed one sequences again", () -> !net.operator(id).released.isEmpty());
      net.slots(14);
      promises.assertKept(net);
      assertThat(net.operator(id).view.status().promiseMismatches()).isZero();
    }
  }

  @Test
  void eachOperatorIsKilledInTurnAndSequencesAgain(@TempDir Path dir) throws Exception {
    try (ScenarioNet net = new ScenarioNet(dir)) {
      net.slots(4);
      for (int round = 0; round < 3; round++) {
        int id = 1 + round;
        net.until("operator " + id, () -> Promises.sequencing(net) == id);
        promises.some(net, id);
        net.kill(id);
        net.slots(3);
        net.restart(id);
        net.until(
            "operator " + id + " sequences again", () -> !net.operator(id).released.isEmpty());
      }
      net.slots(16);
      promises.assertKept(net);
    }
  }

  @Test
  void twoOperatorsInARowDieAndTheThirdCarriesWhatTheyPromised(@TempDir Path dir) throws Exception {
    try (ScenarioNet net = new ScenarioNet(dir)) {
      net.slots(4);
      net.until("operator 1", () -> Promises.sequencing(net) == 1);
      promises.some(net, 1);
      net.kill(1);
      net.until("operator 2", () -> Promises.sequencing(net) == 2);
      promises.some(net, 2);
      net.kill(2);
      net.slots(8);
      promises.some(net, 3);
      net.restart(1);
      net.restart(2);
      net.slots(20);
      promises.assertKept(net);
    }
  }

  @Test
  void aSuccessorThatWasRestartedMeanwhileBeginsWithTheDeadOnesFragsToo(@TempDir Path dir)
      throws Exception {
    try (ScenarioNet net = new ScenarioNet(dir)) {
      net.slots(5);
      int id = Promises.whoSequences(net);
      promises.some(net, id);
      net.kill(id);
      for (int other = 1; other <= 3; other++) {
        if (other != id) {
          net.kill(other);
          net.restart(other);
        }
      }
      net.slots(6);
      promises.some(net, Promises.whoSequences(net));
      net.restart(id);
      net.slots(16);
      promises.assertKept(net);
    }
  }

  @Test
  void gossipCutAroundAHandoverLosesNothingThatWasFinal(@TempDir Path dir) throws Exception {
    try (ScenarioNet net = new ScenarioNet(dir)) {
      net.slots(6);
      int id = Promises.whoSequences(net);
      ScenarioNode next = net.operator(id % 3 + 1);
      next.cutOff = true;
      promises.some(net, id);
      net.slots(5);
      next.cutOff = false;
      net.slots(16);
      assertThat(net.follower().safeHeight()).isGreaterThan(12);
      promises.assertKept(net);
    }
  }

  @Test
  void anOperatorThatSignedNothingInItsWindowStillPostsWhatOthersLeft(@TempDir Path dir)
      throws Exception {
    try (ScenarioNet net = new ScenarioNet(dir)) {
      net.proposers(5, 0, 9, 9, 9, 1, 2, 2, 2);
      net.until("slot 37", () -> net.slot() == 37);
      net.kill(2);
      net.until("operator 1 in window 40", () -> net.slot() == 38);
      promises.some(net, 1);
      net.until("its end", () -> endedBySeal(net.operator(1), 40));
      net.kill(1);
      long height = net.follower().height();
      assertThat(net.follower().safeHeight()).isLessThan(height);
      // The window 41 to 44 is over for signing, its slot is still to come.
      net.until("slot 43", () -> net.slot() == 43);
      net.restart(2);
      net.until("slot 44", () -> net.slot() == 44);

      assertThat(net.operator(2).released).isEmpty();
      assertThat(net.follower().safeHeight()).isEqualTo(height);
      net.restart(1);
      net.slots(14);
      promises.assertKept(net);
    }
  }

  private static boolean endedBySeal(ScenarioNode node, long windowSlot) {
    return node.sealed.stream()
        .map(seal -> seal.seal().object())
        .anyMatch(seal -> seal.windowSlot() == windowSlot && seal.eop());
  }
}
