// SPDX-License-Identifier: Apache-2.0
package io.lockstep.interop;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * An anvil of Osaka rules on a free port of the loopback, until closed: an L1 that is not ours, or
 * a reference that the wallets' scripts must pass against. Its ten accounts are the test
 * mnemonic's. Any thread.
 */
public final class AnvilProcess implements AutoCloseable {
  private static final String LISTENING = "Listening on 127.0.0.1:";
  private static final Duration START_LIMIT = Duration.ofSeconds(30);
  private static final Duration STOP_LIMIT = Duration.ofSeconds(5);

  private final Process process;
  private final BoundedOutput output;
  private final Thread onJvmExit;
  private final int port;

  private AnvilProcess(Process process, BoundedOutput output, Thread onJvmExit, int port) {
    this.process = process;
    this.output = output;
    this.onJvmExit = onJvmExit;
    this.port = port;
  }

  /**
   * Starts one and waits until it listens.
   *
   * @param options further ones of anvil, such as {@code --block-time 2 --chain-id 900}
   */
  public static AnvilProcess start(String... options) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Npm.nativeProgram("anvil").toString());
    // Port 0: anvil takes a free one and says which, so no two runs can choose the same.
    command.addAll(List.of("--hardfork", "osaka", "--host", "127.0.0.1", "--port", "0"));
    command.addAll(List.of(options));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    Thread onJvmExit = Thread.ofPlatform().unstarted(process::destroyForcibly);
    Runtime.getRuntime().addShutdownHook(onJvmExit);
    int port = -1;
    try {
      process.getOutputStream().close();
      BoundedOutput output = new BoundedOutput(process.getInputStream());
      String line = output.await(l -> l.startsWith(LISTENING), START_LIMIT.toMillis());
      if (line == null) {
        throw new IOException(
            "anvil has ended, or does not listen after "
                + START_LIMIT.toSeconds()
                + " s:\n"
                + output.text());
      }
      port = Integer.parseInt(line.substring(LISTENING.length()).strip());
      return new AnvilProcess(process, output, onJvmExit, port);
    } finally {
      if (port < 0) {
        process.destroyForcibly();
        Runtime.getRuntime().removeShutdownHook(onJvmExit);
      }
    }
  }

  /** JSON-RPC over HTTP; also the beacon API that anvil has ({@code /eth/v1/beacon/blobs/…}). */
  public URI rpc() {
    return URI.create("http://127.0.0.1:" + port);
  }

  /** JSON-RPC over WebSocket. */
  public URI ws() {
    return URI.create("ws://127.0.0.1:" + port);
  }

  public long pid() {
    return process.pid();
  }

  /** What anvil printed, for a failing test. */
  public String output() {
    return output.text();
  }

  /**
   * Ends it by its pid: asked first, then killed; killed at once when the thread is interrupted.
   */
  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(STOP_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly().waitFor(STOP_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
      }
    } catch (InterruptedException _) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    Runtime.getRuntime().removeShutdownHook(onJvmExit);
  }
}
