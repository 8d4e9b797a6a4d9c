// SPDX-License-Identifier: Apache-2.0
package io.lockstep.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lockstep.devnet.scenario.BoxLevers;
import io.lockstep.scenario.Lockstep;
import java.nio.file.Path;
import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** An operator is dead and L1 does not have, or no longer has, what it sealed: others carry it. */
class LostPostingIT {
  @Test
  void missedSlotsAndAReorgOfADeadOperatorsPostingLoseNothingGivenOut(
      @TempDir(cleanup = CleanupMode.ON_SUCCESS) Path dir) throws Exception {
    long seed = 13;
    System.out.println("seed " + seed);
    SplittableRandom random = new SplittableRandom(seed);
    try (ProcessCluster cluster = ProcessCluster.start(dir, Lockstep.freePorts(70))) {
      Stream stream = new Stream(cluster.devnet(), 5);
      await().atMost(ProcessCluster.PATIENCE).until(() -> stream.given().size() > 3);
      int first = dieAndMissSlots(cluster, 1, -1, random);
      comeBack(cluster, stream, first, "its slot missed");
      int second = dieAndMissSlots(cluster, 3, first, random);
      comeBack(cluster, stream, second, "its slot and the two after it missed");
      int third = dieAndLosePosting(cluster, stream);
      comeBack(cluster, stream, third, "its last posting reorged away");
      for (int operator = 0; operator < ProcessCluster.OPERATORS; operator++) {
        cluster.awaitSequencing(operator);
      }
      stream.stop();
      cluster.checks().assertKept(stream.given(), 20);
      cluster.checks().assertOneMind();
    }
  }

  /**
   * An operator dies in the last tick of its window; then its slot has no block.
   *
   * @param but another one than this
   */
  private static int dieAndMissSlots(
      ProcessCluster cluster, int slots, int but, SplittableRandom random) throws Exception {
    L1Clock.Handover handover = cluster.clock().nextHandover(1_000, (from, to) -> from != but);
    L1Clock.sleepUntil(handover.atMs() - 1 - random.nextInt(900));
    cluster.kill(handover.from());
    await()
        .pollInterval(Duration.ofMillis(20))
        .until(() -> cluster.levers().status().currentSlot() == handover.slot() - 1);
    cluster.levers().skip(slots);
    await()
        .pollInterval(Duration.ofMillis(20))
        .until(() -> cluster.levers().status().currentSlot() == handover.slot() + slots - 1);
    assertThat(cluster.levers().status().headSlot()).isEqualTo(handover.slot() - 1);
    return handover.from();
  }

  /** The operator dies right after its batch has landed, and that block gives way to another. */
  private static int dieAndLosePosting(ProcessCluster cluster, Stream stream) throws Exception {
    long from = cluster.clock().slotNow();
    while (true) {
      BoxLevers.Status head = cluster.levers().status();
      JsonNode batches = cluster.batches(head.blockNumber());
      boolean early =
          head.headSlot() > from
              && System.currentTimeMillis() < cluster.clock().startMs(head.headSlot()) + 1_000;
      if (!early || batches.isEmpty()) {
        Thread.sleep(20);
        continue;
      }
      JsonNode batch = batches.get(batches.size() - 1);
      int operator = ProcessCluster.posterOf(batch);
      cluster.kill(operator);
      BoxLevers.Status ordered = cluster.levers().reorg(1, true);
      assertThat(ordered.blockHash()).as("the block with the batch").isEqualTo(head.blockHash());
      await()
          .pollInterval(Duration.ofMillis(20))
          .until(() -> cluster.levers().status().headSlot() > head.headSlot());
      String lost = batch.get("transactionHash").asString();
      assertThat(cluster.devnet().l1().call("eth_getTransactionReceipt", lost).isNull())
          .as("the posting is gone")
          .isTrue();
      int before = stream.given().size();
      await().atMost(ProcessCluster.PATIENCE).until(() -> stream.given().size() > before + 5);
      cluster.checks().awaitSafe(stream.given().get(before - 1));
      for (JsonNode later : cluster.batches(head.blockNumber())) {
        assertThat(ProcessCluster.posterOf(later))
            .as("who carried what was lost")
            .isNotEqualTo(operator);
      }
      return operator;
    }
  }

  private static void comeBack(ProcessCluster cluster, Stream stream, int operator, String what)
      throws Exception {
    int before = stream.given().size();
    await().atMost(ProcessCluster.PATIENCE).until(() -> stream.given().size() > before + 5);
    System.out.printf(
        "operator %d killed, %s: preconfirmations %d to %d by others%n",
        operator, what, before, stream.given().size());
    cluster.restart(operator);
  }
}
