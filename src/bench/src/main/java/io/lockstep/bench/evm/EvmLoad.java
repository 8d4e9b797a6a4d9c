// SPDX-License-Identifier: Apache-2.0
package io.lockstep.bench.evm;

import com.sun.management.ThreadMXBean;
import io.lockstep.bench.client.Anvil;
import io.lockstep.config.cli.BenchEvmOptions;
import io.lockstep.config.cli.ExitCode;
import io.lockstep.execution.evm.Engine;
import io.lockstep.execution.fixture.EvmRun;
import io.lockstep.execution.fork.Fork;
import io.lockstep.node.main.EvmBenchmark;
import io.lockstep.primitives.types.Bytes;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code lockstep bench evm}: how long each program takes on each engine, and by eth_call on a
 * reference and on a running node where there are any: the median of rounds in which they take
 * turns. The main thread.
 */
public final class EvmLoad implements EvmBenchmark {
  /** What a node gives an eth_call at most; no program needs more. */
  private static final long GAS = 100_000_000;

  private static final long REFERENCE_GAS_LIMIT = 1_000_000_000;

  /** The loops use nothing newer, and Osaka's cap on gas would end them. */
  private static final Fork FORK = Fork.PRAGUE;

  private static final int WARM_UP_ROUNDS = 12;
  private static final int REMOTE_WARM_UP_ROUNDS = 4;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /** Found as a service. */
  public EvmLoad() {}

  @Override
  public ExitCode run(BenchEvmOptions options) {
    try (Anvil anvil = options.reference() == null ? anvil() : null) {
      URI reference = anvil == null ? options.reference() : anvil.endpoint();
      return measureAll(options, reference);
    } catch (IOException e) {
      System.err.println("lockstep: " + e.getMessage());
      return ExitCode.UNAVAILABLE;
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return ExitCode.NO;
    }
  }

  /** An anvil from the interoperability tests' packages, or null after a word on how to get it. */
  private static @Nullable Anvil anvil() throws IOException {
    return Anvil.startInstalled(
        List.of("--hardfork", "prague", "--gas-limit", Long.toString(REFERENCE_GAS_LIMIT)));
  }

  private static ExitCode measureAll(BenchEvmOptions options, @Nullable URI referenceAt)
      throws IOException, InterruptedException {
    URI nodeAt = options.node();
    try (Reference reference = referenceAt == null ? null : new Reference(referenceAt);
        Reference node = nodeAt == null ? null : new Reference(nodeAt)) {
      List<Timing> timings = new ArrayList<>();
      EvmReport.head(options.json());
      for (Loop loop : Loop.all()) {
        Timing timing = measure(loop, reference, node, options.rounds());
        timings.add(timing);
        EvmReport.line(timing, options.json());
      }
      EvmReport.end(timings, options.json());
    }
    return ExitCode.DONE;
  }

  private static Timing measure(
      Loop loop, @Nullable Reference reference, @Nullable Reference node, int rounds)
      throws IOException, InterruptedException {
    EvmRun.Result first = ours(loop, Engine.PLAIN);
    Bytes word = first.output();
    for (int i = 0; i < WARM_UP_ROUNDS; i++) {
      same(loop, word, ours(loop, Engine.PLAIN).output());
      same(loop, word, ours(loop, Engine.REGISTER).output());
      if (i < REMOTE_WARM_UP_ROUNDS) {
        theirs(loop, word, node);
        theirs(loop, word, reference);
      }
    }
    double[] plain = new double[rounds];
    double[] register = new double[rounds];
    double[] byReference = new double[rounds];
    double[] byNode = new double[rounds];
    for (int i = 0; i < rounds; i++) {
      long start = System.nanoTime();
      ours(loop, Engine.PLAIN);
      long middle = System.nanoTime();
      ours(loop, Engine.REGISTER);
      long end = System.nanoTime();
      plain[i] = (middle - start) / 1e6;
      register[i] = (end - middle) / 1e6;
      byReference[i] = theirs(loop, word, reference);
      byNode[i] = theirs(loop, word, node);
    }
    long before = THREADS.getCurrentThreadAllocatedBytes();
    ours(loop, Engine.REGISTER);
    long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
    return new Timing(
        loop.name(),
        loop.isMixed(),
        first.gasUsed(),
        Timing.median(plain),
        Timing.median(register),
        Timing.median(byReference),
        Timing.median(byNode),
        allocated);
  }

  private static EvmRun.Result ours(Loop loop, Engine engine) throws IOException {
    EvmRun.Result result = EvmRun.run(loop.code(), Bytes.EMPTY, GAS, FORK, engine, null);
    if (!result.success()) {
      throw new IOException(loop.name() + " fails: " + result.error());
    }
    return result;
  }

  /** Milliseconds; NaN without anyone to ask. */
  private static double theirs(Loop loop, Bytes expected, @Nullable Reference other)
      throws IOException, InterruptedException {
    if (other == null) {
      return Double.NaN;
    }
    long start = System.nanoTime();
    same(loop, expected, other.call(loop.code(), GAS));
    return (System.nanoTime() - start) / 1e6;
  }

  private static void same(Loop loop, Bytes expected, Bytes found) throws IOException {
    if (!found.equals(expected)) {
      throw new IOException(loop.name() + " gave " + found + " after " + expected);
    }
  }
}
