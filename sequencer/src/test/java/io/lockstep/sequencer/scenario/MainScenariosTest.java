// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.preconf.gossip.SealMessage;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.sequencer.derive.FetchedBatch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Handover, a missed slot and L1 reorgs, on a clock stepped by hand. */
class MainScenariosTest {
  @Test
  void operatorsTakeTurnsAndEveryBlockBecomesSafeOnAllNodes(@TempDir Path dir) throws Exception {
    try (ScenarioNet net = new ScenarioNet(dir)) {
      List<Transaction> sent = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        sent.add(net.send(i));
        net.slots(1);
      }
      net.slots(3);

      Set<Integer> sealers = new HashSet<>();
      net.nodes.forEach(node -> node.sealed.forEach(seal -> sealers.add(seal.operatorId())));
      assertThat(sealers).containsExactlyInAnyOrder(1, 2, 3);
      assertThat(net.receiptsShown).containsAll(sent.stream().map(Transaction::hash).toList());
      assertAllAgree(net);
      assertThat(net.follower().safeHeight()).isGreaterThanOrEqualTo(14);
      for (Transaction tx : sent) {
        assertThat(isOnSafeChain(net, tx.hash())).as("transaction " + tx).isTrue();
      }
      assertNothingBroken(net);
    }
  }

  @Test
  void eachWindowEndsWithItsSealAndItsSuccessorBuildsOnIt(@TempDir Path dir) throws Exception {
    try (ScenarioNet net = new ScenarioNet(dir)) {
      net.slots(10);

      List<SealMessage> seals = new ArrayList<>();
      net.nodes.forEach(node -> seals.addAll(node.sealed));
      seals.sort((a, b) -> Long.compare(a.tick(), b.tick()));
      for (int i = 1; i < seals.size(); i++) {
        SealMessage before = seals.get(i - 1);
        SealMessage after = seals.get(i);
        assertThat(after.blocks().getFirst().leaf().parentHash())
            .isEqualTo(before.blocks().getFirst().leaf().blockHash());
        if (after.seal().object().windowSlot() != before.seal().object().windowSlot()) {
          assertThat(before.seal().object().eop()).isTrue();
        }
      }
      assertThat(seals.getLast().seal().ctx().isProvisional())
          .as("three slots after the first handover signatures are final")
          .isFalse();
    }
  }

  @Test
  void aMissedSlotDelaysTheBatchButLosesNothing(@TempDir Path dir) throws Exception {
    try (ScenarioNet net = new ScenarioNet(dir)) {
      net.slots(4);
      Transaction tx = net.send(0);
      net.missedSlots.add(net.slot() + 2);
      net.missedSlots.add(net.slot() + 3);
      long height = net.follower().height();
      net.slots(5);

      assertThat(net.follower().height()).as("blocks go on").isGreaterThanOrEqualTo(height + 4);
      net.slots(3);
      assertThat(isOnSafeChain(net, tx.hash())).isTrue();
      assertAllAgree(net);
      assertNothingBroken(net);
    }
  }

  @Test
  void aReorgOfOneBlockThatTakesABatchIsCarried(@TempDir Path dir) throws Exception {
    reorgThatTakesABatch(dir, 1, false);
  }

  @Test
  void aReorgOfThreeBlocksThatTakesBatchesIsCarried(@TempDir Path dir) throws Exception {
    reorgThatTakesABatch(dir, 3, false);
  }

  @Test
  void postingsThatLandAgainAfterAReorgArePassedOver(@TempDir Path dir) throws Exception {
    reorgThatTakesABatch(dir, 3, true);
  }

  private static void reorgThatTakesABatch(Path dir, int depth, boolean backToPool)
      throws Exception {
    try (ScenarioNet net = new ScenarioNet(dir)) {
      List<Transaction> sent = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        sent.add(net.send(i));
        net.slots(1);
      }
      net.millis(300);
      long safeBefore = net.follower().safeHeight();
      assertThat(safeBefore).isPositive();
      boolean tookABatch =
          net.l1.chain().subList(net.l1.chain().size() - depth, net.l1.chain().size()).stream()
              .anyMatch(mined -> !mined.landed().isEmpty());
      assertThat(tookABatch).isTrue();

      net.reorg(depth, backToPool);
      net.millis(100);
      assertThat(net.follower().safeHeight()).as("safe goes back with L1").isLessThan(safeBefore);

      net.slots(8);
      assertThat(net.follower().safeHeight()).isGreaterThan(safeBefore);
      assertAllAgree(net);
      for (Transaction tx : sent) {
        assertThat(isOnSafeChain(net, tx.hash())).as("transaction " + tx).isTrue();
      }
      for (ScenarioNode node : net.nodes) {
        assertThat(node.safeHeight()).isLessThanOrEqualTo(node.height());
      }
    }
  }

  @Test
  void garbageFromARegisteredPosterDerivesToNothingAndTheChainGoesOn(@TempDir Path dir)
      throws Exception {
    try (ScenarioNet net = new ScenarioNet(dir)) {
      net.slots(5);
      Transaction tx = net.send(0);
      net.slots(1);
      ScriptedL1.Posting honest = lastLanded(net);
      List<byte[]> garbage = List.of(new byte[131_072]);
      net.l1.submitFirst(new ScriptedL1.Posting(2, standingOnTheHead(net, honest), garbage));
      net.slots(6);

      List<FetchedBatch> all = new ArrayList<>();
      net.l1.chain().forEach(mined -> all.addAll(mined.update().batches()));
      assertThat(all)
          .as("the garbage landed")
          .anyMatch(batch -> batch instanceof FetchedBatch.Garbage);
      assertThat(isOnSafeChain(net, tx.hash())).isTrue();
      assertAllAgree(net);
      assertNothingBroken(net);
    }
  }

  private static ScriptedL1.Posting lastLanded(ScenarioNet net) {
    for (ScriptedL1.Mined mined : net.l1.chain().reversed()) {
      if (!mined.landed().isEmpty()) {
        return mined.landed().getLast();
      }
    }
    throw new AssertionError("nothing has landed");
  }

  /** The honest call again, but standing on whatever the inbox has now. */
  private static io.lockstep.primitives.types.Bytes standingOnTheHead(
      ScenarioNet net, ScriptedL1.Posting honest) throws Exception {
    var call = io.lockstep.l1client.contract.ClusterInboxAbi.decodePropose(honest.callData());
    Hash32 head = null;
    for (ScriptedL1.Mined mined : net.l1.chain()) {
      for (FetchedBatch batch : mined.update().batches()) {
        head = batch.event().batchHash();
      }
    }
    if (head == null) {
      throw new AssertionError("no batch yet");
    }
    return io.lockstep.l1client.contract.ClusterInboxAbi.encodePropose(
        new io.lockstep.l1client.contract.Batch(
            List.of(head),
            call.windowSlot(),
            call.carried(),
            call.firstTick(),
            call.lastTick(),
            call.anchorNumber(),
            call.anchorHash(),
            call.msgTo(),
            call.headersRoot(),
            call.rollups(),
            1));
  }

  private static boolean isOnSafeChain(ScenarioNet net, Hash32 txHash) {
    var location = net.follower().core.cluster().first().chain().transaction(txHash);
    return location != null && location.blockNumber() <= net.follower().safeHeight();
  }

  private static void assertAllAgree(ScenarioNet net) {
    long safe = net.follower().safeHeight();
    for (ScenarioNode node : net.nodes) {
      assertThat(node.safeHeight())
          .as("safe height of operator " + node.operatorId)
          .isEqualTo(safe);
      for (long height = 1; height <= safe; height++) {
        assertThat(node.hashAt(height)).isEqualTo(net.follower().hashAt(height));
      }
    }
  }

  private static void assertNothingBroken(ScenarioNet net) {
    for (ScenarioNode node : net.nodes) {
      assertThat(node.view.status().promiseMismatches())
          .as("promise mismatches of operator " + node.operatorId)
          .isZero();
    }
  }
}
