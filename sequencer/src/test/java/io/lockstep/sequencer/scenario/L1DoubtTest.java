// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.primitives.types.Epoch;
import io.lockstep.sequencer.derive.L1Update;
import io.lockstep.sequencer.head.NodeStatus.State;
import io.lockstep.sequencer.loop.Command;
import io.lockstep.sequencer.loop.L1Alarm;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the loop does when L1's nodes answer and cannot be relied upon. */
class L1DoubtTest {
  @Test
  void withdrawnDutiesArmNothingUntilTheyAreToldAgain(@TempDir Path dir) throws Exception {
    try (ScenarioNet net = new ScenarioNet(dir)) {
      net.slots(4);
      ScenarioNode operator = net.operator(1);
      long next = net.slot() / ScenarioNet.SLOTS_PER_EPOCH + 1;
      net.tellAll(new Command.DutiesWithdrawn(new Epoch(next)));
      net.tellAll(new Command.Alarm(L1Alarm.DUTIES, "duties of epoch " + next + ": made up"));
      net.slots(ScenarioNet.SLOTS_PER_EPOCH + 1);

      assertThat(operator.view.status().state()).isEqualTo(State.SYNCING);
      assertThat(operator.view.status().why())
          .contains("whose turn it is, is not known")
          .contains("made up");
      long sealed = operator.sealed.size();
      net.slots(2);
      assertThat(operator.sealed).hasSize((int) sealed);

      for (long epoch = next; epoch < next + 3; epoch++) {
        net.proposers(epoch, 0, 1, 2, 0, 1, 2, 0, 1);
      }
      net.tellAll(new Command.Alarm(L1Alarm.DUTIES, null));
      net.until("the operator signs again", () -> operator.sealed.size() > sealed);
      assertThat(operator.view.status().why()).doesNotContain("made up");
    }
  }

  @Test
  void nothingIsPromisedWhenL1HasNotMovedForAnEpoch(@TempDir Path dir) throws Exception {
    try (ScenarioNet net = new ScenarioNet(dir)) {
      net.slots(4);
      long last = net.slot() + ScenarioNet.SLOTS_PER_EPOCH + 2;
      for (long slot = net.slot() + 1; slot <= last; slot++) {
        net.missedSlots.add(slot);
      }
      net.slots(ScenarioNet.SLOTS_PER_EPOCH + 2);
      assertThat(net.operator(1).view.status().state()).isEqualTo(State.SAFE_HALT);
      assertThat(net.operator(1).view.status().why())
          .contains("L1 has not moved for")
          .contains("limit " + ScenarioNet.SLOTS_PER_EPOCH);

      long height = net.follower().height();
      net.until("blocks go on", () -> net.follower().height() > height);
    }
  }

  @Test
  void nothingIsPromisedWhileTheClientsDisagreeOnTheHead(@TempDir Path dir) throws Exception {
    try (ScenarioNet net = new ScenarioNet(dir)) {
      net.slots(4);
      net.until("somebody sequences", () -> net.operator(1).view.status().sequencing());
      net.tellAll(new Command.Alarm(L1Alarm.HEAD, "the clients are on different chains"));
      net.slots(2);
      for (int id = 1; id <= 3; id++) {
        assertThat(net.operator(id).view.status().state()).isEqualTo(State.SAFE_HALT);
        assertThat(net.operator(id).view.status().why())
            .isEqualTo("the clients are on different chains");
      }
      long height = net.follower().height();
      net.slots(3);
      assertThat(net.follower().height()).isEqualTo(height);
      assertThat(net.follower().view.status().why()).contains("different chains");

      net.tellAll(new Command.Alarm(L1Alarm.HEAD, null));
      net.until("blocks go on", () -> net.follower().height() > height);
    }
  }

  @Test
  void blocksThatAreReadOnceMoreVoidNothing(@TempDir Path dir) throws Exception {
    try (ScenarioNet net = new ScenarioNet(dir)) {
      net.slots(6);
      net.millis(300);
      List<Long> heights = net.nodes.stream().map(ScenarioNode::height).toList();
      List<Long> safe = net.nodes.stream().map(ScenarioNode::safeHeight).toList();
      assertThat(heights).isNotEqualTo(safe);

      List<ScriptedL1.Mined> chain = List.copyOf(net.l1.chain());
      int again = chain.size() - 1;
      while (chain.get(again).update().batches().isEmpty()) {
        again--;
      }
      net.tellAll(
          new Command.L1(new L1Update.Again(chain.get(again - 1).update().block().number())));
      net.millis(1);
      assertThat(net.follower().safeHeight()).isLessThan(safe.getLast());
      chain
          .subList(again, chain.size())
          .forEach(mined -> net.tellAll(new Command.L1(mined.update())));
      net.millis(1);

      assertThat(net.nodes).extracting(ScenarioNode::height).isEqualTo(heights);
      assertThat(net.nodes).extracting(ScenarioNode::safeHeight).isEqualTo(safe);
      net.slots(ScenarioNet.SLOTS_PER_EPOCH);
      assertThat(net.nodes)
          .allSatisfy(node -> assertThat(node.view.status().promiseMismatches()).isZero());
      assertThat(net.nodes)
          .extracting(node -> node.view.status().state())
          .doesNotContain(State.SAFE_HALT);
    }
  }
}
