// SPDX-License-Identifier: Apache-2.0
package io.lockstep.bench.state;

import com.sun.management.ThreadMXBean;
import io.lockstep.bench.state.BenchChain.Times;
import io.lockstep.config.cli.BenchStateOptions;
import io.lockstep.config.cli.ExitCode;
import io.lockstep.execution.journal.StateDiff;
import io.lockstep.node.main.StateBenchmark;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.tx.Transaction;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * {@code lockstep bench state}: how fast blocks of transfers and of token transfers are executed,
 * hashed, sealed and committed to RocksDB, with senders and recipients among all accounts of the
 * state. The main thread executes, the store's own threads compact.
 */
public final class StateLoad implements StateBenchmark {
  private static final int FILL_ACCOUNTS = 25_000;
  private static final int ROOT_ACCOUNTS = 5_000;
  private static final int ROOT_ROUNDS = 9;
  private static final long SEED = 901;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /** Found as a service. */
  public StateLoad() {}

  @Override
  public ExitCode run(BenchStateOptions options) {
    try {
      Path dir = Files.createTempDirectory("lockstep-bench-state");
      try {
        measure(options, dir);
      } finally {
        delete(dir);
      }
      return ExitCode.DONE;
    } catch (IOException | UncheckedIOException | DecodeException e) {
      System.err.println("lockstep: " + e.getMessage());
      return ExitCode.UNAVAILABLE;
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return ExitCode.NO;
    }
  }

  private static void measure(BenchStateOptions options, Path dir)
      throws DecodeException, InterruptedException {
    StateReport report = new StateReport(options.json());
    Population people = new Population(SEED);
    int sending = 2 * options.blocks() * options.transactions();
    people.grow(Math.max(1, options.accounts() - sending));
    List<List<Transaction>> plain = new ArrayList<>();
    List<List<Transaction>> token = new ArrayList<>();
    for (int i = 0; i < options.blocks(); i++) {
      plain.add(people.transfers(options.transactions()));
      token.add(people.tokenTransfers(options.transactions()));
    }
    long recovery = Long.MAX_VALUE;
    for (int i = 0; i < options.blocks(); i++) {
      recovery = Math.min(recovery, SenderRecovery.nanos(plain.get(i)));
      recovery = Math.min(recovery, SenderRecovery.nanos(token.get(i)));
    }
    report.senders(options.transactions() * 1e9 / recovery);
    try (BenchChain chain = new BenchChain(dir)) {
      long start = System.nanoTime();
      for (StateDiff change : people.changes(FILL_ACCOUNTS)) {
        chain.fill(change);
      }
      report.filled(people.size(), System.nanoTime() - start);
      report.root(ROOT_ACCOUNTS, rootNanos(chain, people));
      blocks("transfers", chain, plain, report);
      blocks("token transfers", chain, token, report);
      report.end();
    }
  }

  private static long rootNanos(BenchChain chain, Population people) {
    long[] nanos = new long[ROOT_ROUNDS];
    for (int i = 0; i < ROOT_ROUNDS; i++) {
      nanos[i] = chain.rootNanos(people.someChange(ROOT_ACCOUNTS));
    }
    Arrays.sort(nanos);
    return nanos[ROOT_ROUNDS / 2];
  }

  /** Runs blocks, of which the first half is to warm up. */
  private static void blocks(
      String what, BenchChain chain, List<List<Transaction>> blocks, StateReport report) {
    List<Times> times = new ArrayList<>();
    long allocated = 0;
    for (int i = 0; i < blocks.size(); i++) {
      List<Transaction> block = blocks.get(i);
      long before = THREADS.getCurrentThreadAllocatedBytes();
      Times took = chain.run(block);
      allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
      if (chain.succeeded() != block.size()) {
        throw new IllegalStateException("some " + what + " failed");
      }
      if (i >= blocks.size() / 2) {
        times.add(took);
      }
    }
    times.sort(Comparator.comparingLong(Times::total));
    int count = blocks.getLast().size();
    report.blocks(what, count, times.get(times.size() / 2), allocated / count);
  }

  private static void delete(Path dir) throws IOException {
    try (Stream<Path> all = Files.walk(dir)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
