// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.preconf.commitment.Commitment;
import io.lockstep.preconf.ledger.ReleasedLedger;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.sequencer.loop.Command;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An operator dies in mid-tick, and its successor has not heard what it released there. */
class MissedFragsTest {
  private final Promises promises = new Promises();

  @Test
  void aSuccessorThatWasDownMeanwhileLearnsThemFromItsPeers(@TempDir Path dir) throws Exception {
    try (ScenarioNet net = new ScenarioNet(dir)) {
      net.slots(5);
      int id = Promises.whoSequences(net);
      int next = id % 3 + 1;
      net.kill(next);
      net.millis(300); // its tick has begun with a heartbeat, which nobody keeps
      promises.some(net, id);
      net.kill(id);
      net.restart(next);
      net.until("the successor sequences", () -> Promises.sequencing(net) == next);
      net.slots(8);
      net.restart(id);
      net.slots(14);
      promises.assertKept(net);
      for (ScenarioNode node : net.nodes) {
        assertThat(node.view.status().promiseMismatches()).isZero();
      }
    }
  }

  @Test
  void whatASuccessorCouldNotKnowOfIsIncludedLater(@TempDir Path dir) throws Exception {
    try (ScenarioNet net = new ScenarioNet(dir)) {
      net.slots(5);
      int id = Promises.whoSequences(net);
      int next = id % 3 + 1;
      net.operator(next).cutOff = true;
      promises.some(net, id);
      net.kill(id);
      net.until("the successor sequences", () -> Promises.sequencing(net) == next);
      net.until("it has sealed", () -> !net.operator(next).sealed.isEmpty());
      net.operator(next).cutOff = false;
      net.slots(16);
      promises.assertIncluded(net);
    }
  }

  @Test
  void whoHeardTheSealsAloneHasTheCommitmentsToo(@TempDir Path dir) throws Exception {
    try (ScenarioNet net = new ScenarioNet(dir)) {
      net.slots(5);
      net.follower().cutOff = true;
      Transaction tx = net.send(0);
      net.slots(2);
      net.follower().cutOff = false;
      net.slots(4);
      Commitment shown = new ReleasedLedger(net.follower().core.ledger()).commitment(tx.hash());
      assertThat(shown).isNotNull();
      assertThat(shown.seal()).isNotNull();
      assertThat(net.follower().core.cluster().safeHeight())
          .isGreaterThanOrEqualTo(shown.leaf().number());
    }
  }

  @Test
  void aFragThatComesAfterItsSealIsKept(@TempDir Path dir) throws Exception {
    try (ScenarioNet net = new ScenarioNet(dir)) {
      net.slots(5);
      int id = Promises.whoSequences(net);
      ScenarioNode follower = net.follower();
      follower.cutOff = true;
      ScenarioNode operator = net.operator(id);
      int before = operator.sealed.size();
      Transaction tx = net.send(0);
      net.until("it is sealed", () -> operator.sealed.size() > before);
      operator.sealed.forEach(seal -> follower.tell(new Command.Seal(seal)));
      net.millis(20);
      ReleasedLedger shown = new ReleasedLedger(follower.core.ledger());
      assertThat(follower.core.cluster().first().chain().transaction(tx.hash())).isNotNull();
      assertThat(shown.commitment(tx.hash())).isNull();
      operator.released.forEach(frag -> follower.tell(new Command.Frag(frag)));
      net.millis(20);
      assertThat(shown.commitment(tx.hash())).isNotNull();
    }
  }
}
