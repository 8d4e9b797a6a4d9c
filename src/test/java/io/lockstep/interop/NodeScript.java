// SPDX-License-Identifier: Apache-2.0
package io.lockstep.interop;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * One run of a script of {@code src/test/interop} ({@code .mjs} by node, {@code .sh} by bash) to
 * its end.
 *
 * @param command what was run, without arguments, which may be keys
 * @param exitCode the script's own
 * @param output stdout and stderr together, the last 2,000 lines
 */
public record NodeScript(String command, int exitCode, String output) {
  private static final long OUTPUT_GRACE_MS = 2_000;

  /**
   * Runs a script.
   *
   * @throws AssertionError when it has not ended by itself in time; it is killed then, with what it
   *     started
   */
  public static NodeScript run(Duration timeout, String script, String... arguments)
      throws IOException, InterruptedException {
    Path file = Npm.script(script);
    List<String> command = new ArrayList<>();
    command.add(script.endsWith(".sh") ? "bash" : "node");
    command.add(file.toString());
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command)
            .directory(Npm.folder().toFile())
            .redirectErrorStream(true)
            .start();
    process.getOutputStream().close();
    BoundedOutput output = new BoundedOutput(process.getInputStream());
    try {
      if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new AssertionError(
            script + " has not ended in " + timeout.toSeconds() + " s:\n" + output.text());
      }
      output.awaitEnd(OUTPUT_GRACE_MS);
      return new NodeScript(script, process.exitValue(), output.text());
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  /** Runs a script and fails with all it printed unless it ends with 0. */
  public static NodeScript runAndPass(Duration timeout, String script, String... arguments)
      throws IOException, InterruptedException {
    NodeScript run = run(timeout, script, arguments);
    run.assertExitCode(0);
    return run;
  }

  /** Fails with all the script printed unless it ended so. */
  public void assertExitCode(int expected) {
    if (exitCode != expected) {
      throw new AssertionError(
          command + " ended with " + exitCode + ", not " + expected + ":\n" + output);
    }
  }
}
