// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.devnet;

import io.lockstep.config.NodeConfig;
import io.lockstep.config.cli.CommandLineParser;
import io.lockstep.config.cli.Invocation;
import io.lockstep.config.cluster.DevnetFile;
import io.lockstep.node.wire.LockstepNode;
import io.lockstep.node.wire.StartFailure;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A node of the devnet, in this process or in one of its own. */
sealed interface RunningNode extends AutoCloseable {
  long pid();

  @Override
  void close();

  /** In this process. */
  record Inside(LockstepNode node) implements RunningNode {
    @Override
    public long pid() {
      return ProcessHandle.current().pid();
    }

    @Override
    public void close() {
      node.close();
    }
  }

  /** A child process. */
  record Child(Process process) implements RunningNode {
    private static final long END_SECONDS = 8;

    @Override
    public long pid() {
      return process.pid();
    }

    @Override
    public void close() {
      process.destroy();
      try {
        if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
          process.destroyForcibly();
        }
      } catch (InterruptedException e) {
        process.destroyForcibly();
        Thread.currentThread().interrupt();
      }
    }
  }

  /**
   * Arguments of the node's command. An operator that starts for the very first time has no twin;
   * it is told so here and not in its file, so that a copy of its folder does listen for one.
   */
  private static List<String> arguments(DevnetLayout.Place place) {
    List<String> arguments =
        new ArrayList<>(List.of("node", "--config", place.config().toString()));
    if (place.role() == DevnetFile.Role.OPERATOR && Files.notExists(place.dataDir())) {
      arguments.addAll(List.of("--operator-doppelganger-epochs", "0"));
    }
    return arguments;
  }

  /** In this process; the environment goes over the node's file as it does in one of its own. */
  static RunningNode inside(DevnetLayout.Place place) throws DevnetFailure {
    Invocation invocation = CommandLineParser.parse(arguments(place), System.getenv());
    if (!(invocation instanceof Invocation.Node(NodeConfig config))) {
      throw new DevnetFailure(false, place.config() + " is not a node's: " + invocation);
    }
    try {
      return new Inside(LockstepNode.start(config, System::currentTimeMillis));
    } catch (StartFailure e) {
      throw new DevnetFailure(place.name() + " cannot start: " + e.text(), e);
    }
  }

  /**
   * The same Java with the same flags and class path, running {@code node --config} of its own
   * file.
   */
  static RunningNode child(DevnetLayout.Place place) throws DevnetFailure {
    List<String> command = new ArrayList<>();
    command.add(System.getProperty("java.home") + File.separator + "bin" + File.separator + "java");
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(
        List.of("-cp", System.getProperty("java.class.path"), "io.lockstep.node.main.Main"));
    command.addAll(arguments(place));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("LOCKSTEP_DEVNET_PID", Long.toString(ProcessHandle.current().pid()));
    builder.redirectErrorStream(true);
    builder.redirectOutput(
        ProcessBuilder.Redirect.appendTo(place.dir().resolve("node.log").toFile()));
    try {
      Process process = builder.start();
      process.getOutputStream().close();
      return new Child(process);
    } catch (IOException e) {
      throw new DevnetFailure(place.name() + " cannot start: " + e.getMessage(), e);
    }
  }
}
