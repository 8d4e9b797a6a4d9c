// SPDX-License-Identifier: Apache-2.0
package io.lockstep.crash;

import static org.awaitility.Awaitility.await;

import io.lockstep.scenario.Lockstep;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Real processes, kill -9: every transaction whose receipt was given out is on the safe chain in
 * the end, in the block and at the place that its receipt named.
 */
class OperatorDeathIT {
  @Test
  void eachSequencingOperatorIsKilledInTurnAndNothingGivenOutIsLost(
      @TempDir(cleanup = CleanupMode.ON_SUCCESS) Path dir) throws Exception {
    long seed = 7;
    System.out.println("seed " + seed);
    SplittableRandom random = new SplittableRandom(seed);
    try (ProcessCluster cluster = ProcessCluster.start(dir, Lockstep.freePorts(70))) {
      Stream stream = new Stream(cluster.devnet(), 5);
      for (int operator = 0; operator < ProcessCluster.OPERATORS; operator++) {
        cluster.awaitSequencing(operator);
        await().atMost(ProcessCluster.PATIENCE).until(() -> !stream.given().isEmpty());
        Thread.sleep(random.nextInt(900)); // any moment of a tick
        long killedNanos = System.nanoTime();
        cluster.kill(operator);
        int before = stream.given().size();
        await().atMost(ProcessCluster.PATIENCE).until(() -> stream.given().size() > before + 1);
        long nextMs = (stream.given().get(before + 1).atNanos() - killedNanos) / 1_000_000;

        long startedNanos = System.nanoTime();
        cluster.restart(operator);
        cluster.awaitSequencing(operator);
        System.out.printf(
            "operator %d killed: next preconfirmation of another after %d ms, sequences again %d ms"
                + " after its start%n",
            operator, nextMs, (System.nanoTime() - startedNanos) / 1_000_000);
      }
      stream.stop();
      cluster.checks().assertKept(stream.given(), 20);
      cluster.checks().assertOneMind();
    }
  }
}
