// SPDX-License-Identifier: Apache-2.0
package io.lockstep.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lockstep.scenario.Rpc;
import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** What holds in the end, whatever was done to the cluster. */
record Checks(ProcessCluster cluster) {
  /** Every receipt, and there are so many, is on the safe chain with its block and place. */
  void assertKept(List<Stream.Given> given, int atLeast) throws Exception {
    assertThat(given).hasSizeGreaterThanOrEqualTo(atLeast);
    Rpc follower = cluster.devnet().follower();
    awaitSafe(given.getLast());
    for (Stream.Given one : given) {
      JsonNode safe = follower.call("eth_getTransactionReceipt", one.hash());
      assertThat(safe.isNull()).as("receipt of " + one.hash()).isFalse();
      assertThat(Stream.place(safe)).as("place of " + one.hash()).isEqualTo(one.place());
      // cumulativeGasUsed counts the system transaction, whose gas depends on the block's anchor
      for (String field : List.of("status", "gasUsed", "logs", "type")) {
        assertThat(safe.get(field))
            .as(field + " of " + one.hash())
            .isEqualTo(one.receipt().get(field));
      }
    }
  }

  /** Waits until a transaction is on the safe chain, wherever it stands there. */
  void awaitSafe(Stream.Given given) {
    Rpc follower = cluster.devnet().follower();
    await()
        .atMost(ProcessCluster.PATIENCE)
        .until(() -> {
          long safe = number(follower.call("eth_getBlockByNumber", "safe", false));
          JsonNode receipt = follower.call("eth_getTransactionReceipt", given.hash());
          return !receipt.isNull() && Long.decode(receipt.get("blockNumber").asString()) <= safe;
        });
  }

  /** All nodes, the restarted ones too, have one head and saw no promise broken. */
  void assertOneMind() throws Exception {
    assertOneHead();
    for (int node = 0; node < ProcessCluster.NODES; node++) {
      assertThat(cluster.status(node).get("promiseMismatches").asString())
          .as("promises that node %d saw broken: %s", node, notKept(node))
          .isEqualTo("0x0");
    }
  }

  private String notKept(int node) throws IOException {
    return cluster
        .log(node)
        .lines()
        .filter(line -> line.contains("not kept") || line.contains("gave way"))
        .collect(Collectors.joining("\n"));
  }

  /** All nodes, the restarted ones too, have one head. */
  void assertOneHead() throws Exception {
    String head = cluster.devnet().follower().call("eth_blockNumber").asString();
    for (int node = 0; node < ProcessCluster.NODES; node++) {
      Rpc rpc = cluster.devnet().node(node);
      await()
          .atMost(ProcessCluster.PATIENCE)
          .ignoreExceptions()
          .untilAsserted(() ->
              assertThat(hashAt(rpc, head))
                  .isNotNull()
                  .isEqualTo(hashAt(cluster.devnet().follower(), head)));
    }
  }

  private static @Nullable String hashAt(Rpc rpc, String number)
      throws IOException, InterruptedException {
    JsonNode block = rpc.call("eth_getBlockByNumber", number, false);
    return block.isNull() ? null : block.get("hash").asString();
  }

  private static long number(JsonNode block) {
    return Long.decode(block.get("number").asString());
  }
}
