// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.main;

import io.lockstep.config.cli.EvmRunOptions;
import io.lockstep.config.cli.ExitCode;
import io.lockstep.config.cli.FixtureOptions;
import io.lockstep.execution.evm.Engine;
import io.lockstep.execution.evm.Tracer;
import io.lockstep.execution.fixture.BlockTestRunner;
import io.lockstep.execution.fixture.BlockTime;
import io.lockstep.execution.fixture.CaseResult;
import io.lockstep.execution.fixture.EvmRun;
import io.lockstep.execution.fixture.Fixtures;
import io.lockstep.execution.fixture.StateTestRunner;
import io.lockstep.execution.fixture.TraceLines;
import io.lockstep.execution.fixture.TransactionTestRunner;
import io.lockstep.execution.fork.Fork;
import io.lockstep.primitives.uint.UInt256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** {@code lockstep evm run / statetest / blocktest / transactiontest}: the EVM by itself. */
final class EvmCommands {
  private static final long WARM_UP_NANOS = 1_000_000_000;
  private static final long MEASURED_NANOS = 2_000_000_000;
  private static final int MOST_TIMES = 1_000_000;

  private EvmCommands() {}

  static ExitCode run(EvmRunOptions options) {
    Fork fork = Fork.named(options.fork());
    if (fork == null) {
      System.err.println("lockstep: no fork is named " + options.fork());
      return ExitCode.USAGE;
    }
    Engine engine = engine(options.engine());
    if (engine == null) {
      return ExitCode.USAGE;
    }
    EvmRun.Call call =
        new EvmRun.Call(
            options.code(), options.input(), UInt256.of(options.valueWei()), options.gasLimit());
    EvmRun.Result result = EvmRun.run(call, fork, engine, tracer(options.trace()));
    ObjectNode out = JsonNodeFactory.instance.objectNode();
    out.put("success", result.success())
        .put("error", result.error())
        .put("output", result.output().toHex())
        .put("gasUsed", result.gasUsed());
    if (options.bench()) {
      long runNanos = runNanos(() -> EvmRun.run(call, fork, engine, null));
      out.put("runNanos", runNanos)
          .put("mgasPerSecond", Math.round(result.gasUsed() * 1e4 / runNanos) / 10.0);
    }
    if (options.json()) {
      System.out.println(out);
    } else {
      System.out.println(result.success() ? "success" : "failed: " + result.error());
      System.out.println("output  " + result.output());
      System.out.println("gas     " + result.gasUsed());
      if (options.bench()) {
        System.out.println("time    " + out.get("runNanos") + " ns");
        System.out.println("speed   " + out.get("mgasPerSecond") + " Mgas/s");
      }
    }
    return result.success() ? ExitCode.DONE : ExitCode.NO;
  }

  /** The median time of a run, once it has run for a second. */
  private static long runNanos(Runnable run) {
    timesOf(run, WARM_UP_NANOS);
    List<Long> nanos = timesOf(run, MEASURED_NANOS);
    Collections.sort(nanos);
    return Math.max(1, nanos.get(nanos.size() / 2));
  }

  private static List<Long> timesOf(Runnable run, long forNanos) {
    List<Long> times = new ArrayList<>();
    long began = System.nanoTime();
    long now = began;
    while (now - began < forNanos || times.isEmpty()) {
      run.run();
      long then = now;
      now = System.nanoTime();
      if (times.size() < MOST_TIMES) {
        times.add(now - then);
      }
    }
    return times;
  }

  /** Writes steps to stderr, so that stdout stays what it is without. */
  private static @Nullable Tracer tracer(boolean isWanted) {
    return isWanted ? TraceLines.tracer(System.err::println) : null;
  }

  static ExitCode stateTest(FixtureOptions options) {
    Engine engine = engine(options.engine());
    return engine == null
        ? ExitCode.USAGE
        : runAll(options, new StateTestRunner(engine, tracer(options.trace()))::run, _ -> {});
  }

  static ExitCode blockTest(FixtureOptions options) {
    Engine engine = engine(options.engine());
    if (engine == null) {
      return ExitCode.USAGE;
    }
    BlockTestRunner runner = new BlockTestRunner(engine, tracer(options.trace()));
    return runAll(
        options,
        runner::run,
        out -> {
          if (options.time()) {
            BlockTime last = runner.lastBlock();
            out.put("lastBlockGas", last.gas())
                .put("lastBlockMs", Math.round(last.nanos() / 1e3) / 1e3)
                .put("lastBlockCpuMs", Math.round(last.cpuNanos() / 1e3) / 1e3)
                .put("mgasPerSecond", Math.round(last.mgasPerSecond() * 10) / 10.0);
          }
        });
  }

  static ExitCode transactionTest(FixtureOptions options) {
    return runAll(options, new TransactionTestRunner()::run, _ -> {});
  }

  private static @Nullable Engine engine(String name) {
    Engine engine = Engine.named(name);
    if (engine == null) {
      System.err.println("lockstep: no engine is named " + name);
    }
    return engine;
  }

  @FunctionalInterface
  private interface Runner {
    void run(Path file, Consumer<CaseResult> results) throws IOException;
  }

  /**
   * Runs all files.
   *
   * @param more adds to the line of the case that has just run
   */
  private static ExitCode runAll(FixtureOptions options, Runner runner, Consumer<ObjectNode> more) {
    long[] counts = new long[2];
    Consumer<CaseResult> print =
        result -> {
          if (result.isUnread() || isWanted(options, result)) {
            counts[result.pass() ? 0 : 1]++;
            ObjectNode line = json(result);
            more.accept(line);
            System.out.println(line);
          }
        };
    List<Path> files = files(options);
    if (files.isEmpty()) {
      System.err.println("lockstep: no .json, .json.gz, .jsonl or .jsonl.gz file there");
    }
    for (Path file : files) {
      try {
        runner.run(file, print);
      } catch (IOException e) {
        print.accept(CaseResult.unread(file.toString(), "cannot be read: " + e.getMessage()));
      }
    }
    System.out.println(counts[0] + " passed, " + counts[1] + " failed");
    return counts[1] == 0 ? ExitCode.DONE : ExitCode.NO;
  }

  private static boolean isWanted(FixtureOptions options, CaseResult result) {
    String fork = options.fork();
    String name = options.name();
    return (fork == null || fork.equals(result.fork()) || result.fork().isEmpty())
        && (name == null || result.name().contains(name));
  }

  private static List<Path> files(FixtureOptions options) {
    return options.files().stream().flatMap(EvmCommands::fixturesIn).toList();
  }

  private static Stream<Path> fixturesIn(Path path) {
    if (!Files.isDirectory(path)) {
      return Stream.of(path);
    }
    try (Stream<Path> found = Files.walk(path)) {
      return found.filter(Fixtures::isFixture).sorted().toList().stream();
    } catch (IOException e) {
      return Stream.of(path);
    }
  }

  private static ObjectNode json(CaseResult result) {
    ObjectNode out = JsonNodeFactory.instance.objectNode();
    out.put("name", result.name())
        .put("fork", result.fork())
        .put("pass", result.pass())
        .put("stateRoot", result.stateRoot())
        .put("error", result.error());
    return out;
  }
}
