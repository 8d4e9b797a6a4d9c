// SPDX-License-Identifier: Apache-2.0
package io.lockstep.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lockstep.scenario.Lockstep;
import io.lockstep.scenario.Rpc;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A copied folder and a lost signing database, as an operator would meet them. */
class SigningDatabaseIT {
  @Test
  void aTwinAndANodeWithoutItsSigningDatabaseSignNothing(
      @TempDir(cleanup = CleanupMode.ON_SUCCESS) Path dir) throws Exception {
    int port = Lockstep.freePorts(90);
    try (ProcessCluster cluster = ProcessCluster.start(dir.resolve("net"), port)) {
      cluster.awaitSequencing(0);
      cluster.kill(0);
      Path copy = dir.resolve("copy");
      copyFolder(cluster.node(0).dataDir(), copy);
      cluster.restart(0);
      Rpc twin = new Rpc(URI.create("http://127.0.0.1:" + (port + 80)));
      cluster.launch(
          "node",
          "--config",
          cluster.node(0).config().toString(),
          "--data-dir",
          copy.toString(),
          "--rpc-port",
          Integer.toString(port + 80));
      cluster.awaitSequencing(0);
      awaitHaltUnsigned(twin);
      assertThat(ProcessCluster.status(twin).get("why").asString())
          .containsAnyOf(
              "the signing database is older than what this key has signed",
              "another process signs with this committer key");
      assertThat(cluster.status(0).get("state").asString()).isNotEqualTo("SAFE_HALT");

      cluster.kill(1);
      Path signing = cluster.node(1).dataDir().resolve("signing");
      Path away = dir.resolve("away");
      Files.move(signing, away);
      cluster.restart(1);
      awaitHaltUnsigned(cluster.devnet().node(1));
      assertThat(cluster.status(1).get("why").asString())
          .contains("signing database is missing")
          .contains("import-signing-db");
      cluster.stop(1);
      Files.move(away, signing);
      cluster.restart(1);
      cluster.awaitSequencing(1);
    }
  }

  private static void awaitHaltUnsigned(Rpc node) {
    await()
        .atMost(ProcessCluster.PATIENCE)
        .until(() -> {
          JsonNode status = ProcessCluster.status(node);
          assertThat(status.path("sequencing").asBoolean(false)).as("it signs").isFalse();
          return status.path("state").asString("").equals("SAFE_HALT");
        });
  }

  private static void copyFolder(Path from, Path to) throws IOException {
    try (Stream<Path> all = Files.walk(from)) {
      for (Path path : all.toList()) {
        Path target = to.resolve(from.relativize(path).toString());
        if (Files.isDirectory(path)) {
          Files.createDirectories(target);
        } else {
          Files.copy(path, target);
        }
      }
    }
  }
}
