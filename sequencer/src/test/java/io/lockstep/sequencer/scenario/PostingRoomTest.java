// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.l1client.contract.ClusterInboxAbi;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Slot;
import io.lockstep.primitives.types.Wei;
import io.lockstep.primitives.uint.UInt256;
import io.lockstep.sequencer.batch.BatchLimits;
import io.lockstep.sequencer.loop.Command;
import io.lockstep.sequencer.post.Poster;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * More data than one posting holds as it was signed, in a long window that is posted at its end.
 */
class PostingRoomTest {
  /** A window of seven slots: nobody else of its epoch is registered. */
  private static final long WINDOW_SLOT = 6 * ScenarioNet.SLOTS_PER_EPOCH + 7;

  private static final int DATA_BYTES = 100_000;
  private static final int BURST = 12;
  private static final long STRANGER = 999;

  /** So many fit by what they take as they are signed. */
  private static final int FIT_AS_SIGNED = BatchLimits.MAX_PAYLOAD_BYTES * 8 / 10 / DATA_BYTES;

  private static ScenarioNet net(Path dir) throws Exception {
    ScenarioNet net = new ScenarioNet(dir, Wei.of(100_000_000_000_000L), 100);
    long x = STRANGER;
    net.proposers(6, x, x, x, x, x, x, x, 0);
    net.proposers(7, 1, 2, 1, 2, 1, 2, 1, 2);
    return net;
  }

  private static ScenarioNode inTheWindow(ScenarioNet net) {
    ScenarioNode node = net.operator(1);
    net.until(
        "the window is begun",
        () -> node.view.status().sequencing() && node.view.status().windowSlot() == WINDOW_SLOT);
    return node;
  }

  private static void send(ScenarioNet net, long nonce, byte[] data) {
    Transaction tx =
        Transaction.Unsigned.feeMarket(
                UInt256.of(901),
                nonce,
                UInt256.of(1_000_000_000),
                UInt256.of(10_000_000_000L),
                21_000 + 40L * DATA_BYTES,
                Address.ofLong(0xbeef),
                UInt256.ONE,
                Bytes.copyOf(data))
            .sign(net.user);
    net.tellAll(new Command.Submit(901, tx, result -> {}));
  }

  @Test
  void takesWhatCompressesIntoOnePosting(@TempDir Path dir) throws Exception {
    try (ScenarioNet net = net(dir)) {
      ScenarioNode node = inTheWindow(net);
      for (int nonce = 0; nonce < BURST; nonce++) {
        send(net, nonce, new byte[DATA_BYTES]);
      }
      net.until(
          "all is included", () -> node.userTransactions() == BURST || net.hasBegun(WINDOW_SLOT));
      assertThat(node.userTransactions()).isEqualTo(BURST).isGreaterThan(FIT_AS_SIGNED);
      long head = node.height();
      net.until("it is posted", () -> node.safeHeight() >= head);
      assertThat(net.l1.head().timestampSeconds())
          .as("landed in the own slot, as one posting")
          .isEqualTo(net.clock.startSeconds(new Slot(WINDOW_SLOT)));
      assertAllAgree(net, node);
    }
  }

  @Test
  void leavesWhatDoesNotCompressToTheNextPosting(@TempDir Path dir) throws Exception {
    try (ScenarioNet net = net(dir)) {
      ScenarioNode node = inTheWindow(net);
      Random random = new Random(1);
      for (int nonce = 0; nonce < BURST; nonce++) {
        byte[] data = new byte[DATA_BYTES];
        random.nextBytes(data);
        send(net, nonce, data);
      }
      net.until("the window is over", () -> net.hasBegun(WINDOW_SLOT));
      assertThat(node.userTransactions()).isEqualTo(FIT_AS_SIGNED);
      net.until("all is included", () -> node.userTransactions() == BURST);
      long head = node.height();
      net.until("it is posted", () -> node.safeHeight() >= head);
      assertAllAgree(net, node);
    }
  }

  @Test
  void leavesWhatOneDecoderMayNotTakeToTheNextPosting(@TempDir Path dir) throws Exception {
    int fit = (int) (Poster.MAX_SIGNED_BYTES * 8 / 10 / DATA_BYTES);
    try (ScenarioNet net = net(dir)) {
      ScenarioNode node = inTheWindow(net);
      for (int nonce = 0; nonce < fit + 4; nonce++) {
        send(net, nonce, new byte[DATA_BYTES]);
      }
      net.until("the window is over", () -> net.hasBegun(WINDOW_SLOT));
      assertThat(node.userTransactions()).isEqualTo(fit);
      net.until("all is included", () -> node.userTransactions() == fit + 4);
      long head = node.height();
      net.until("it is posted", () -> node.safeHeight() >= head);
      assertAllAgree(net, node);
    }
  }

  @Test
  void postsNoMoreThanComesInTime(@TempDir Path dir) throws Exception {
    int sent = 5;
    int blobs = 2;
    try (ScenarioNet net = net(dir)) {
      net.l1.blobsInTime = blobs;
      ScenarioNode node = inTheWindow(net);
      Random random = new Random(1);
      for (int nonce = 0; nonce < sent; nonce++) {
        byte[] data = new byte[DATA_BYTES];
        random.nextBytes(data);
        long before = node.height();
        send(net, nonce, data);
        net.until("it has a tick of its own", () -> node.height() > before);
      }
      assertThat(node.userTransactions()).isEqualTo(sent);
      net.until("the window is over", () -> net.hasBegun(WINDOW_SLOT));
      long head = node.height();

      net.until("some of it is posted", () -> node.safeHeight() > 0);
      assertThat(net.l1.head().timestampSeconds())
          .as("landed in the own slot")
          .isEqualTo(net.clock.startSeconds(new Slot(WINDOW_SLOT)));
      assertThat(node.safeHeight()).isLessThan(head);

      net.until("the rest is carried", () -> node.safeHeight() >= head);
      assertThat(
              net.l1.chain().stream()
                  .flatMap(block -> block.landed().stream())
                  .mapToInt(posting -> posting.blobs().size()))
          .hasSizeGreaterThan(1)
          .allMatch(count -> count <= blobs);
      for (ScriptedL1.Refused refused : net.l1.refused) {
        assertThat(refused.slot())
            .as("not in a block after that of the window's slot")
            .isLessThanOrEqualTo(
                ClusterInboxAbi.decodePropose(refused.posting().callData()).windowSlot());
      }
      assertAllAgree(net, node);
    }
  }

  private static void assertAllAgree(ScenarioNet net, ScenarioNode node) {
    net.slots(2);
    for (ScenarioNode each : net.nodes) {
      assertThat(each.view.status().promiseMismatches()).isZero();
      assertThat(each.hashAt(node.safeHeight())).isEqualTo(node.hashAt(node.safeHeight()));
    }
  }
}
