// SPDX-License-Identifier: Apache-2.0
package io.lockstep.config.cli;

import io.lockstep.config.cluster.ClusterFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;

/** {@code lockstep snapshot …}: a stopped node's state into a file, and out of it. */
final class SnapshotCommands {
  private static final String DATA_DIR = "--data-dir";
  private static final String AT = "--at";

  private SnapshotCommands() {}

  /** {@code lockstep snapshot export}. */
  static final class Export implements Command {
    @Override
    public CommandSpec spec() {
      CommandSpec spec =
          Command.named(
              "export",
              "Write the state that a stopped node derived from L1 to a file.",
              "Finalized is the newest state that L1 can no longer take back; a snapshot of the safe"
                  + " one is of no use when L1 reorganizes below it.");
      addPlace(spec);
      spec.addOption(Command.option("--out", "FILE", "a new file"));
      spec.addOption(Command.option(AT, "finalized|safe", "finalized", "which state"));
      return spec;
    }

    @Override
    public Invocation read(Arguments arguments, Map<String, String> environment) {
      Path dir = required(arguments, DATA_DIR);
      Path out = required(arguments, "--out");
      ClusterFile cluster = arguments.cluster();
      String at = String.valueOf(arguments.text(AT));
      if (!at.equals("finalized") && !at.equals("safe")) {
        arguments.problem("%s: \"%s\" is not finalized or safe".formatted(AT, at));
      }
      return cluster == null
          ? new Invocation.UsageError(List.of())
          : new Invocation.ExportSnapshot(dir, cluster, out, at);
    }
  }

  /** {@code lockstep snapshot import}. */
  static final class Import implements Command {
    @Override
    public CommandSpec spec() {
      CommandSpec spec =
          Command.named(
              "import",
              "Begin a node's databases from a snapshot.",
              "The state is proved by the block's header, and the header by nothing: compare the"
                  + " block's hash, which is printed, with one that you trust. A node that is then"
                  + " started derives on from there.");
      addPlace(spec);
      spec.addOption(Command.option("--in", "FILE", "what snapshot export wrote"));
      return spec;
    }

    @Override
    public Invocation read(Arguments arguments, Map<String, String> environment) {
      Path dir = required(arguments, DATA_DIR);
      Path in = required(arguments, "--in");
      ClusterFile cluster = arguments.cluster();
      return cluster == null
          ? new Invocation.UsageError(List.of())
          : new Invocation.ImportSnapshot(dir, cluster, in);
    }
  }

  private static void addPlace(CommandSpec spec) {
    spec.addOption(Command.option(DATA_DIR, "DIR", "folder of the node's databases"));
    spec.addOption(Command.option(Arguments.CLUSTER, "FILE", "the deployment the node belongs to"));
  }

  private static Path required(Arguments arguments, String flag) {
    Path path = arguments.optionalPath(flag);
    if (path == null) {
      arguments.problem("%s: missing".formatted(flag));
      return Path.of("");
    }
    return path;
  }
}
