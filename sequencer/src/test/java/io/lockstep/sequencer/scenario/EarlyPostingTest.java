// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.primitives.types.Slot;
import io.lockstep.primitives.types.Wei;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A burst that fills the exposure limit in the middle of a long window. */
class EarlyPostingTest {
  /** A window of seven slots: nobody else of its epoch is registered. */
  private static final long WINDOW_SLOT = 6 * ScenarioNet.SLOTS_PER_EPOCH + 7;

  /** 1,000 ETH of stake let 300 be stood for: 30 transactions. */
  private static final Wei COUNTED = Wei.ofEther(10);

  private static final int ROOM = 30;
  private static final int BURST = 45;
  private static final long STRANGER = 999;

  private static ScenarioNet net(Path dir, int earlyPercent) throws Exception {
    ScenarioNet net = new ScenarioNet(dir, COUNTED, earlyPercent);
    long x = STRANGER;
    net.proposers(6, x, x, x, x, x, x, x, 0);
    net.proposers(7, 1, 2, 1, 2, 1, 2, 1, 2);
    return net;
  }

  private static ScenarioNode inTheWindow(ScenarioNet net) {
    ScenarioNode node = net.operator(1);
    net.until(
        "the window is begun finally",
        () ->
            node.view.status().sequencing()
                && node.view.status().windowSlot() == WINDOW_SLOT
                && !node.released.isEmpty()
                && node.released.getLast().frag().object().windowSlot() == WINDOW_SLOT
                && !node.released.getLast().frag().ctx().isProvisional());
    return node;
  }

  @Test
  void makesRoomBeforeTheWindowsEnd(@TempDir Path dir) throws Exception {
    try (ScenarioNet net = net(dir, 75)) {
      ScenarioNode node = inTheWindow(net);
      for (int nonce = 0; nonce < BURST; nonce++) {
        net.send(nonce);
      }
      net.until("the room is taken", () -> node.userTransactions() == ROOM);
      net.until(
          "there is room again",
          () -> node.userTransactions() == BURST || net.hasBegun(WINDOW_SLOT));
      assertThat(node.userTransactions()).isEqualTo(BURST);
      assertThat(net.hasBegun(WINDOW_SLOT)).isFalse();
      net.slots(12);
      assertAllAgree(net, node);
    }
  }

  @Test
  void waitsForTheEndWhenItIsToldTo(@TempDir Path dir) throws Exception {
    try (ScenarioNet net = net(dir, 100)) {
      ScenarioNode node = inTheWindow(net);
      for (int nonce = 0; nonce < BURST; nonce++) {
        net.send(nonce);
      }
      net.until("the window is over", () -> net.hasBegun(WINDOW_SLOT));
      assertThat(node.userTransactions()).isEqualTo(ROOM);
    }
  }

  /** L1 takes the early posting and the one of the end at the same time. */
  @Test
  void postsTheRestThoughTheEarlyPostingHasNotLanded(@TempDir Path dir) throws Exception {
    try (ScenarioNet net = net(dir, 75)) {
      ScenarioNode node = inTheWindow(net);
      for (long slot = WINDOW_SLOT - 5; slot < WINDOW_SLOT; slot++) {
        net.missedSlots.add(slot);
      }
      for (int nonce = 0; nonce < ROOM; nonce++) {
        net.send(nonce);
      }
      net.until("the window is over", () -> net.hasBegun(WINDOW_SLOT));
      long head = node.height();
      net.until("the own slot", () -> node.safeHeight() >= head);
      assertThat(net.l1.head().timestampSeconds())
          .as("landed in the own slot, not later")
          .isEqualTo(net.clock.startSeconds(new Slot(WINDOW_SLOT)));
      net.slots(8);
      assertAllAgree(net, node);
    }
  }

  private static void assertAllAgree(ScenarioNet net, ScenarioNode node) {
    for (ScenarioNode each : net.nodes) {
      assertThat(each.view.status().promiseMismatches()).isZero();
      assertThat(each.hashAt(node.safeHeight())).isEqualTo(node.hashAt(node.safeHeight()));
    }
  }
}
