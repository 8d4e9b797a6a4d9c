// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.execution.state.TxLocation;
import io.lockstep.l1client.execution.L1Block;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Epoch;
import io.lockstep.sequencer.head.NodeStatus;
import io.lockstep.sequencer.loop.Command;
import io.lockstep.sequencer.schedule.EpochOperators;
import io.lockstep.sequencer.tick.SystemTransaction;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a node must not take for granted when it comes back: its L1, its chain, what it heard. */
class RestartScenariosTest {
  @Test
  void blocksWhoseAnchorsWereReplacedWhileTheNodeWasDownAreDropped(@TempDir Path dir)
      throws Exception {
    try (ScenarioNet net = longWindow(dir)) {
      ScenarioNode before = net.operator(3);
      long height = before.height();
      assertThat(height).isGreaterThan(before.safeHeight());
      L1Block gone = net.l1.head();
      long goneFrom = before.core.cluster().anchorAt(height).number();
      net.kill(3);
      net.reorg((int) (gone.number() - goneFrom + 1), false);
      net.slots(1);
      net.restart(3);
      net.millis(100);

      ScenarioNode again = net.operator(3);
      for (long h = again.safeHeight() + 1; h <= again.height(); h++) {
        SystemTransaction.AnchorRef anchor = again.core.cluster().anchorAt(h);
        assertThat(again.core.l1().isCanonical(anchor.number(), anchor.hash()))
            .as("anchor of block " + h)
            .isTrue();
      }
      net.slots(14);
      assertThat(net.follower().safeHeight()).isGreaterThan(height);
      assertThat(again.hashAt(net.follower().safeHeight()))
          .isEqualTo(net.follower().hashAt(net.follower().safeHeight()));
    }
  }

  /** Where no batch stands any more, reading L1 begins at the contracts' deployment. */
  @Test
  void blocksStayWhenL1IsReadAnewFromBelowTheirAnchors(@TempDir Path dir) throws Exception {
    try (ScenarioNet net = longWindow(dir)) {
      long height = net.operator(3).height();
      assertThat(height).isGreaterThan(net.operator(3).safeHeight());
      net.kill(3);
      net.restartRewound(3, 0);
      net.millis(100);

      assertThat(net.operator(3).height()).isGreaterThanOrEqualTo(height);
      assertThat(net.operator(3).hashAt(height)).isEqualTo(net.follower().hashAt(height));
    }
  }

  @Test
  void anOperatorWhoseL1ClientLagsSignsNothingBeforeItShowsWhatWasKnown(@TempDir Path dir)
      throws Exception {
    try (ScenarioNet net = longWindow(dir)) {
      long height = net.operator(3).height();
      net.kill(3);
      Runnable catchUp = net.restartBehind(3, 4);
      net.millis(900);

      assertThat(net.operator(3).view.status().state()).isEqualTo(NodeStatus.State.SYNCING);
      assertThat(net.operator(3).view.status().why()).contains("the L1 client shows block");
      assertThat(net.operator(3).released).isEmpty();
      assertThat(net.operator(3).height()).isEqualTo(height);

      catchUp.run();
      net.until("it sequences again", () -> !net.operator(3).released.isEmpty());
      net.slots(14);
      assertThat(net.follower().safeHeight()).isGreaterThan(height);
    }
  }

  @Test
  void anOperatorThatDidNotHearTheDeadOnesFragsIsToldOfThem(@TempDir Path dir) throws Exception {
    try (ScenarioNet net = new ScenarioNet(dir)) {
      net.until("operator 1", () -> net.operator(1).view.status().sequencing());
      net.operator(2).cutOff = true;
      Transaction promised = net.transfer(0);
      net.operator(1).tell(new Command.Submit(901, promised, result -> {}));
      net.until("the follower shows it", () -> net.receiptsShown.contains(promised.hash()));
      net.millis(20);
      long height = net.follower().height() + 1;
      net.kill(1);
      net.operator(2).cutOff = false;
      net.operator(2).tell(new Command.PeerCame());
      net.send(1);
      net.until("operator 2", () -> net.operator(2).view.status().sequencing());
      net.slots(14);

      TxLocation at = net.follower().core.cluster().first().chain().transaction(promised.hash());
      assertThat(at).isNotNull();
      assertThat(at.blockNumber()).isEqualTo(height);
      assertThat(at.index()).isEqualTo(1);
    }
  }

  @Test
  void ticksOfAnEpochThatHasPassedAreFollowedWhenALaterOneStandsOnThem(@TempDir Path dir)
      throws Exception {
    try (ScenarioNet net = longWindow(dir)) {
      net.proposers(6, 0, 0, 0, 0, 0, 0, 0, 1);
      net.missedSlots.addAll(List.of(46L, 47L, 48L, 49L)); // what was sealed cannot land
      net.kill(2);
      net.until("operator 1", () -> net.operator(1).view.status().sequencing());
      net.until("the next epoch", () -> net.slot() == 48);
      assertThat(net.operator(1).sealed).isNotEmpty();
      long height = net.operator(1).height();
      assertThat(net.operator(1).safeHeight()).isLessThan(height - 2);
      net.restart(2);
      net.millis(200);

      assertThat(net.operator(2).height()).isGreaterThanOrEqualTo(height);
      assertThat(net.operator(2).hashAt(height)).isEqualTo(net.operator(1).hashAt(height));
    }
  }

  @Test
  void ticksOfAnEpochThatHasPassedAreFollowedByWhatTheOracleHasOfIt(@TempDir Path dir)
      throws Exception {
    try (ScenarioNet net = new ScenarioNet(dir)) {
      net.kill(2);
      net.proposers(5, 9, 9, 9, 9, 9, 9, 9, 2);
      net.proposers(6, 9, 9, 9, 9, 9, 9, 9, 1);
      net.missedSlots.addAll(List.of(45L, 46L, 47L)); // what was sealed cannot land
      net.until("operator 3", () -> net.operator(3).view.status().sequencing() && net.slot() > 40);
      net.slots(3);
      net.kill(3);
      net.kill(1);
      net.until("the next epoch", () -> net.slot() == 48);
      long height = net.follower().height();
      EpochOperators passed = net.follower().core.turns().schedule().operatorsOf(new Epoch(5));
      assertThat(passed).isNotNull();
      assertThat(net.follower().safeHeight()).isLessThan(height - 2);
      net.restart(2);
      net.millis(200);
      assertThat(net.operator(2).height()).isLessThan(height);

      net.operator(2).tell(new Command.PassedEpoch(new Epoch(5), passed));
      net.millis(20);

      assertThat(net.operator(2).hashAt(height)).isEqualTo(net.follower().hashAt(height));
    }
  }

  @Test
  void anOperatorHoldsWhileTheChainEndsInAWindowThatTheScheduleNoLongerHas(@TempDir Path dir)
      throws Exception {
    try (ScenarioNet net = longWindow(dir)) {
      long height = net.operator(2).height();
      int released = net.operator(2).released.size();
      // L1 has another branch: its lookahead is known before its blocks are
      net.proposers(5, 9, 9, 9, 9, 9, 9, 1, 9);
      net.millis(600);

      assertThat(net.operator(2).view.status().state()).isEqualTo(NodeStatus.State.SYNCING);
      assertThat(net.operator(2).view.status().why()).contains("the chain ends in window 47");
      assertThat(net.operator(2).released).hasSize(released);

      net.reorg(5, false);
      net.slots(16);
      assertThat(net.follower().safeHeight()).isGreaterThan(height);
    }
  }

  /** Operator 3 in the middle of a window of many slots, with ticks that are not posted. */
  private static ScenarioNet longWindow(Path dir) throws Exception {
    ScenarioNet net = new ScenarioNet(dir);
    net.proposers(5, 9, 9, 9, 9, 9, 9, 9, 2);
    net.until("operator 3", () -> net.operator(3).view.status().sequencing() && net.slot() > 40);
    net.slots(3);
    net.send(0);
    net.millis(500);
    return net;
  }
}
