// SPDX-License-Identifier: Apache-2.0
package io.lockstep.config.cli;

import io.lockstep.config.NodeConfig;
import io.lockstep.config.table.ConfigReader;
import io.lockstep.config.table.ConfigResult;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import picocli.CommandLine.Model.CommandSpec;

/** {@code lockstep keys …}: what is done with a signing database while its node does not run. */
final class KeysCommands {
  private static final String CONFIG = "--config";
  private static final String OUT = "--out";
  private static final String STOPPED =
      "The node must not run. docs/signing-database.md says when to use this.";

  private KeysCommands() {}

  /** {@code lockstep keys export-signing-db}. */
  static final class Export implements Command {
    @Override
    public CommandSpec spec() {
      CommandSpec spec =
          Command.named(
              "export-signing-db", "Write what this operator's committer has signed.", STOPPED);
      spec.addOption(Command.option(CONFIG, "FILE", "the node's configuration"));
      spec.addOption(Command.option(OUT, "FILE", "a new file (default: stdout)"));
      return spec;
    }

    @Override
    public Invocation read(Arguments arguments, Map<String, String> environment) {
      Path out = arguments.optionalPath(OUT);
      return withOperator(
          arguments, environment, config -> new Invocation.ExportSigningDatabase(config, out));
    }
  }

  /** {@code lockstep keys import-signing-db}. */
  static final class Import implements Command {
    @Override
    public CommandSpec spec() {
      CommandSpec spec =
          Command.named(
              "import-signing-db",
              "Merge an exported signing database into this operator's.",
              STOPPED,
              "The node then listens for another signer and passes over the window that is open"
                  + " before it signs.");
      spec.addPositional(Command.positional("FILE", "1", "what export-signing-db wrote"));
      spec.addOption(Command.option(CONFIG, "FILE", "the node's configuration"));
      return spec;
    }

    @Override
    public Invocation read(Arguments arguments, Map<String, String> environment) {
      Path file = arguments.path("FILE", arguments.positional().getFirst());
      return withOperator(
          arguments, environment, config -> new Invocation.ImportSigningDatabase(config, file));
    }
  }

  /** {@code lockstep keys new-signing-db}. */
  static final class Renew implements Command {
    @Override
    public CommandSpec spec() {
      CommandSpec spec =
          Command.named(
              "new-signing-db",
              "Go on without the signing database that was lost.",
              STOPPED,
              "Use it only when no other process can sign with this key any more: what the lost"
                  + " database alone knew is not protected. The node then listens for another"
                  + " signer and passes over the window that is open before it signs.");
      spec.addOption(Command.option(CONFIG, "FILE", "the node's configuration"));
      return spec;
    }

    @Override
    public Invocation read(Arguments arguments, Map<String, String> environment) {
      return withOperator(arguments, environment, Invocation.NewSigningDatabase::new);
    }
  }

  private static Invocation withOperator(
      Arguments arguments,
      Map<String, String> environment,
      Function<NodeConfig, Invocation> invocation) {
    Path file = arguments.optionalPath(CONFIG);
    if (file == null) {
      return new Invocation.UsageError(List.of(CONFIG + ": missing"));
    }
    return switch (ConfigReader.read(file, environment, Map.of())) {
      case ConfigResult.Valid valid when valid.config().operator() == null ->
          new Invocation.UsageError(
              List.of("operator.committer-key-file: missing, a follower signs nothing"));
      case ConfigResult.Valid valid -> invocation.apply(valid.config());
      case ConfigResult.Invalid invalid -> new Invocation.UsageError(invalid.problems());
    };
  }
}
