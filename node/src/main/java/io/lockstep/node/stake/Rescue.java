// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.stake;

import io.lockstep.config.cluster.ClusterFile;
import io.lockstep.devnet.deploy.DeployException;
import io.lockstep.l1client.L1Exception;
import io.lockstep.l1client.contract.ClusterInboxAbi;
import io.lockstep.l1client.contract.InboxReader;
import io.lockstep.l1client.contract.LookaheadReader;
import io.lockstep.l1client.contract.RegistryReader;
import io.lockstep.l1client.execution.BlockTag;
import io.lockstep.l1client.execution.L1Block;
import io.lockstep.l1client.proof.BlockProver;
import io.lockstep.node.deploy.L1Access;
import io.lockstep.node.duty.OracleSyncer;
import io.lockstep.primitives.crypto.SecretKey;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Epoch;
import io.lockstep.primitives.types.Slot;
import io.lockstep.primitives.types.SlotClock;
import io.lockstep.primitives.uint.UInt256;
import java.util.ArrayList;
import java.util.List;

/**
 * Gives an open window its block, with any account (protocol §3.5). When the operators are silent
 * nobody keeps the oracle synced either, so what the inbox has to know of the schedule is brought
 * there first. One thread; blocks.
 */
public final class Rescue {
  private static final int NOBODY = 0;
  private static final long PATIENCE_MS = 60_000;

  private final L1Account account;
  private final ClusterFile cluster;
  private final Beacon beacon;

  /** Opens the L1's clients when a proof is needed. */
  @FunctionalInterface
  public interface Beacon {
    L1Access open() throws DeployException;
  }

  public Rescue(L1Account account, ClusterFile cluster, Beacon beacon) {
    this.account = account;
    this.cluster = cluster;
    this.beacon = beacon;
  }

  /**
   * What was done, in words.
   *
   * @throws L1Account.Refused when the window is not open
   */
  List<String> run(SecretKey key) throws L1Exception, L1Account.Refused, DeployException {
    List<String> done = new ArrayList<>();
    L1Access access = beacon.open();
    SlotClock clock = access.spec().clock();
    L1Block head = account.execution().block(BlockTag.LATEST);
    if (head == null) {
      throw new L1Exception(L1Exception.Kind.BAD_ANSWER, "L1 has no latest block");
    }
    Slot now = clock.slotAt(head.timestampSeconds());
    int synced = sync(access, key, head, now);
    if (synced > 0) {
      done.add("%d epochs of the schedule are on chain now".formatted(synced));
    }
    InboxReader inbox = new InboxReader(account.execution(), cluster.clusterInbox());
    Bytes data = ClusterInboxAbi.encodeProposeOpen(List.of(inbox.lastBatchHash(BlockTag.LATEST)));
    account.call(cluster.clusterInbox(), UInt256.ZERO, data);
    done.add(
        "the open window has its block: batch %d".formatted(inbox.lastBatchIndex(BlockTag.LATEST)));
    return done;
  }

  /** Brings the epochs around the current slot on chain; tells how many. */
  private int sync(L1Access access, SecretKey key, L1Block head, Slot now)
      throws L1Exception, DeployException {
    LookaheadReader oracle = new LookaheadReader(account.execution(), cluster.lookaheadOracle());
    OracleSyncer syncer =
        new OracleSyncer(
            account.execution(),
            new BlockProver(access.beacon(), access.spec()),
            oracle,
            new RegistryReader(account.execution(), cluster.operatorRegistry()),
            access.sender(),
            key,
            NOBODY,
            access.spec().clock());
    Epoch current = access.spec().clock().epochOf(now);
    List<Epoch> missing = new ArrayList<>();
    for (long epoch = Math.max(0, current.value() - 1); epoch <= current.value() + 1; epoch++) {
      if (!oracle.isSynced(new Epoch(epoch), BlockTag.LATEST)) {
        missing.add(new Epoch(epoch));
        syncer.isMissing(new Epoch(epoch), head, now, true);
      }
    }
    long deadlineNanos = System.nanoTime() + PATIENCE_MS * 1_000_000;
    while (syncer.sent() > 0 && !missing.isEmpty()) {
      List<Epoch> there = new ArrayList<>();
      for (Epoch epoch : missing) {
        if (oracle.isSynced(epoch, BlockTag.LATEST)) {
          there.add(epoch);
        }
      }
      missing.removeAll(there);
      if (System.nanoTime() - deadlineNanos > 0) {
        throw new DeployException("the oracle has not taken the schedule of epoch " + missing);
      }
      pause();
    }
    return (int) syncer.sent();
  }

  private static void pause() throws L1Exception {
    try {
      Thread.sleep(200);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new L1Exception(L1Exception.Kind.UNREACHABLE, "interrupted", e);
    }
  }
}
