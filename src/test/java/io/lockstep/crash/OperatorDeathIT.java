// SPDX-License-Identifier: Apache-2.0
package io.lockstep.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lockstep.config.cluster.DevnetFile;
import io.lockstep.scenario.Lockstep;
import io.lockstep.scenario.Rpc;
import io.lockstep.scenario.TestDevnet;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * Real processes, kill -9: every transaction whose receipt was given out is on the safe chain in
 * the end, in the block and at the place that its receipt named.
 */
class OperatorDeathIT {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final int OPERATORS = 3;

  private final List<Lockstep> restarted = new ArrayList<>();

  @Test
  void eachSequencingOperatorIsKilledInTurnAndNothingGivenOutIsLost(@TempDir Path dir)
      throws Exception {
    long seed = 7;
    System.out.println("seed " + seed);
    SplittableRandom random = new SplittableRandom(seed);
    try (TestDevnet devnet =
        TestDevnet.start(dir, Lockstep.freePorts(70), "--nodes", "processes")) {
      Stream stream = new Stream(devnet, 5);
      for (int round = 0; round < OPERATORS; round++) {
        int operator = round;
        awaitSequencing(devnet, operator);
        await().atMost(PATIENCE).until(() -> !stream.given().isEmpty());
        Thread.sleep(random.nextInt(900)); // any moment of a tick
        long killedNanos = System.nanoTime();
        kill(devnet, operator);
        int before = stream.given().size();
        await().atMost(PATIENCE).until(() -> stream.given().size() > before + 1);
        long nextMs = (stream.given().get(before + 1).atNanos() - killedNanos) / 1_000_000;

        long startedNanos = System.nanoTime();
        restarted.add(
            Lockstep.start(
                List.of(
                    "node", "--config", devnet.file().nodes().get(operator).config().toString())));
        awaitSequencing(devnet, operator);
        System.out.printf(
            "operator %d killed: next preconfirmation of another after %d ms, sequences again %d ms"
                + " after its start%n",
            operator, nextMs, (System.nanoTime() - startedNanos) / 1_000_000);
      }
      stream.stop();
      assertEverythingGivenIsSafe(devnet, stream.given());
      for (int node = 0; node <= OPERATORS; node++) {
        JsonNode status = devnet.node(node).call("preconf_status");
        assertThat(status.get("promiseMismatches").asString()).as("node " + node).isEqualTo("0x0");
      }
    } finally {
      restarted.forEach(Lockstep::close);
    }
  }

  private static void awaitSequencing(TestDevnet devnet, int node) {
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(50))
        .until(() -> isSequencing(devnet.node(node)));
  }

  private static boolean isSequencing(Rpc node) throws InterruptedException {
    try {
      return node.call("preconf_status").get("sequencing").asBoolean();
    } catch (IOException e) {
      return false; // not up yet
    }
  }

  private void kill(TestDevnet devnet, int operator) throws InterruptedException {
    DevnetFile.Node node = devnet.file().nodes().get(operator);
    ProcessHandle handle = ProcessHandle.of(node.pid()).orElseThrow();
    handle.destroyForcibly();
    await().atMost(PATIENCE).until(() -> !handle.isAlive());
  }

  private static void assertEverythingGivenIsSafe(TestDevnet devnet, List<Stream.Given> given)
      throws Exception {
    assertThat(given).hasSizeGreaterThan(20);
    Rpc follower = devnet.follower();
    long last = Long.decode(given.getLast().receipt().get("blockNumber").asString());
    await()
        .atMost(PATIENCE)
        .until(() ->
            Long.decode(
                    follower.call("eth_getBlockByNumber", "safe", false).get("number").asString())
                >= last);
    for (Stream.Given one : given) {
      JsonNode safe = follower.call("eth_getTransactionReceipt", one.hash());
      assertThat(safe.isNull()).as("receipt of " + one.hash()).isFalse();
      assertThat(new Stream.Given(safe, 0).place())
          .as("place of " + one.hash())
          .isEqualTo(one.place());
      // cumulativeGasUsed counts the system transaction, whose gas depends on the block's anchor
      for (String field : List.of("status", "gasUsed", "logs", "type")) {
        assertThat(safe.get(field))
            .as(field + " of " + one.hash())
            .isEqualTo(one.receipt().get(field));
      }
    }
    for (int operator = 0; operator < OPERATORS; operator++) {
      String number = given.getLast().receipt().get("blockNumber").asString();
      int node = operator;
      await()
          .atMost(PATIENCE)
          .untilAsserted(() ->
              assertThat(devnet.node(node).call("eth_getBlockByNumber", number, false).get("hash"))
                  .isEqualTo(follower.call("eth_getBlockByNumber", number, false).get("hash")));
    }
  }
}
