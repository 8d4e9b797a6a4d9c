// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.sim;

import io.lockstep.config.cluster.ClusterFile;
import io.lockstep.devnet.deploy.DevAccounts;
import io.lockstep.l1client.L1Exception;
import io.lockstep.l1client.contract.ClusterInboxAbi;
import io.lockstep.l1client.contract.InboxReader;
import io.lockstep.l1client.contract.LookaheadReader;
import io.lockstep.l1client.contract.RegistryReader;
import io.lockstep.l1client.contract.Reverts;
import io.lockstep.l1client.execution.BlockTag;
import io.lockstep.l1client.execution.L1Block;
import io.lockstep.l1client.proof.BlockProver;
import io.lockstep.node.deploy.L1Access;
import io.lockstep.node.duty.OracleSyncer;
import io.lockstep.primitives.crypto.SecretKey;
import io.lockstep.primitives.types.Epoch;
import io.lockstep.primitives.types.Slot;
import io.lockstep.primitives.uint.UInt256;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;

/**
 * Somebody with an account of L1 and nothing else, who gives each window that stands open its block
 * and brings the schedule on chain for it (protocol §3.5). One thread.
 */
final class Stranger {
  private static final int NOBODY = 0;
  private static final SecretKey KEY = DevAccounts.keys().get(5);

  /** Comes so seldom that operators who are back have signed in the open window before. */
  private static final int COMES_ONE_IN = 3;

  private final L1Access l1;
  private final ClusterFile cluster;
  private final LookaheadReader oracle;
  private final InboxReader inbox;
  private final OracleSyncer syncer;
  private final Story story;
  private final SplittableRandom random;
  private boolean acts;

  Stranger(SplittableRandom random, L1Access l1, ClusterFile cluster, Story story) {
    this.random = random;
    this.l1 = l1;
    this.cluster = cluster;
    this.story = story;
    this.oracle = new LookaheadReader(l1.execution(), cluster.lookaheadOracle());
    this.inbox = new InboxReader(l1.execution(), cluster.clusterInbox());
    this.syncer =
        new OracleSyncer(
            l1.execution(),
            new BlockProver(l1.beacon(), l1.spec()),
            oracle,
            new RegistryReader(l1.execution(), cluster.operatorRegistry()),
            l1.sender(),
            KEY,
            NOBODY,
            l1.spec().clock());
  }

  void begin() {
    acts = true;
  }

  void end() {
    acts = false;
  }

  /** To be called after each L1 slot. */
  void slotPassed(long slot) {
    if (!acts || random.nextInt(COMES_ONE_IN) != 0) {
      return;
    }
    try {
      sync(new Slot(slot));
      l1.sender()
          .send(
              KEY,
              cluster.clusterInbox(),
              UInt256.ZERO,
              ClusterInboxAbi.encodeProposeOpen(List.of(inbox.lastBatchHash(BlockTag.LATEST))));
      story.tell("stranger", "proposes an open block after slot " + slot);
    } catch (L1Exception e) {
      if (e.kind() != L1Exception.Kind.NODE_ERROR) {
        throw new IllegalStateException("the L1 of a run gives no answer", e);
      }
      story.tell(
          "stranger",
          "may not: " + Objects.requireNonNullElse(Reverts.inWords(e.data()), e.text()));
    }
  }

  private void sync(Slot now) throws L1Exception {
    L1Block head = l1.execution().block(BlockTag.LATEST);
    long current = l1.spec().clock().epochOf(now).value();
    for (long epoch = current; head != null && epoch <= current + 1; epoch++) {
      if (oracle.isSynced(new Epoch(epoch), BlockTag.LATEST)) {
        syncer.isThere(new Epoch(epoch));
      } else {
        syncer.isMissing(new Epoch(epoch), head, now, true);
      }
    }
  }
}
