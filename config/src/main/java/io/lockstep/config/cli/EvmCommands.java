// SPDX-License-Identifier: Apache-2.0
package io.lockstep.config.cli;

import io.lockstep.primitives.types.Bytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** {@code lockstep evm run / statetest / blocktest / transactiontest / rpctest}. */
final class EvmCommands {
  private static final long MAX_CODE_FILE_BYTES = 16 << 20;

  private EvmCommands() {}

  /** {@code lockstep evm run}. */
  static final class Run implements Command {
    @Override
    public CommandSpec spec() {
      CommandSpec spec =
          Command.named("run", "Run code and print what it returns and the gas it used.");
      spec.addOption(Command.option("--code", "HEX", "the code"));
      spec.addOption(
          Command.option("--code-file", "FILE", "code as hex in a file, or - for stdin"));
      spec.addOption(Command.option("--input", "HEX", "0x", "call data"));
      spec.addOption(Command.option("--gas", "N", "30000000", "gas the call may use"));
      spec.addOption(Command.option("--value", "WEI", "0", "value of the call"));
      spec.addOption(Command.option("--fork", "NAME", "Osaka", "rules to run under"));
      spec.addOption(engine("register"));
      spec.addOption(trace());
      spec.addOption(Command.flag("--bench", "run it for some seconds and print its speed"));
      spec.addOption(Command.json());
      return spec;
    }

    @Override
    public Invocation read(Arguments arguments, Map<String, String> environment) {
      return new Invocation.EvmRun(
          new EvmRunOptions(
              code(arguments),
              arguments.hex("--input", String.valueOf(arguments.text("--input"))),
              arguments.number("--gas", 1, 1L << 40),
              arguments.number("--value", 0, Long.MAX_VALUE),
              String.valueOf(arguments.text("--fork")),
              String.valueOf(arguments.text("--engine")),
              arguments.isSet("--trace"),
              arguments.isSet("--bench"),
              arguments.isSet("--json")));
    }

    private static Bytes code(Arguments arguments) {
      String code = arguments.text("--code");
      String file = arguments.text("--code-file");
      if ((code == null) == (file == null)) {
        arguments.problem("one of --code and --code-file is needed");
        return Bytes.EMPTY;
      }
      if (file == null) {
        return arguments.hex("--code", String.valueOf(code));
      }
      try {
        return arguments.hex("--code-file", read(arguments, file).strip());
      } catch (IOException e) {
        arguments.problem("--code-file: %s cannot be read".formatted(file));
        return Bytes.EMPTY;
      }
    }

    private static String read(Arguments arguments, String file) throws IOException {
      if (file.equals("-")) {
        byte[] bytes = System.in.readNBytes((int) MAX_CODE_FILE_BYTES);
        return new String(bytes, StandardCharsets.US_ASCII);
      }
      Path path = arguments.path("--code-file", file);
      if (Files.size(path) > MAX_CODE_FILE_BYTES) {
        throw new IOException("more than " + MAX_CODE_FILE_BYTES + " bytes");
      }
      return Files.readString(path, StandardCharsets.US_ASCII);
    }
  }

  /** {@code lockstep evm statetest}. */
  static final class StateTest implements Command {
    @Override
    public CommandSpec spec() {
      return fixtures("statetest", "Run state tests");
    }

    @Override
    public Invocation read(Arguments arguments, Map<String, String> environment) {
      return new Invocation.EvmStateTest(options(arguments, false));
    }
  }

  /** {@code lockstep evm blocktest}. */
  static final class BlockTest implements Command {
    @Override
    public CommandSpec spec() {
      CommandSpec spec = fixtures("blocktest", "Run blockchain tests");
      spec.addOption(
          Command.flag("--time", "tell the milliseconds and Mgas/s of each case's last block"));
      return spec;
    }

    @Override
    public Invocation read(Arguments arguments, Map<String, String> environment) {
      return new Invocation.EvmBlockTest(options(arguments, arguments.isSet("--time")));
    }
  }

  /** {@code lockstep evm transactiontest}: nothing runs, so there is no engine and no trace. */
  static final class TransactionTest implements Command {
    @Override
    public CommandSpec spec() {
      return files("transactiontest", "Run transaction tests");
    }

    @Override
    public Invocation read(Arguments arguments, Map<String, String> environment) {
      return new Invocation.EvmTransactionTest(options(arguments, false));
    }
  }

  /** {@code lockstep evm rpctest}. */
  static final class RpcTest implements Command {
    private static final String CHAIN = "--chain";
    private static final String TESTS = "--tests";

    @Override
    public CommandSpec spec() {
      CommandSpec spec =
          Command.named(
              "rpctest",
              "Play JSON-RPC conversations of execution-apis.",
              "The chain is imported from its first block, its proof-of-work seals unchecked, and"
                  + " served on the loopback. One JSON object per .io file, in order of path; exit"
                  + " code 1 if one failed.");
      spec.addOption(Command.option(CHAIN, "DIR", "folder of genesis.json and chain.rlp"));
      spec.addOption(Command.option(TESTS, "DIR", "folder of .io files, in folders or not"));
      return spec;
    }

    @Override
    public Invocation read(Arguments arguments, Map<String, String> environment) {
      return new Invocation.EvmRpcTest(folder(arguments, CHAIN), folder(arguments, TESTS));
    }

    private static Path folder(Arguments arguments, String flag) {
      Path folder = arguments.optionalPath(flag);
      if (folder == null) {
        arguments.problem(flag + ": missing");
        return Path.of("");
      }
      if (!Files.isDirectory(folder)) {
        arguments.problem("%s: %s is not a folder".formatted(flag, folder));
      }
      return folder;
    }
  }

  private static CommandSpec fixtures(String name, String what) {
    CommandSpec spec = files(name, what);
    spec.addOption(engine("eager"));
    spec.addOption(trace());
    return spec;
  }

  private static CommandSpec files(String name, String what) {
    CommandSpec spec =
        Command.named(
            name,
            what + " of the public fixture format.",
            "One JSON object per case; exit code 1 if one failed.");
    spec.addPositional(
        Command.positional(
            "FILE", "1..*", ".json and .jsonl files, plain or .gz, or folders of them"));
    spec.addOption(Command.option("--fork", "NAME", "only cases of this fork"));
    spec.addOption(Command.option("--name", "TEXT", "only cases whose name contains this"));
    return spec;
  }

  private static OptionSpec trace() {
    return Command.flag("--trace", "write every step to stderr as a JSON object (EIP-3155)");
  }

  private static OptionSpec engine(String usual) {
    return Command.option(
        "--engine",
        "NAME",
        usual,
        "plain; register, which translates code that is worth it; eager, which translates all");
  }

  private static FixtureOptions options(Arguments arguments, boolean time) {
    List<Path> files =
        arguments.positional().stream().map(text -> arguments.path("FILE", text)).toList();
    for (Path file : files) {
      if (!Files.exists(file)) {
        arguments.problem("FILE: %s does not exist".formatted(file));
      }
    }
    return new FixtureOptions(
        files,
        arguments.text("--fork"),
        arguments.text("--name"),
        String.valueOf(arguments.text("--engine")),
        arguments.isSet("--trace"),
        time);
  }
}
