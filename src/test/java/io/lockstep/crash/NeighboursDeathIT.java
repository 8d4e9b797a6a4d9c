// SPDX-License-Identifier: Apache-2.0
package io.lockstep.crash;

import static org.awaitility.Awaitility.await;

import io.lockstep.scenario.Lockstep;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** Two operators that follow one another die; the third carries what both have given out. */
class NeighboursDeathIT {
  @Test
  void anOperatorAndItsSuccessorDieAndNothingGivenOutIsLost(
      @TempDir(cleanup = CleanupMode.ON_SUCCESS) Path dir) throws Exception {
    long seed = 11;
    System.out.println("seed " + seed);
    SplittableRandom random = new SplittableRandom(seed);
    try (ProcessCluster cluster = ProcessCluster.start(dir, Lockstep.freePorts(70))) {
      Stream stream = new Stream(cluster.devnet(), 5);
      await().atMost(ProcessCluster.PATIENCE).until(() -> stream.given().size() > 3);

      L1Clock.Handover first = cluster.clock().nextHandover(1_000, (from, to) -> true);
      L1Clock.sleepUntil(first.atMs() - 1 - random.nextInt(900)); // in its last tick
      cluster.kill(first.from());
      cluster.awaitSequencing(first.to());
      Thread.sleep(random.nextInt(300));
      cluster.kill(first.to());
      goOnWithout(cluster, stream, first, "as soon as it had taken over");

      L1Clock.Handover second = cluster.clock().nextHandover(1_000, (from, to) -> true);
      L1Clock.sleepUntil(second.atMs() - 1 - random.nextInt(900));
      cluster.kill(second.from(), second.to());
      goOnWithout(cluster, stream, second, "before it took over");

      for (int operator = 0; operator < ProcessCluster.OPERATORS; operator++) {
        cluster.awaitSequencing(operator);
      }
      stream.stop();
      cluster.checks().assertKept(stream.given(), 20);
      cluster.checks().assertOneMind();
    }
  }

  /** The third goes on alone, then both come back. */
  private static void goOnWithout(
      ProcessCluster cluster, Stream stream, L1Clock.Handover dead, String when) throws Exception {
    long killedNanos = System.nanoTime();
    int before = stream.given().size();
    await().atMost(ProcessCluster.PATIENCE).until(() -> stream.given().size() > before + 5);
    long nextMs = (stream.given().get(before + 1).atNanos() - killedNanos) / 1_000_000;
    long startedNanos = System.nanoTime();
    cluster.restart(dead.from());
    cluster.restart(dead.to());
    cluster.awaitCaughtUp(dead.from(), dead.to());
    System.out.printf(
        "operator %d killed, operator %d %s: next preconfirmation of the third after %d ms, both"
            + " have caught up %d ms after their start%n",
        dead.from(), dead.to(), when, nextMs, (System.nanoTime() - startedNanos) / 1_000_000);
  }
}
