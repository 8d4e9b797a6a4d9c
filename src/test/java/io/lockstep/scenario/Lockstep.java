// SPDX-License-Identifier: Apache-2.0
package io.lockstep.scenario;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A run of the launcher, {@code ./lockstep …}, as a process of its own. */
public final class Lockstep implements AutoCloseable {
  private static final int FIRST_PORT = 20_000;
  private static final int PORT_BLOCK = 100;
  private static final int PORT_BLOCKS = 120;

  private final Process process;
  private final List<String> lines = new ArrayList<>();
  private final Thread reader;

  private Lockstep(Process process) {
    this.process = process;
    this.reader = Thread.ofPlatform().daemon().name("lockstep-output").start(this::read);
  }

  public static Path root() {
    return Path.of(System.getProperty("lockstep.root", ".")).toAbsolutePath().normalize();
  }

  public static Lockstep start(List<String> arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(root().resolve("lockstep").toString());
    command.addAll(arguments);
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    return new Lockstep(process);
  }

  /** What a finished run printed and how it ended. */
  public record Finished(int exitCode, String output) {}

  public static Finished run(Duration timeout, String... arguments)
      throws IOException, InterruptedException {
    try (Lockstep lockstep = start(List.of(arguments))) {
      if (!lockstep.process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new AssertionError("not ended in " + timeout + ":\n" + lockstep.output());
      }
      lockstep.reader.join(2_000);
      return new Finished(lockstep.process.exitValue(), lockstep.output());
    }
  }

  private void read() {
    try (BufferedReader in =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        synchronized (lines) {
          lines.add(line);
          lines.notifyAll();
        }
      }
    } catch (IOException e) {
      // The process is gone; what it printed is here.
      return;
    }
  }

  /**
   * Waits for a line that begins so; fails with all the output when the process ends or time is up.
   */
  public String awaitLine(String prefix, Duration timeout) throws InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    int seen = 0;
    synchronized (lines) {
      while (true) {
        for (; seen < lines.size(); seen++) {
          if (lines.get(seen).startsWith(prefix)) {
            return lines.get(seen);
          }
        }
        long leftMs = (deadline - System.nanoTime()) / 1_000_000;
        if (leftMs <= 0 || (!process.isAlive() && !reader.isAlive())) {
          throw new AssertionError("no line \"" + prefix + "\" in:\n" + String.join("\n", lines));
        }
        lines.wait(Math.min(leftMs, 200));
      }
    }
  }

  public String output() {
    synchronized (lines) {
      return String.join("\n", lines);
    }
  }

  public long pid() {
    return process.pid();
  }

  /** SIGTERM; answers the exit code. */
  public int terminate(Duration timeout) throws InterruptedException {
    // The handle leaves the output open; Process.destroy() would close it.
    process.toHandle().destroy();
    if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new AssertionError("still alive " + timeout + " after SIGTERM:\n" + output());
    }
    reader.join(2_000);
    return process.exitValue();
  }

  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }

  /**
   * A port from which {@code count}, at most 100, are free now. All are below those that Linux
   * gives to outgoing connections: one of these may take a port between this look and its use.
   */
  public static int freePorts(int count) throws IOException {
    int start = (int) (ProcessHandle.current().pid() % PORT_BLOCKS);
    for (int i = 0; i < PORT_BLOCKS; i++) {
      int base = FIRST_PORT + (start + i) % PORT_BLOCKS * PORT_BLOCK;
      if (areFree(base, count)) {
        return base;
      }
    }
    throw new IOException("no " + count + " free ports in a row");
  }

  private static boolean areFree(int base, int count) {
    for (int i = 0; i < count; i++) {
      try (ServerSocket socket = new ServerSocket(base + i)) {
        socket.setReuseAddress(true);
      } catch (IOException e) {
        return false;
      }
    }
    return true;
  }
}
