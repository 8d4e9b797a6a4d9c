// SPDX-License-Identifier: Apache-2.0
package io.lockstep.config.cli;

import io.lockstep.config.table.Nearest;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * Turns arguments into an {@link Invocation}. It reads the files that arguments name, runs nothing
 * and prints nothing. One thread, at start-up.
 */
public final class CommandLineParser {
  private final IdentityHashMap<CommandSpec, Command> commands = new IdentityHashMap<>();
  private final CommandLine commandLine;

  private CommandLineParser() {
    CommandSpec root =
        Command.named(
            "lockstep",
            "A based-rollup node: L1 proposers sequence, users get stake-backed preconfirmations.");
    root.addOption(
        OptionSpec.builder("-V", "--version")
            .versionHelp(true)
            .description("print the version")
            .build());
    root.usageMessage()
        .footer(
            "%nStart with: lockstep devnet%nHelp on a command: lockstep COMMAND --help",
            "",
            "Exit codes: 0 yes or done, 1 ran and the answer is no, 2 wrong usage or configuration,",
            "3 could not be done.");
    add(root, new DevnetCommand());
    add(root, new NodeCommands.Node());
    add(root, new NodeCommands.Init());
    add(root, new NodeCommands.Config());
    add(root, new NodeCommands.Status());
    add(root, new NodeCommands.Doctor());
    add(root, new DeployCommand());
    add(root, new OperatorCommands.Register());
    add(root, new OperatorCommands.Rotate());
    add(root, new OperatorCommands.TopUp());
    OperatorCommands.simple().forEach(command -> add(root, command));
    add(root, new OperatorCommands.Rescue());
    CommandSpec keys = Command.named("keys", "An operator's keys and what they have signed.");
    add(keys, new KeysCommands.Encrypt());
    add(keys, new KeysCommands.Show());
    add(keys, new KeysCommands.Export());
    add(keys, new KeysCommands.Import());
    add(keys, new KeysCommands.Renew());
    root.addSubcommand("keys", keys);
    CommandSpec snapshot = Command.named("snapshot", "A node's state as a file.");
    add(snapshot, new SnapshotCommands.Export());
    add(snapshot, new SnapshotCommands.Import());
    root.addSubcommand("snapshot", snapshot);
    add(root, new VerifyCommand());
    add(root, new ExportCommand());
    CommandSpec evm = Command.named("evm", "The EVM by itself.");
    add(evm, new EvmCommands.Run());
    add(evm, new EvmCommands.StateTest());
    add(evm, new EvmCommands.BlockTest());
    add(evm, new EvmCommands.TransactionTest());
    add(evm, new EvmCommands.RpcTest());
    root.addSubcommand("evm", evm);
    add(root, new SimCommand());
    CommandSpec bench = Command.named("bench", "Measurements of running nodes and of their parts.");
    add(bench, new BenchCommand());
    add(bench, new BenchRpcCommand());
    add(bench, new BenchEvmCommand());
    add(bench, new BenchStateCommand());
    add(bench, new BenchProofsCommand());
    add(bench, new BenchBatchCommand());
    add(bench, new BenchDeriveCommand());
    add(bench, new BenchFanoutCommand());
    root.addSubcommand("bench", bench);
    commandLine = new CommandLine(root);
  }

  private void add(CommandSpec parent, Command command) {
    CommandSpec spec = command.spec();
    commands.put(spec, command);
    parent.addSubcommand(spec.name(), spec);
  }

  /**
   * What {@code args} ask for.
   *
   * @param environment the process' environment, which configures a node too
   */
  public static Invocation parse(List<String> args, Map<String, String> environment) {
    return new CommandLineParser().read(args, environment);
  }

  /** The version line. */
  public static String version() {
    Properties properties = new Properties();
    try (InputStream in =
        CommandLineParser.class.getResourceAsStream("/io/lockstep/config/version.properties")) {
      if (in == null) {
        throw new IllegalStateException("version.properties is not in the build");
      }
      properties.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return "lockstep %s (Java %s)".formatted(properties.get("version"), Runtime.version());
  }

  private Invocation read(List<String> args, Map<String, String> environment) {
    ParseResult parsed;
    try {
      parsed = commandLine.parseArgs(args.toArray(String[]::new));
    } catch (UnmatchedArgumentException e) {
      return usageError(
          unknown(e.getUnmatched().getFirst(), e.getCommandLine()), e.getCommandLine());
    } catch (ParameterException e) {
      return usageError(List.of(String.valueOf(e.getMessage())), e.getCommandLine());
    }
    while (parsed.hasSubcommand() && !parsed.isUsageHelpRequested()) {
      parsed = parsed.subcommand();
    }
    CommandLine deepest = parsed.commandSpec().commandLine();
    if (parsed.isUsageHelpRequested()) {
      return new Invocation.Help(deepest.getUsageMessage(CommandLine.Help.Ansi.OFF));
    }
    if (parsed.isVersionHelpRequested()) {
      return new Invocation.Version(version());
    }
    Command command = commands.get(parsed.commandSpec());
    if (command == null) {
      return usageError(List.of("Missing command"), deepest);
    }
    Arguments arguments = new Arguments(parsed, environment);
    Invocation invocation = command.read(arguments, environment);
    List<String> problems = new ArrayList<>(arguments.problems());
    if (invocation instanceof Invocation.UsageError error) {
      problems.addAll(error.problems());
    }
    return problems.isEmpty() ? invocation : usageError(problems, deepest);
  }

  private static List<String> unknown(String argument, CommandLine command) {
    CommandSpec spec = command.getCommandSpec();
    boolean isOption = argument.startsWith("-");
    Set<String> known = isOption ? spec.optionsMap().keySet() : command.getSubcommands().keySet();
    if (known.isEmpty()) {
      return List.of("%s: not expected here".formatted(argument));
    }
    return List.of(
        "%s: unknown %s, did you mean %s?"
            .formatted(argument, isOption ? "option" : "command", Nearest.to(argument, known)));
  }

  private static Invocation.UsageError usageError(List<String> problems, CommandLine command) {
    List<String> lines = new ArrayList<>();
    // picocli's messages can have several lines
    problems.forEach(problem -> lines.addAll(problem.lines().toList()));
    lines.add("Help: " + command.getCommandSpec().qualifiedName() + " --help");
    return new Invocation.UsageError(lines);
  }
}
