// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.scenario;

import static org.assertj.core.api.Assertions.assertThat;

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
}
