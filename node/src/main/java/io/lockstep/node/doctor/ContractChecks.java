// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.doctor;

import io.lockstep.config.OperatorConfig;
import io.lockstep.config.OperatorKey;
import io.lockstep.config.PostingConfig;
import io.lockstep.config.cluster.ClusterFile;
import io.lockstep.config.cluster.ProtocolParameters;
import io.lockstep.l1client.L1Exception;
import io.lockstep.l1client.beacon.ChainSpec;
import io.lockstep.l1client.contract.InboxReader;
import io.lockstep.l1client.contract.LookaheadReader;
import io.lockstep.l1client.contract.Operator;
import io.lockstep.l1client.contract.RegistryReader;
import io.lockstep.l1client.execution.BlockTag;
import io.lockstep.l1client.execution.ExecutionClient;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Epoch;
import io.lockstep.primitives.uint.UInt256;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;

/** The cluster's contracts against the cluster file, and the operator's keys against them. */
final class ContractChecks {
  private static final int WEI_DIGITS = 18;
  private static final UInt256 GWEI = UInt256.of(1_000_000_000);

  private final ClusterFile cluster;
  private final ExecutionClient client;
  private final RegistryReader registry;
  private final Report report;

  ContractChecks(ClusterFile cluster, ExecutionClient client, Report report) {
    this.cluster = cluster;
    this.client = client;
    this.registry = new RegistryReader(client, cluster.operatorRegistry());
    this.report = report;
  }

  /** Whether the contracts are those of the cluster file. */
  boolean contracts() throws L1Exception {
    boolean there =
        hasCode(ClusterFile.CLUSTER_INBOX, cluster.clusterInbox())
            && hasCode(ClusterFile.OPERATOR_REGISTRY, cluster.operatorRegistry())
            && hasCode(ClusterFile.LOOKAHEAD_ORACLE, cluster.lookaheadOracle())
            && hasCode(ClusterFile.L1_MESSENGER, cluster.l1Messenger());
    if (!there) {
      return false;
    }
    InboxReader inbox = new InboxReader(client, cluster.clusterInbox());
    if (!names("registry", inbox.registry(BlockTag.LATEST), cluster.operatorRegistry())
        || !names("oracle", inbox.oracle(BlockTag.LATEST), cluster.lookaheadOracle())) {
      return false;
    }
    report.ok(
        "cluster", "inbox %s and what belongs to it are there".formatted(cluster.clusterInbox()));
    numbers(inbox.numbers(BlockTag.LATEST));
    return true;
  }

  private boolean names(String what, Address found, Address inFile) {
    if (!found.equals(inFile)) {
      report.fail(
          "cluster",
          "the inbox %s names the %s %s, the file says %s"
              .formatted(cluster.clusterInbox(), what, found, inFile),
          "Take the cluster.json of this deployment");
      return false;
    }
    return true;
  }

  /** What the inbox enforces, against what this node would go by. */
  private void numbers(InboxReader.Numbers found) {
    ProtocolParameters own = cluster.parameters();
    InboxReader.Numbers inFile =
        new InboxReader.Numbers(own.tickSeconds(), own.handoverLeadSeconds(), own.openAfterSlots());
    if (found.equals(inFile)) {
      report.ok("parameters on chain", "are those of the file");
    } else {
      report.fail(
          "parameters on chain",
          "the inbox has %s, the file %s".formatted(found, inFile),
          "Take the cluster.json of this deployment");
    }
  }

  /** Whether anybody can post now: the schedule of the epoch must be on chain. */
  void schedule(Epoch now) throws L1Exception {
    if (new LookaheadReader(client, cluster.lookaheadOracle()).isSynced(now, BlockTag.LATEST)) {
      report.ok("oracle", "the schedule of epoch %s is on chain".formatted(now));
    } else {
      report.warn(
          "oracle",
          "the schedule of epoch %s is not on chain yet".formatted(now),
          "An operator's node with operator.l1-key-file brings it there; nobody can post before");
    }
  }

  private boolean hasCode(String contract, Address address) throws L1Exception {
    if (client.code(address, BlockTag.LATEST).isEmpty()) {
      report.fail(
          "cluster",
          "no contract is at %s, where %s should be".formatted(address, contract),
          "Take the cluster.json of this L1's deployment, or wait until the client has its block");
      return false;
    }
    return true;
  }

  /** The protocol's numbers against the slots of the L1. */
  void parameters(ChainSpec spec) {
    List<String> problems =
        cluster.parameters().problems(spec.clock().slotSeconds(), spec.clock().slotsPerEpoch());
    if (problems.isEmpty()) {
      report.ok("parameters", "fit slots of %d s".formatted(spec.clock().slotSeconds()));
    } else {
      report.fail(
          "parameters",
          String.join("; ", problems),
          "Take the cluster.json of this deployment; the numbers are fixed when it is made");
    }
  }

  /** Registration, stake and means of an operator. */
  void operator(OperatorConfig keys, PostingConfig posting) throws L1Exception {
    Address committer = keys.committer().address();
    int id = registry.operatorOfCommitter(committer, BlockTag.LATEST);
    if (id == 0) {
      report.fail(
          "operator",
          "no operator is registered with the committer " + committer,
          "Register it, or give the key that is registered as operator.committer-key-file (or -address)");
      return;
    }
    Operator operator = registry.operator(id, BlockTag.LATEST);
    if (operator.exitedAtSeconds() != 0) {
      report.fail("operator", "operator %d has left".formatted(id), "Register anew");
    } else if (operator.frozenAtSeconds() != 0) {
      report.fail(
          "operator",
          "operator %d is frozen and may not post".formatted(id),
          "See why before anything else");
    } else {
      report.ok(
          "operator", "operator %d, stake %s ETH".formatted(id, ether(operator.stake().amount())));
    }
    for (OperatorKey poster : keys.posters()) {
      poster(poster.address(), operator, id, posting);
    }
    OperatorKey l1Key = keys.l1Key();
    if (l1Key == null) {
      report.warn(
          "l1 key",
          "operator.l1-key-file is not set, nor l1-address: this node brings no schedule to the oracle",
          "Give it an account with some ether, or make sure that other operators do it");
    } else if (client.balance(l1Key.address(), BlockTag.LATEST).isZero()) {
      report.fail(
          "l1 key",
          l1Key.address() + " has no ether",
          "Send it some; it pays one call in an epoch");
    } else {
      report.ok("l1 key", l1Key.address() + " can pay");
    }
  }

  private void poster(Address poster, Operator operator, int id, PostingConfig posting)
      throws L1Exception {
    String check = "poster " + poster;
    if (!operator.posters().contains(poster)) {
      report.fail(
          check,
          "is not a poster of operator " + id,
          "Give the registered keys as operator.poster-key-files: " + operator.posters());
      return;
    }
    UInt256 balance = client.balance(poster, BlockTag.LATEST);
    UInt256 budget = UInt256.of(posting.budgetGwei()).multiply(GWEI);
    if (balance.isZero()) {
      report.fail(
          check, "has no ether", "Send it some; a batch may cost " + ether(budget) + " ETH");
    } else if (balance.compareTo(budget) < 0) {
      report.warn(
          check,
          "has %s ETH, a batch may cost %s (posting.budget-gwei)"
              .formatted(ether(balance), ether(budget)),
          "Send it some, or lower the budget");
    } else {
      report.ok(check, "has %s ETH".formatted(ether(balance)));
    }
  }

  private static String ether(UInt256 wei) {
    return new BigDecimal(wei.toBigInteger(), WEI_DIGITS)
        .setScale(4, RoundingMode.DOWN)
        .stripTrailingZeros()
        .toPlainString();
  }
}
