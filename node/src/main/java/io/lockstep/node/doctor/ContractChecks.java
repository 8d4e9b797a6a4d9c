// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.doctor;

import io.lockstep.config.OperatorConfig;
import io.lockstep.config.PostingConfig;
import io.lockstep.config.cluster.ClusterFile;
import io.lockstep.l1client.L1Exception;
import io.lockstep.l1client.beacon.ChainSpec;
import io.lockstep.l1client.contract.InboxReader;
import io.lockstep.l1client.contract.Operator;
import io.lockstep.l1client.contract.RegistryReader;
import io.lockstep.l1client.execution.BlockTag;
import io.lockstep.l1client.execution.ExecutionClient;
import io.lockstep.primitives.crypto.SecretKey;
import io.lockstep.primitives.types.Address;
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
            && hasCode(ClusterFile.OPERATOR_REGISTRY, cluster.operatorRegistry());
    if (!there) {
      return false;
    }
    Address named = new InboxReader(client, cluster.clusterInbox()).registry(BlockTag.LATEST);
    if (!named.equals(cluster.operatorRegistry())) {
      report.fail(
          "cluster",
          "the inbox %s names the registry %s, the file says %s"
              .formatted(cluster.clusterInbox(), named, cluster.operatorRegistry()),
          "Take the cluster.json of this deployment");
      return false;
    }
    report.ok("cluster", "inbox %s and its registry are there".formatted(cluster.clusterInbox()));
    return true;
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
          "Register it, or give the key that is registered as operator.committer-key-file");
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
    for (SecretKey poster : keys.posters()) {
      poster(poster.address(), operator, id, posting);
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
