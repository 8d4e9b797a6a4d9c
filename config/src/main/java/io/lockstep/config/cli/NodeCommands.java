// SPDX-License-Identifier: Apache-2.0
package io.lockstep.config.cli;

import io.lockstep.config.HostPort;
import io.lockstep.config.RpcConfig;
import io.lockstep.config.table.ConfigReader;
import io.lockstep.config.table.ConfigResult;
import io.lockstep.config.table.ConfigText;
import io.lockstep.config.table.Key;
import io.lockstep.config.table.Keys;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.ArgGroupSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The commands that deal with a node's configuration: node, init, config, status, doctor. */
final class NodeCommands {
  private static final String CONFIG = "--config";
  private static final String DEFAULT_FILE = "lockstep.toml";

  private NodeCommands() {}

  /** {@code lockstep node}. */
  static final class Node implements Command {
    @Override
    public CommandSpec spec() {
      CommandSpec spec =
          Command.named(
              "node",
              "Run one node: an operator if it has keys, else a follower.",
              "It runs until SIGTERM. A flag goes over the environment (LOCKSTEP_RPC_PORT for"
                  + " --rpc-port), the environment over the file.");
      spec.addOption(Command.option(CONFIG, "FILE", "configuration; lockstep init writes one"));
      addKeyFlags(spec);
      return spec;
    }

    @Override
    public Invocation read(Arguments arguments, Map<String, String> environment) {
      Path file = arguments.optionalPath(CONFIG);
      return switch (ConfigReader.read(file, environment, keyFlags(arguments))) {
        case ConfigResult.Valid valid -> new Invocation.Node(valid.config());
        case ConfigResult.Invalid invalid -> new Invocation.UsageError(invalid.problems());
      };
    }
  }

  /** {@code lockstep init}. */
  static final class Init implements Command {
    @Override
    public CommandSpec spec() {
      CommandSpec spec =
          Command.named(
              "init",
              "Write a commented configuration.",
              "The flags of lockstep node fill in its keys.");
      spec.addPositional(
          Command.positional("FILE", "0..1", "where to (default: " + DEFAULT_FILE + ")"));
      spec.addOption(Command.flag("--force", "overwrite an existing file"));
      addKeyFlags(spec);
      return spec;
    }

    @Override
    public Invocation read(Arguments arguments, Map<String, String> environment) {
      List<String> files = arguments.positional();
      Path file = arguments.path("FILE", files.isEmpty() ? DEFAULT_FILE : files.getFirst());
      String text = ConfigText.commented(keyFlags(arguments));
      return new Invocation.Init(file, arguments.isSet("--force"), text);
    }
  }

  /** {@code lockstep config --check}. */
  static final class Config implements Command {
    @Override
    public CommandSpec spec() {
      CommandSpec spec =
          Command.named(
              "config", "Check a configuration.", "Every fault is named, nothing is started.");
      spec.addOption(Command.option("--check", "FILE", "the configuration to check"));
      spec.addOption(Command.json());
      return spec;
    }

    @Override
    public Invocation read(Arguments arguments, Map<String, String> environment) {
      Path file = arguments.optionalPath("--check");
      if (file == null) {
        return new Invocation.UsageError(List.of("--check: missing"));
      }
      List<String> problems =
          switch (ConfigReader.read(file, environment, Map.of())) {
            case ConfigResult.Valid valid -> List.of();
            case ConfigResult.Invalid invalid -> invalid.problems();
          };
      return new Invocation.ConfigCheck(file, problems, arguments.isSet("--json"));
    }
  }

  /** {@code lockstep status}. */
  static final class Status implements Command {
    @Override
    public CommandSpec spec() {
      CommandSpec spec = Command.named("status", "Ask a running node what it is and where it is.");
      spec.addOption(Command.option(CONFIG, "FILE", "the node's configuration"));
      spec.addOption(Command.option("--rpc", "URL", "the node's JSON-RPC, instead of --config"));
      spec.addOption(Command.json());
      return spec;
    }

    @Override
    public Invocation read(Arguments arguments, Map<String, String> environment) {
      URI rpc = arguments.optionalUrl("--rpc");
      Path file = arguments.optionalPath(CONFIG);
      boolean json = arguments.isSet("--json");
      if (rpc != null) {
        return new Invocation.Status(rpc, json);
      }
      if (file == null) {
        return new Invocation.UsageError(List.of("one of --config and --rpc is needed"));
      }
      return switch (ConfigReader.read(file, environment, Map.of())) {
        case ConfigResult.Valid valid -> new Invocation.Status(urlOf(valid.config().rpc()), json);
        case ConfigResult.Invalid invalid -> new Invocation.UsageError(invalid.problems());
      };
    }

    /** A server on all interfaces is asked on loopback. */
    private static URI urlOf(RpcConfig rpc) {
      String host =
          switch (rpc.host()) {
            case "0.0.0.0" -> "127.0.0.1";
            case "::", "[::]" -> "::1";
            default -> rpc.host();
          };
      return URI.create("http://" + new HostPort(host, rpc.port()));
    }
  }

  /** {@code lockstep doctor}. */
  static final class Doctor implements Command {
    @Override
    public CommandSpec spec() {
      CommandSpec spec =
          Command.named(
              "doctor",
              "Look at what surrounds a node: L1 endpoints, clock, contracts, keys, disk.",
              "One line each: ok, warn or fail, and what to do. Exit 1 when anything failed. Nothing"
                  + " is started and nothing is changed.");
      spec.addOption(Command.option(CONFIG, "FILE", "the node's configuration"));
      spec.addOption(Command.json());
      return spec;
    }

    @Override
    public Invocation read(Arguments arguments, Map<String, String> environment) {
      Path file = arguments.optionalPath(CONFIG);
      if (file == null) {
        return new Invocation.UsageError(List.of("--config: missing"));
      }
      return switch (ConfigReader.read(file, environment, Map.of())) {
        case ConfigResult.Valid valid ->
            new Invocation.Doctor(valid.config(), arguments.isSet("--json"));
        case ConfigResult.Invalid invalid -> new Invocation.UsageError(invalid.problems());
      };
    }
  }

  private static void addKeyFlags(CommandSpec spec) {
    Keys.sectionDescriptions()
        .forEach((section, description) -> {
          ArgGroupSpec.Builder group =
              ArgGroupSpec.builder()
                  .validate(false)
                  .heading("%n[" + section + "] " + description + "%n");
          for (Key<?> key : Keys.all()) {
            if (key.section().equals(section)) {
              group.addArg(keyFlag(key));
            }
          }
          spec.addArgGroup(group.build());
        });
  }

  private static OptionSpec keyFlag(Key<?> key) {
    String[] names =
        key.shortFlag() == null
            ? new String[] {key.flag()}
            : new String[] {key.shortFlag(), key.flag()};
    return OptionSpec.builder(names)
        .type(key.isList() ? String[].class : String.class)
        .arity("1")
        .paramLabel(label(key))
        .description(
            key.description()
                + (key.isList() ? "; repeatable" : "")
                + " ("
                + (key.defaultInWords().equals("required")
                    ? "required"
                    : "default: " + key.defaultInWords())
                + ")")
        .build();
  }

  private static String label(Key<?> key) {
    String meaning = key.meaning();
    if (meaning.startsWith("number")) {
      return "N";
    }
    if (meaning.contains("URL")) {
      return "URL";
    }
    if (meaning.contains("HOST:PORT")) {
      return "HOST:PORT";
    }
    if (meaning.startsWith("host")) {
      return "HOST";
    }
    return meaning.contains("path of") ? "FILE" : meaning.contains("path") ? "DIR" : "WORD";
  }

  private static Map<Key<?>, List<String>> keyFlags(Arguments arguments) {
    Map<Key<?>, List<String>> flags = new LinkedHashMap<>();
    for (Key<?> key : Keys.all()) {
      List<String> texts = new ArrayList<>(arguments.texts(key.flag()));
      if (!texts.isEmpty()) {
        flags.put(key, texts);
      }
    }
    return flags;
  }
}
