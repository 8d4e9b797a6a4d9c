// SPDX-License-Identifier: Apache-2.0
package io.lockstep.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lockstep.scenario.Lockstep;
import io.lockstep.scenario.Rpc;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * The sequencing operator loses all its peers for ten seconds around its handover. Nobody dies.
 * Both sides go on with users of their own; what was given out finally keeps its place, and what
 * was given out provisionally (protocol §1.4) is on the safe chain, there or elsewhere.
 */
class GossipCutIT {
  private static final long CUT_MS = 10_000;
  private static final int OPERATOR = 1;
  private static final int PORTS = 70;

  @Test
  void anOperatorWithoutPeersAroundItsHandoverBreaksNoFinalPromise(
      @TempDir(cleanup = CleanupMode.ON_SUCCESS) Path dir) throws Exception {
    int port = Lockstep.freePorts(PORTS + 1 + ProcessCluster.NODES);
    try (ProcessCluster cluster = ProcessCluster.start(dir, port);
        GossipLinks links = new GossipLinks()) {
      restartBehind(links, cluster, port + PORTS);
      List<Stream> users = new ArrayList<>();
      for (int node = 0; node < ProcessCluster.NODES; node++) {
        users.add(new Stream(cluster.devnet(), 3 + node, node));
      }
      boolean posted = cutAroundHandover(cluster, links, users, "silent", links::silence);
      posted &= cutAroundHandover(cluster, links, users, "closed", links::sever);
      for (Stream user : users) {
        user.stop();
      }
      for (int node = 0; node < users.size(); node++) {
        assertKeptOrMoved(cluster, node, users.get(node).given(), posted);
      }
      cluster.checks().assertOneMind();
    }
  }

  /** The operator listens elsewhere; its old port and all that it dials lead through the links. */
  private static void restartBehind(GossipLinks links, ProcessCluster cluster, int firstPort)
      throws IOException {
    cluster.stop(OPERATOR);
    links.forward(
        cluster.gossipAddress(OPERATOR).getPort(),
        new InetSocketAddress(InetAddress.getLoopbackAddress(), firstPort));
    List<String> flags = new ArrayList<>(List.of("--gossip-port", Integer.toString(firstPort)));
    for (int peer = 0; peer < ProcessCluster.NODES; peer++) {
      if (peer != OPERATOR) {
        int port = firstPort + 1 + peer;
        links.forward(port, cluster.gossipAddress(peer));
        flags.addAll(List.of("--peer", "127.0.0.1:" + port));
      }
    }
    cluster.restart(OPERATOR, flags.toArray(String[]::new));
    cluster.awaitSequencing(OPERATOR);
  }

  /**
   * Tells whether what the operator sealed came to L1 in its slot, as nobody else could carry it.
   */
  private static boolean cutAroundHandover(
      ProcessCluster cluster, GossipLinks links, List<Stream> users, String how, Runnable cut)
      throws Exception {
    awaitMore(users);
    // Its peers cannot carry what it seals now, so its own posting must not fail too.
    cluster.awaitPosting(OPERATOR);
    L1Clock.Handover handover = cluster.clock().nextHandover(1_500, (from, to) -> from == OPERATOR);
    L1Clock.sleepUntil(handover.atMs() - 900); // in its last tick
    cluster.awaitSequencing(OPERATOR);
    List<Integer> before = counts(users);
    cut.run();
    Thread.sleep(CUT_MS);
    links.mend();
    long mendedNanos = System.nanoTime();
    List<Integer> after = counts(users);
    awaitMore(users);
    System.out.printf(
        "links of operator %d %s around the handover to operator %d: receipts of each node's user"
            + " %s before, %s after, all have more %d ms later%n",
        OPERATOR, how, handover.to(), before, after, (System.nanoTime() - mendedNanos) / 1_000_000);
    boolean posted = cluster.hasPostedInTime(OPERATOR, handover.slot());
    if (!posted) {
      System.out.println("its posting came too late as well: no promise binds against both");
    }
    return posted;
  }

  private static List<Integer> counts(List<Stream> users) {
    return users.stream().map(user -> user.given().size()).toList();
  }

  private static void awaitMore(List<Stream> users) {
    List<Integer> before = counts(users);
    for (int i = 0; i < users.size(); i++) {
      Stream user = users.get(i);
      int had = before.get(i);
      await().atMost(ProcessCluster.PATIENCE).until(() -> user.given().size() > had + 3);
    }
  }

  private static void assertKeptOrMoved(
      ProcessCluster cluster, int node, List<Stream.Given> given, boolean posted) throws Exception {
    List<Stream.Given> binding = given.stream().filter(Stream.Given::isFinal).toList();
    if (posted) {
      cluster.checks().assertKept(binding, 3);
    }
    cluster.checks().awaitSafe(given.getLast());
    Rpc follower = cluster.devnet().follower();
    int moved = 0;
    for (Stream.Given one : given) {
      var safe = follower.call("eth_getTransactionReceipt", one.hash());
      assertThat(safe.isNull()).as("receipt of " + one.hash()).isFalse();
      moved += Stream.place(safe).equals(one.place()) ? 0 : 1;
    }
    System.out.printf(
        "user of node %d: %d receipts, %d final, %d of the others moved%n",
        node, given.size(), binding.size(), moved);
  }
}
