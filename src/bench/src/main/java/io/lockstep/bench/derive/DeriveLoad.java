// SPDX-License-Identifier: Apache-2.0
package io.lockstep.bench.derive;

import io.lockstep.bench.batch.Traffic;
import io.lockstep.bench.derive.PostedBatches.Posted;
import io.lockstep.config.cli.BenchDeriveOptions;
import io.lockstep.config.cli.ExitCode;
import io.lockstep.execution.state.Genesis;
import io.lockstep.l1client.L1Exception;
import io.lockstep.node.main.DeriveBenchmark;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.sequencer.derive.BatchReader;
import io.lockstep.sequencer.derive.Derivation;
import io.lockstep.sequencer.derive.FetchedBatch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code lockstep bench derive}: how fast a node that catches up derives its chain from call data
 * and blobs, half transfers of ether and half of tokens, and where the work lies. L1's own answers
 * take no time here. One thread; derivation reads ahead on others.
 */
public final class DeriveLoad implements DeriveBenchmark {
  private static final long SEED = 901;
  private static final int TOKENS = 2;
  private static final long DAY_SECONDS = 86_400;

  /** Found as a service. */
  public DeriveLoad() {}

  @Override
  public ExitCode run(BenchDeriveOptions options) {
    try {
      Path dir = Files.createTempDirectory("lockstep-bench-derive");
      try {
        measure(options, dir);
      } finally {
        delete(dir);
      }
      return ExitCode.DONE;
    } catch (IOException | UncheckedIOException | DecodeException | L1Exception e) {
      System.err.println("lockstep: " + e.getMessage());
      return ExitCode.UNAVAILABLE;
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return ExitCode.NO;
    }
  }

  private static void measure(BenchDeriveOptions options, Path dir)
      throws DecodeException, L1Exception, InterruptedException {
    Traffic traffic = new Traffic(SEED, options.accounts(), TOKENS);
    Genesis genesis = BenchCluster.genesis(traffic);
    PostedBatches l1;
    try (BenchCluster builder = new BenchCluster(dir.resolve("builder"), genesis)) {
      l1 = new PostedBatches(builder, traffic, options.batches(), options.transactions());
    }
    int warmUp = options.batches() / 5;
    List<Posted> measured = l1.posted().subList(warmUp, options.batches());
    long nanos = 0;
    long blocks = 0;
    try (BenchCluster cluster = new BenchCluster(dir.resolve("derived"), genesis)) {
      for (int i = 0; i < options.batches(); i++) {
        long before = cluster.cluster.safeHeight();
        long start = System.nanoTime();
        derive(cluster, l1, l1.posted().get(i));
        if (i >= warmUp) {
          nanos += System.nanoTime() - start;
          blocks += cluster.cluster.safeHeight() - before;
        }
      }
    }
    StagedRun staged;
    try (BenchCluster cluster = new BenchCluster(dir.resolve("staged"), genesis)) {
      staged = new StagedRun(cluster, l1);
      for (int i = 0; i < options.batches(); i++) {
        if (i == warmUp) {
          staged.forget();
        }
        staged.run(l1.posted().get(i));
      }
    }
    long transactions = measured.stream().mapToLong(Posted::transactions).sum();
    report(options, blocks, transactions, nanos, staged);
  }

  private static void derive(BenchCluster cluster, PostedBatches l1, Posted posted)
      throws L1Exception, InterruptedException {
    BatchReader reader = new BatchReader(BenchCluster.RULES, l1::block);
    FetchedBatch batch = reader.read(posted.at(), posted.batch(), posted::blobs);
    Derivation.Outcome outcome = cluster.derivation.apply(posted.at(), batch);
    if (outcome instanceof Derivation.Outcome.Skipped skipped) {
      throw new IllegalStateException("a batch derives to nothing: " + skipped.why());
    }
  }

  private static void report(
      BenchDeriveOptions options, long blocks, long transactions, long nanos, StagedRun staged) {
    double perSecond = transactions * 1e9 / nanos;
    double dayHours = options.transactions() * DAY_SECONDS / perSecond / 3_600;
    if (options.json()) {
      ObjectNode out =
          JsonNodeFactory.instance
              .objectNode()
              .put("blocks", blocks)
              .put("transactions", transactions)
              .put("accounts", options.accounts())
              .put("blocksPerSecond", Math.round(blocks * 1e9 / nanos))
              .put("transactionsPerSecond", Math.round(perSecond))
              .put("hoursForADay", Math.round(dayHours * 100) / 100.0);
      out.putObject("percentOfWork")
          .put("decode", percent(staged.decodeNanos, staged))
          .put("recover", percent(staged.recoverNanos, staged))
          .put("execute", percent(staged.executeNanos, staged))
          .put("roots", percent(staged.rootNanos, staged))
          .put("commit", percent(staged.commitNanos, staged));
      System.out.println(out);
      return;
    }
    System.out.printf(
        Locale.ROOT,
        "derived    %,d blocks with %,d transactions among %,d accounts: %,.0f blocks/s, %,.0f"
            + " tx/s%n",
        blocks,
        transactions,
        options.accounts(),
        blocks * 1e9 / nanos,
        perSecond);
    System.out.printf(
        Locale.ROOT, "a day      of %,d tx/s takes %.2f hours%n", options.transactions(), dayHours);
    System.out.printf(
        Locale.ROOT,
        "the work   decompression and decoding %d %%, senders %d %%, execution %d %%, state and"
            + " other roots %d %%, commit %d %%; on one thread %,.0f tx/s%n",
        percent(staged.decodeNanos, staged),
        percent(staged.recoverNanos, staged),
        percent(staged.executeNanos, staged),
        percent(staged.rootNanos, staged),
        percent(staged.commitNanos, staged),
        transactions * 1e9 / staged.total());
  }

  private static long percent(long nanos, StagedRun staged) {
    return Math.round(100.0 * nanos / staged.total());
  }

  private static void delete(Path dir) throws IOException {
    try (Stream<Path> all = Files.walk(dir)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
