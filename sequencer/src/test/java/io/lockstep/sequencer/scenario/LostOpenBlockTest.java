// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Slot;
import io.lockstep.sequencer.tick.HeaderExtra;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An open block stands by its batch alone: nobody signed it (protocol §1.3). */
class LostOpenBlockTest {
  private static final int NOBODY = 0;

  @Test
  void theChainGoesOnWithoutAnOpenBlockThatL1HasLost(@TempDir Path dir) throws Exception {
    try (ScenarioNet net = new ScenarioNet(dir)) {
      openBlock(net);
      Transaction tx = net.send(0);
      net.until("it is shown", () -> net.receiptsShown.contains(tx.hash()));
      net.until("it is sealed on the open block", () -> net.follower().height() == 2);

      net.reorg(2, false);
      net.slots(16);

      assertThat(net.follower().safeHeight()).isGreaterThan(2);
      assertThat(signerOfFirstBlock(net)).isNotEqualTo(NOBODY);
      assertThat(net.follower().core.cluster().first().chain().transaction(tx.hash())).isNotNull();
    }
  }

  @Test
  void anOpenBlockThatComesBackIsOnTheChainAgain(@TempDir Path dir) throws Exception {
    try (ScenarioNet net = new ScenarioNet(dir)) {
      long tick = openBlock(net);
      Transaction tx = net.send(0);
      net.until("it is sealed on the open block", () -> net.follower().height() == 2);

      net.reorg(2, false);
      net.l1.openBlock(tick);
      net.slots(16);

      assertThat(net.follower().safeHeight()).isGreaterThan(2);
      assertThat(signerOfFirstBlock(net)).isEqualTo(NOBODY);
      assertThat(net.follower().core.cluster().first().chain().transaction(tx.hash())).isNotNull();
    }
  }

  private static int signerOfFirstBlock(ScenarioNet net) {
    var header = net.follower().core.cluster().first().chain().canonicalHeader(1);
    assertThat(header).isNotNull();
    return HeaderExtra.of(header).operatorId();
  }

  /** Block 1 is an open block; gives its tick. */
  private static long openBlock(ScenarioNet net) {
    net.slots(1);
    // Ticks are of one second, from genesis on.
    long tick = net.clock.startSeconds(new Slot(net.slot())) - ScenarioNet.GENESIS_SECONDS - 1;
    net.l1.openBlock(tick);
    net.slots(1);
    assertThat(net.follower().safeHeight()).isEqualTo(1);
    return tick;
  }
}
