// SPDX-License-Identifier: Apache-2.0
package io.lockstep.config.cli;

import io.lockstep.config.NodeConfig;
import io.lockstep.config.secret.KeyFile;
import io.lockstep.config.secret.KeyPassword;
import io.lockstep.config.table.ConfigReader;
import io.lockstep.config.table.ConfigResult;
import io.lockstep.primitives.crypto.SecretKey;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/**
 * {@code lockstep keys …}: what is done with key files, and with a signing database while its node
 * does not run.
 */
final class KeysCommands {
  private static final String CONFIG = "--config";
  private static final String OUT = "--out";
  private static final String PASSWORD_FILE = "--password-file";
  private static final String STOPPED =
      "The node must not run. docs/signing-database.md says when to use this.";

  private KeysCommands() {}

  /** {@code lockstep keys encrypt}. */
  static final class Encrypt implements Command {
    @Override
    public CommandSpec spec() {
      CommandSpec spec =
          Command.named(
              "encrypt",
              "Put a key file under a password.",
              "Writes a keystore (Web3 Secret Storage 3, scrypt), as geth and Web3Signer read it.",
              "The plain file stays: delete it once the keystore is tried with lockstep keys show.");
      spec.addPositional(Command.positional("FILE", "1", "a key file with 32 bytes of hex"));
      spec.addOption(Command.option(OUT, "FILE", "a new file, for its owner alone"));
      password(spec);
      return spec;
    }

    @Override
    public Invocation read(Arguments arguments, Map<String, String> environment) {
      Path file = arguments.path("FILE", arguments.positional().getFirst());
      Path out = arguments.optionalPath(OUT);
      if (out == null) {
        arguments.problem(OUT + ": missing");
      }
      KeyPassword password = password(arguments, environment);
      if (password == null && !arguments.isSet(PASSWORD_FILE)) {
        arguments.problem("%s: missing, or give %s".formatted(PASSWORD_FILE, KeyPassword.VARIABLE));
      }
      SecretKey key = null;
      try {
        key = KeyFile.read(file, null);
      } catch (KeyFile.UnusableKeyException e) {
        arguments.problem(String.valueOf(e.getMessage()));
      }
      return key == null || password == null || out == null
          ? new Invocation.UsageError(List.of())
          : new Invocation.EncryptKey(key, password, out);
    }
  }

  /** {@code lockstep keys show}. */
  static final class Show implements Command {
    @Override
    public CommandSpec spec() {
      CommandSpec spec =
          Command.named(
              "show",
              "Say whose keys these files hold.",
              "With a password, encrypted ones are opened; else the address is what they say.");
      spec.addPositional(Command.positional("FILE", "1..*", "key files"));
      password(spec);
      return spec;
    }

    @Override
    public Invocation read(Arguments arguments, Map<String, String> environment) {
      List<Path> files =
          arguments.positional().stream().map(text -> arguments.path("FILE", text)).toList();
      return new Invocation.ShowKeys(files, password(arguments, environment));
    }
  }

  private static void password(CommandSpec spec) {
    spec.addOption(
        Command.option(
            PASSWORD_FILE,
            "FILE",
            "its first line is the password (else the environment's "
                + KeyPassword.VARIABLE
                + ")"));
  }

  private static @Nullable KeyPassword password(
      Arguments arguments, Map<String, String> environment) {
    Path file = arguments.optionalPath(PASSWORD_FILE);
    if (file == null) {
      return KeyPassword.from(environment);
    }
    try {
      return KeyPassword.read(file);
    } catch (KeyFile.UnusableKeyException e) {
      arguments.problem("%s: %s".formatted(PASSWORD_FILE, e.getMessage()));
      return null;
    }
  }

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
