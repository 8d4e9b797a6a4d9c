// SPDX-License-Identifier: Apache-2.0
package io.lockstep.bench.evm;

import io.lockstep.config.cli.BenchEvmOptions;
import io.lockstep.config.cli.ExitCode;
import io.lockstep.execution.evm.Engine;
import io.lockstep.execution.fixture.EvmRun;
import io.lockstep.execution.fork.Fork;
import io.lockstep.node.main.EvmBenchmark;
import io.lockstep.primitives.types.Bytes;
import java.io.IOException;
import java.net.URI;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code lockstep bench evm}: milliseconds of each program on each engine, the median of rounds in
 * which they take turns. The main thread.
 */
public final class EvmLoad implements EvmBenchmark {
  private static final long GAS = 900_000_000;

  /** The loops use nothing newer, and Osaka's cap on gas would end them. */
  private static final Fork FORK = Fork.PRAGUE;

  private static final int WARM_UP_ROUNDS = 12;

  /** Milliseconds; NaN for a reference that there is not. */
  private record Timing(String name, double plain, double register, double reference) {}

  /** Found as a service. */
  public EvmLoad() {}

  @Override
  public ExitCode run(BenchEvmOptions options) {
    URI endpoint = options.reference();
    try (Reference reference = endpoint == null ? null : new Reference(endpoint)) {
      if (!options.json()) {
        System.out.printf(
            "%-12s %10s %10s %10s %s%n",
            "program", "plain", "register", "reference", "ms; how many times as fast");
      }
      ObjectNode all = JsonNodeFactory.instance.objectNode();
      for (Loop loop : Loop.all()) {
        Timing timing = measure(loop, reference, options.rounds());
        if (options.json()) {
          all.putObject(timing.name)
              .put("plainMs", timing.plain)
              .put("registerMs", timing.register)
              .put("referenceMs", timing.reference);
        } else {
          print(timing);
        }
      }
      if (options.json()) {
        System.out.println(all);
      }
      return ExitCode.DONE;
    } catch (IOException e) {
      System.err.println("lockstep: " + e.getMessage());
      return ExitCode.UNAVAILABLE;
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return ExitCode.NO;
    }
  }

  private static Timing measure(Loop loop, @Nullable Reference reference, int rounds)
      throws IOException, InterruptedException {
    Bytes word = ours(loop, Engine.PLAIN);
    for (int i = 0; i < WARM_UP_ROUNDS; i++) {
      same(loop, word, ours(loop, Engine.PLAIN));
      same(loop, word, ours(loop, Engine.REGISTER));
    }
    double[] plain = new double[rounds];
    double[] register = new double[rounds];
    double[] other = new double[rounds];
    Arrays.fill(other, Double.NaN);
    for (int i = 0; i < rounds; i++) {
      long start = System.nanoTime();
      ours(loop, Engine.PLAIN);
      long middle = System.nanoTime();
      ours(loop, Engine.REGISTER);
      long end = System.nanoTime();
      plain[i] = (middle - start) / 1e6;
      register[i] = (end - middle) / 1e6;
      if (reference != null) {
        start = System.nanoTime();
        same(loop, word, reference.call(loop.code(), GAS));
        other[i] = (System.nanoTime() - start) / 1e6;
      }
    }
    return new Timing(loop.name(), median(plain), median(register), median(other));
  }

  private static Bytes ours(Loop loop, Engine engine) throws IOException {
    EvmRun.Result result = EvmRun.run(loop.code(), Bytes.EMPTY, GAS, FORK, engine, null);
    if (!result.success()) {
      throw new IOException(loop.name() + " fails: " + result.error());
    }
    return result.output();
  }

  private static void same(Loop loop, Bytes expected, Bytes found) throws IOException {
    if (!found.equals(expected)) {
      throw new IOException(loop.name() + " gave " + found + " after " + expected);
    }
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  private static void print(Timing t) {
    System.out.printf(
        Locale.ROOT,
        "%-12s %10.1f %10.1f %10.1f   plain %.2f, register %.2f%n",
        t.name,
        t.plain,
        t.register,
        t.reference,
        t.reference / t.plain,
        t.reference / t.register);
  }
}
