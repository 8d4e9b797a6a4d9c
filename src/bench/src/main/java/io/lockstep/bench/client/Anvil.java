// SPDX-License-Identifier: Apache-2.0
package io.lockstep.bench.client;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The anvil of the interoperability tests as a process of this one, on a free port of the loopback
 * interface. The main thread; closing ends it.
 */
public final class Anvil implements AutoCloseable {
  private static final Path PACKAGES = Path.of("src/test/interop/node_modules/@foundry-rs");
  private static final String LISTENING = "Listening on ";

  /** What it prints until it listens: keys and accounts, some 50 lines. */
  private static final int MOST_LINES = 500;

  private final Process process;
  private final URI endpoint;

  private Anvil(Process process, URI endpoint) {
    this.process = process;
    this.endpoint = endpoint;
  }

  /** The program in the checkout that the launcher stands in, or null when it is not installed. */
  private static @Nullable Path program() {
    Path launcher = Path.of(System.getProperty("lockstep.launcher", "lockstep")).toAbsolutePath();
    Path root = launcher.getParent();
    return root == null ? null : program(root);
  }

  private static @Nullable Path program(Path root) {
    String os = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
    String platform = os.startsWith("mac") ? "darwin" : os.startsWith("win") ? "win32" : "linux";
    String arch = System.getProperty("os.arch", "").equals("aarch64") ? "arm64" : "amd64";
    Path bin = root.resolve(PACKAGES).resolve("anvil-" + platform + "-" + arch).resolve("bin");
    Path program = bin.resolve(platform.equals("win32") ? "anvil.exe" : "anvil");
    return Files.isExecutable(program) ? program : null;
  }

  /** Starts the installed one with options, or gives null after a word on how to get it. */
  public static @Nullable Anvil startInstalled(List<String> options) throws IOException {
    Path program = program();
    if (program == null) {
      System.err.println(
          "lockstep: no anvil to compare with; npm ci --ignore-scripts --prefix src/test/interop"
              + " installs it, --reference URL names a node that runs");
      return null;
    }
    return start(program, options);
  }

  /** Starts it; it chooses the port. */
  private static Anvil start(Path program, List<String> options) throws IOException {
    List<String> command = new ArrayList<>(List.of(program.toString(), "--port", "0"));
    command.addAll(options);
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    for (int i = 0; i < MOST_LINES; i++) {
      String line = lines.readLine();
      if (line == null) {
        break;
      }
      if (line.startsWith(LISTENING)) {
        String address = line.substring(LISTENING.length()).strip();
        Thread.ofVirtual().start(() -> drain(lines));
        return new Anvil(process, URI.create("http://" + address));
      }
    }
    process.destroyForcibly();
    throw new IOException(program + " did not begin to listen");
  }

  /** Reads its log of requests away, so that it never waits for us. */
  private static void drain(BufferedReader lines) {
    try {
      while (lines.readLine() != null) {
        // nothing of interest
      }
    } catch (IOException _) {
      // it has ended
    }
  }

  public URI endpoint() {
    return endpoint;
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(5, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException _) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
