// SPDX-License-Identifier: Apache-2.0
package io.lockstep.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lockstep.config.cluster.DevnetFile;
import io.lockstep.scenario.Lockstep;
import io.lockstep.scenario.Rpc;
import io.lockstep.scenario.TestDevnet;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A copied folder and a lost signing database, as an operator would meet them. */
class SigningDatabaseIT {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final List<Lockstep> nodes = new ArrayList<>();

  @Test
  void aTwinAndANodeWithoutItsSigningDatabaseSignNothing(@TempDir Path dir) throws Exception {
    int port = Lockstep.freePorts(90);
    try (TestDevnet devnet = TestDevnet.start(dir.resolve("net"), port, "--nodes", "processes")) {
      DevnetFile.Node first = devnet.file().nodes().getFirst();
      awaitSequencing(first.rpc());
      kill(first.pid());
      Path copy = dir.resolve("copy");
      copyFolder(first.dataDir(), copy);
      start("node", "--config", first.config().toString());
      URI twin = URI.create("http://127.0.0.1:" + (port + 80));
      start(
          "node",
          "--config",
          first.config().toString(),
          "--data-dir",
          copy.toString(),
          "--rpc-port",
          Integer.toString(port + 80));
      awaitSequencing(first.rpc());
      await()
          .atMost(PATIENCE)
          .until(() -> {
            JsonNode status = status(twin);
            assertThat(status.path("sequencing").asBoolean(false)).as("the twin signs").isFalse();
            return status.path("state").asString("").equals("SAFE_HALT");
          });
      assertThat(status(twin).get("why").asString())
          .containsAnyOf(
              "the signing database is older than what this key has signed",
              "another process signs with this committer key");
      assertThat(status(first.rpc()).get("state").asString()).isNotEqualTo("SAFE_HALT");

      DevnetFile.Node second = devnet.file().nodes().get(1);
      kill(second.pid());
      Path signing = second.dataDir().resolve("signing");
      Path away = dir.resolve("away");
      Files.move(signing, away);
      Lockstep without = start("node", "--config", second.config().toString());
      await()
          .atMost(PATIENCE)
          .until(() -> status(second.rpc()).path("state").asString("").equals("SAFE_HALT"));
      assertThat(status(second.rpc()).get("why").asString())
          .contains("signing database is missing")
          .contains("import-signing-db");
      without.terminate(Duration.ofSeconds(20));
      Files.move(away, signing);
      start("node", "--config", second.config().toString());
      awaitSequencing(second.rpc());
    } finally {
      nodes.forEach(Lockstep::close);
    }
  }

  private Lockstep start(String... arguments) throws IOException {
    Lockstep node = Lockstep.start(List.of(arguments));
    nodes.add(node);
    return node;
  }

  private static void awaitSequencing(URI rpc) {
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(50))
        .until(() -> status(rpc).path("sequencing").asBoolean(false));
  }

  /** Empty while the node is not up yet. */
  private static JsonNode status(URI rpc) throws InterruptedException {
    try {
      return new Rpc(rpc).call("preconf_status");
    } catch (IOException e) {
      return Rpc.JSON.createObjectNode();
    }
  }

  private static void kill(long pid) {
    ProcessHandle handle = ProcessHandle.of(pid).orElseThrow();
    handle.destroyForcibly();
    await().atMost(PATIENCE).until(() -> !handle.isAlive());
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
