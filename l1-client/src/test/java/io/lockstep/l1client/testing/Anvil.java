// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.opentest4j.TestAbortedException;

/**
 * A real execution client in a process of its own: foundry's anvil under Osaka rules, mining on
 * demand, on a loopback port that it chooses. Present where the interop tests' packages are
 * installed, or where LOCKSTEP_ANVIL names the binary.
 */
public final class Anvil implements AutoCloseable {
  /** Its first funded account, of the well-known test mnemonic. */
  public static final String FUNDED_KEY =
      "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";

  private final Process process;
  private final String url;

  private Anvil(Process process, String url) {
    this.process = process;
    this.url = url;
  }

  /** Starts it; where it is not installed the test is skipped. */
  public static Anvil startOrSkip() throws IOException {
    Path binary = binary();
    if (binary == null) {
      throw new TestAbortedException(
          "skipped: anvil is not installed (npm ci in src/test/interop)");
    }
    return start(binary);
  }

  private static @Nullable Path binary() {
    String named = System.getenv("LOCKSTEP_ANVIL");
    Path path =
        named != null
            ? Path.of(named)
            : Path.of(
                System.getProperty("lockstep.root", ".."),
                "src/test/interop/node_modules/@foundry-rs/anvil-linux-amd64/bin/anvil");
    return Files.isExecutable(path) ? path : null;
  }

  private static Anvil start(Path binary) throws IOException {
    List<String> command =
        List.of(
            binary.toString(),
            "--hardfork",
            "osaka",
            "--chain-id",
            "900",
            "--slots-in-an-epoch",
            "4",
            "--host",
            "127.0.0.1",
            "--port",
            "0");
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    BufferedReader out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      if (line.startsWith("Listening on ")) {
        Thread.ofVirtual().start(() -> drain(out));
        return new Anvil(process, "http://" + line.substring("Listening on ".length()).strip());
      }
    }
    process.destroyForcibly();
    throw new IOException("anvil did not start");
  }

  private static void drain(BufferedReader out) {
    try {
      while (out.readLine() != null) {
        // its log is of no interest, but a full pipe would stop it
      }
    } catch (IOException e) {
      // it has ended
    }
  }

  public String url() {
    return url;
  }

  @Override
  public void close() {
    process.destroyForcibly();
    process.onExit().join();
  }
}
