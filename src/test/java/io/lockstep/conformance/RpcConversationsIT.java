// SPDX-License-Identifier: Apache-2.0
package io.lockstep.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.scenario.Lockstep;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** JSON-RPC as execution-apis has it: every conversation of the vectors, through the command. */
class RpcConversationsIT {
  private static final Duration LIMIT = Duration.ofMinutes(5);

  private static Path folder() {
    String given = System.getenv("LOCKSTEP_SHARED");
    Path shared =
        given != null
            ? Path.of(given)
            : Path.of(System.getProperty("lockstep.root", "."), "..", "shared");
    return shared.resolve("vectors").resolve("json-rpc").normalize();
  }

  @Test
  void everyConversationGoesAsRecorded() throws Exception {
    Path folder = folder();
    Assumptions.assumeTrue(
        Files.exists(folder.resolve("chain.rlp")),
        () -> "no JSON-RPC vectors at " + folder + ": skipped");
    long files;
    try (var all = Files.walk(folder)) {
      files = all.filter(file -> file.toString().endsWith(".io")).count();
    }
    Lockstep.Finished run =
        Lockstep.run(
            LIMIT, "evm", "rpctest", "--chain", folder.toString(), "--tests", folder.toString());
    String faults =
        run.output()
            .lines()
            .filter(line -> line.contains("\"pass\":false"))
            .reduce("", (a, b) -> a + "\n" + b);
    assertThat(run.exitCode()).as(faults).isZero();
    assertThat(run.output().strip()).endsWith(files + " passed, 0 failed");
  }
}
