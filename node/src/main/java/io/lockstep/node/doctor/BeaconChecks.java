// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.doctor;

import io.lockstep.config.cluster.ClusterFile;
import io.lockstep.l1client.L1Exception;
import io.lockstep.l1client.beacon.BeaconClient;
import io.lockstep.l1client.beacon.BeaconHeader;
import io.lockstep.l1client.beacon.BlockId;
import io.lockstep.l1client.beacon.ChainSpec;
import io.lockstep.l1client.beacon.SyncStatus;
import io.lockstep.primitives.types.Epoch;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.types.Slot;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One beacon node: whether it answers, is of the right chain, in step, and of the right age. */
final class BeaconChecks {
  /** Behind by more, it is not only late with one block. */
  private static final long TOLERATED_LAG_SLOTS = 2;

  private final ClusterFile cluster;
  private final long nowSeconds;
  private final Report report;

  BeaconChecks(ClusterFile cluster, long nowSeconds, Report report) {
    this.cluster = cluster;
    this.nowSeconds = nowSeconds;
    this.report = report;
  }

  /** What the node says of its chain; null when it cannot be used. */
  @Nullable ChainSpec check(String name, BeaconClient beacon) {
    try {
      ChainSpec spec = beacon.spec();
      Hash32 root = spec.genesis().validatorsRoot();
      Hash32 expected = cluster.l1().genesisValidatorsRoot();
      long chainId = cluster.l1().chainId();
      if (!root.equals(expected)) {
        report.fail(
            name,
            "is of another chain: genesis validators root %s, expected %s"
                .formatted(root, expected),
            "Point l1.beacon at a node of the cluster's L1");
        return null;
      }
      if (spec.depositChainId() >= 0 && spec.depositChainId() != chainId) {
        report.fail(
            name,
            "stands over execution chain %d, expected %d".formatted(spec.depositChainId(), chainId),
            "Point l1.beacon at a node of the cluster's L1");
        return null;
      }
      sync(name, beacon);
      BeaconHeader head = beacon.header(BlockId.HEAD);
      clock(name, head, spec);
      fork(name, beacon, head, spec);
      return spec;
    } catch (L1Exception e) {
      report.fail(
          name,
          "does not answer as a beacon node: " + e.getMessage(),
          "Start it, or mend its URL in l1.beacon or what l1.credentials-file says for it");
      return null;
    }
  }

  private void sync(String name, BeaconClient beacon) throws L1Exception {
    SyncStatus status = beacon.syncing();
    if (status.elOffline()) {
      report.fail(
          name,
          "says that its execution client is away",
          "Start that client, or mend the engine endpoint in the beacon node's own settings");
    } else if (status.syncing() || status.optimistic()) {
      report.fail(
          name,
          "is not in step: %d slots behind%s"
              .formatted(status.syncDistanceSlots(), status.optimistic() ? ", optimistic" : ""),
          "Wait until it is; nothing is promised on such a head");
    } else {
      report.ok(name, "in step, head at slot " + status.headSlot());
    }
  }

  private void clock(String name, @Nullable BeaconHeader header, ChainSpec spec) {
    if (header == null) {
      report.fail(name, "has no head block", "Wait until it has, or ask its log");
      return;
    }
    Slot now = spec.clock().slotAt(nowSeconds);
    long ahead = header.slot().value() - now.value();
    if (ahead > 0) {
      report.fail(
          "clock",
          "is behind: %s has a block of slot %s, by this machine's clock it is slot %s"
              .formatted(name, header.slot(), now),
          "Set the clock by NTP; windows are counted by it");
    } else if (-ahead > TOLERATED_LAG_SLOTS) {
      report.warn(
          "clock",
          "is %d slots of %d s past the head of %s: it is ahead, or L1 makes no blocks"
              .formatted(-ahead, spec.clock().slotSeconds(), name),
          "Compare it with NTP, then look at the beacon node");
    } else {
      report.ok("clock", "agrees with the head of " + name + " to a slot");
    }
  }

  private void fork(String name, BeaconClient beacon, @Nullable BeaconHeader head, ChainSpec spec)
      throws L1Exception {
    Epoch now = spec.clock().epochOf(spec.clock().slotAt(nowSeconds));
    if (!spec.isActive("deneb", now)) {
      report.fail(
          name, "is at a fork without blobs (before Deneb)", "Batches need an L1 with blobs");
    } else if (!spec.isActive("fulu", now)) {
      report.warn(
          name,
          "is at a fork before Fulu, whose state has no proposer lookahead",
          "Duties cannot be held against the state until L1 forks");
    } else {
      lookahead(name, beacon, head);
    }
  }

  private void lookahead(String name, BeaconClient beacon, @Nullable BeaconHeader head)
      throws L1Exception {
    boolean served = head != null && !beacon.lookaheads(head.stateRoot()).isEmpty();
    List<String> without = beacon.withoutLookahead();
    if (served) {
      report.ok(name, "serves the proposer lookahead, duties are held against it");
    } else {
      report.warn(
          name,
          without.isEmpty()
              ? "did not give the proposer lookahead of its head"
              : "does not serve the proposer lookahead",
          "Duties of this node alone are taken unchecked; a second one that serves it helps");
    }
  }
}
