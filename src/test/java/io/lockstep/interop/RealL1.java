// SPDX-License-Identifier: Apache-2.0
package io.lockstep.interop;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * The EthereumJS client under a consensus node on Lodestar's packages, until closed: {@code
 * src/test/interop/l1/start.mjs}. Any thread.
 */
final class RealL1 implements AutoCloseable {
  private static final Duration START_LIMIT = Duration.ofSeconds(60);
  private static final Duration STOP_LIMIT = Duration.ofSeconds(15);

  private final Process process;
  private final URI rpc;
  private final URI beacon;

  private RealL1(Process process, URI rpc, URI beacon) {
    this.process = process;
    this.rpc = rpc;
    this.beacon = beacon;
  }

  /**
   * Starts one and waits for its first block.
   *
   * @param preset of the consensus specs: minimal or mainnet
   */
  static RealL1 start(String preset) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder("node", Npm.script("l1/start.mjs").toString(), preset)
            .redirectErrorStream(true)
            .start();
    BoundedOutput output = new BoundedOutput(process.getInputStream());
    String line = output.await(l -> l.startsWith("l1 "), START_LIMIT.toMillis());
    if (line == null) {
      stop(process);
      throw new IOException("no L1 after " + START_LIMIT.toSeconds() + " s:\n" + output.text());
    }
    int space = line.indexOf(' ', 3);
    return new RealL1(
        process, URI.create(line.substring(3, space)), URI.create(line.substring(space + 1)));
  }

  URI rpc() {
    return rpc;
  }

  URI beacon() {
    return beacon;
  }

  @Override
  public void close() {
    stop(process);
  }

  /** It ends with its input, and so would without us; its children end with it. */
  private static void stop(Process process) {
    try {
      process.getOutputStream().close();
      if (!process.waitFor(STOP_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
      }
    } catch (IOException _) {
      process.destroy();
    } catch (InterruptedException _) {
      process.destroy();
      Thread.currentThread().interrupt();
    }
  }
}
