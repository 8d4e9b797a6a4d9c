// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.doctor;

import io.lockstep.config.cluster.ClusterFile;
import io.lockstep.l1client.L1Exception;
import io.lockstep.l1client.execution.BlockTag;
import io.lockstep.l1client.execution.ExecutionClient;
import io.lockstep.l1client.execution.L1Block;
import tools.jackson.databind.JsonNode;

/** One execution client: whether it answers, is of the right chain, in step, and takes blobs. */
final class ExecutionChecks {
  /** Without a block for so long it is not only a few slots that were missed. */
  private static final long STALE_HEAD_SECONDS = 120;

  private final ClusterFile cluster;
  private final long nowSeconds;
  private final Report report;

  ExecutionChecks(ClusterFile cluster, long nowSeconds, Report report) {
    this.cluster = cluster;
    this.nowSeconds = nowSeconds;
    this.report = report;
  }

  /** Whether the client can be used. */
  boolean check(String name, ExecutionClient client) {
    try {
      long chainId = client.chainId().toLongSaturated();
      if (chainId != cluster.l1().chainId()) {
        report.fail(
            name,
            "is chain %d, expected %d".formatted(chainId, cluster.l1().chainId()),
            "Point l1.rpc at a client of the cluster's L1");
        return false;
      }
      head(name, client);
      blobs(name, client);
      return true;
    } catch (L1Exception e) {
      report.fail(
          name,
          "does not answer as an execution client: " + e.getMessage(),
          "Start it, or mend its URL in l1.rpc or what l1.credentials-file says for it");
      return false;
    }
  }

  private void head(String name, ExecutionClient client) throws L1Exception {
    JsonNode syncing = client.raw("eth_syncing");
    L1Block head = client.block(BlockTag.LATEST);
    if (syncing.isObject()) {
      report.fail(
          name,
          "is still synchronizing",
          "Wait until it is in step; nothing is promised on such a head");
    } else if (head == null) {
      report.fail(name, "has no block", "Wait until it has, or ask its log");
    } else if (nowSeconds - head.timestampSeconds() > STALE_HEAD_SECONDS) {
      report.warn(
          name,
          "has a head of %d s ago, block %d"
              .formatted(nowSeconds - head.timestampSeconds(), head.number()),
          "Look whether its consensus client drives it");
    } else {
      report.ok(name, "in step, head at block " + head.number());
    }
  }

  private void blobs(String name, ExecutionClient client) {
    try {
      client.blobBaseFee();
    } catch (L1Exception e) {
      report.fail(
          name,
          "gives no blob base fee: " + e.getMessage(),
          "Batches need a client and a fork with blobs (EIP-4844)");
      return;
    }
    try {
      client.raw("eth_config");
      report.ok(name, "tells its fork and blob schedule (eth_config)");
    } catch (L1Exception _) {
      report.warn(
          name,
          "has no eth_config (EIP-7910)",
          "The form of blob transactions is found by trying; a newer release tells it");
    }
  }
}
