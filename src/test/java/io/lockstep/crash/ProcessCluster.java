// SPDX-License-Identifier: Apache-2.0
package io.lockstep.crash;

import static org.awaitility.Awaitility.await;

import io.lockstep.config.cluster.DevnetFile;
import io.lockstep.devnet.scenario.BoxLevers;
import io.lockstep.scenario.Lockstep;
import io.lockstep.scenario.Rpc;
import io.lockstep.scenario.TestDevnet;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * A devnet with a process for each node, three operators and a follower, whose nodes are killed and
 * started again. One thread, but for what it gives out.
 */
final class ProcessCluster implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofMinutes(2);
  static final int OPERATORS = 3;
  static final int NODES = OPERATORS + 1;

  private final TestDevnet devnet;
  private final BoxLevers levers;
  private final L1Clock clock;
  private final List<Lockstep> launched = new ArrayList<>();
  private final Long[] pids = new Long[NODES];

  private ProcessCluster(TestDevnet devnet) throws IOException, InterruptedException {
    this.devnet = devnet;
    this.levers = new BoxLevers(devnet.file().l1().beacon());
    this.clock = L1Clock.of(devnet.file().l1().beacon());
    for (int node = 0; node < NODES; node++) {
      pids[node] = devnet.file().nodes().get(node).pid();
    }
  }

  /** Starts one in {@code dir}, on {@code basePort} and what follows. */
  static ProcessCluster start(Path dir, int basePort) throws Exception {
    TestDevnet devnet = TestDevnet.start(dir, basePort, "--nodes", "processes");
    try {
      return new ProcessCluster(devnet);
    } catch (IOException | InterruptedException | AssertionError e) {
      devnet.close();
      throw e;
    }
  }

  TestDevnet devnet() {
    return devnet;
  }

  Checks checks() {
    return new Checks(this);
  }

  /** What the L1 can be told to do. */
  BoxLevers levers() {
    return levers;
  }

  /** L1 slots, and who holds them. */
  L1Clock clock() {
    return clock;
  }

  DevnetFile.Node node(int node) {
    return devnet.file().nodes().get(node);
  }

  JsonNode status(int node) throws InterruptedException {
    return status(devnet.node(node));
  }

  /** What a node says of itself; empty while it is not up. */
  static JsonNode status(Rpc node) throws InterruptedException {
    try {
      return node.call("preconf_status");
    } catch (IOException e) {
      return Rpc.JSON.createObjectNode();
    }
  }

  boolean isSequencing(int node) throws InterruptedException {
    return status(node).path("sequencing").asBoolean(false);
  }

  void awaitSequencing(int node) {
    await().atMost(PATIENCE).pollInterval(Duration.ofMillis(20)).until(() -> isSequencing(node));
  }

  /** kill -9 of all of them at once; they are gone when this returns. */
  void kill(int... nodes) {
    List<ProcessHandle> handles = new ArrayList<>();
    for (int node : nodes) {
      handles.add(handle(node));
    }
    handles.forEach(ProcessHandle::destroyForcibly);
    awaitEnd(handles);
  }

  /** SIGTERM to all of them at once; they have ended when this returns. */
  void stop(int... nodes) {
    List<ProcessHandle> handles = new ArrayList<>();
    for (int node : nodes) {
      handles.add(handle(node));
    }
    handles.forEach(ProcessHandle::destroy);
    awaitEnd(handles);
  }

  private ProcessHandle handle(int node) {
    return ProcessHandle.of(pids[node])
        .orElseThrow(() -> new AssertionError(node(node).name() + " is not running"));
  }

  private static void awaitEnd(List<ProcessHandle> handles) {
    await().atMost(PATIENCE).until(() -> handles.stream().noneMatch(ProcessHandle::isAlive));
  }

  /** Starts a node that has ended with its own configuration and {@code more} flags. */
  void restart(int node, String... more) throws IOException {
    List<String> arguments =
        new ArrayList<>(List.of("node", "--config", node(node).config().toString()));
    arguments.addAll(List.of(more));
    pids[node] = launch(arguments.toArray(String[]::new)).pid();
  }

  /** A run of the launcher that ends with the cluster at the latest. */
  Lockstep launch(String... arguments) throws IOException {
    Lockstep process = Lockstep.start(List.of(arguments));
    launched.add(process);
    return process;
  }

  /** What a node has logged since it was last started. */
  String log(int node) throws IOException {
    for (Lockstep process : launched) {
      if (process.pid() == pids[node]) {
        return process.output();
      }
    }
    return Files.readString(node(node).config().resolveSibling("node.log"));
  }

  /** Waits until none of them has to catch up with L1 or with its peers. */
  void awaitCaughtUp(int... nodes) {
    for (int node : nodes) {
      await()
          .atMost(PATIENCE)
          .until(() -> !status(node).path("state").asString("SYNCING").equals("SYNCING"));
    }
  }

  /** The inbox's events from this L1 block on. */
  JsonNode batches(long fromL1Block) throws IOException, InterruptedException {
    return devnet
        .l1()
        .call(
            "eth_getLogs",
            Map.of(
                "fromBlock",
                "0x" + Long.toHexString(fromL1Block),
                "address",
                String.valueOf(devnet.file().contracts().get("ClusterInbox"))));
  }

  static int posterOf(JsonNode batch) {
    return Integer.decode("0x" + batch.at("/topics/2").asString().substring(58)) - 1;
  }

  /** Waits until another batch of this operator lands: it is in step with L1 then. */
  void awaitPosting(int operator) throws IOException {
    long head = levers.status().blockNumber();
    await()
        .atMost(PATIENCE)
        .until(() -> {
          for (JsonNode batch : batches(head)) {
            boolean isLater = Long.decode(batch.get("blockNumber").asString()) > head;
            if (isLater && posterOf(batch) == operator) {
              return true;
            }
          }
          return false;
        });
  }

  /** Whether a batch of this operator's window landed in its slot or before. */
  boolean hasPostedInTime(int operator, long windowSlot) throws IOException, InterruptedException {
    for (JsonNode batch : batches(0)) {
      long window = Long.decode(batch.get("data").asString().substring(0, 66));
      if (posterOf(batch) == operator && window == windowSlot) {
        JsonNode block =
            devnet.l1().call("eth_getBlockByNumber", batch.get("blockNumber").asString(), false);
        long landedMs = Long.decode(block.get("timestamp").asString()) * 1000;
        return landedMs <= clock.startMs(windowSlot);
      }
    }
    return false;
  }

  InetSocketAddress gossipAddress(int node) {
    String gossip = node(node).gossip();
    int port = Integer.parseInt(gossip.substring(gossip.lastIndexOf(':') + 1));
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  /** What nodes of later runs printed is left beside the log of their first run. */
  @Override
  public void close() throws IOException {
    for (int i = 0; i < launched.size(); i++) {
      launched.get(i).close();
      Files.writeString(
          devnet.dataDir().resolve("launched-" + i + ".log"), launched.get(i).output());
    }
    levers.close();
    devnet.close();
  }
}
