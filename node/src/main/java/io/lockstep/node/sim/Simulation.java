// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.sim;

import io.lockstep.config.cli.ExitCode;
import io.lockstep.config.cli.SimOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;

/** {@code lockstep sim}: runs seeds, several at a time, and tells what came of each in order. */
public final class Simulation {
  private Simulation() {}

  /** Runs all seeds; 1 when one failed. */
  public static ExitCode run(SimOptions options, Consumer<String> out) {
    if (!options.trace()) {
      StoryLog.silence();
    }
    int failed = 0;
    Semaphore places = new Semaphore(options.threads());
    List<Future<SimResult>> runs = new ArrayList<>();
    // Virtual, as the fibers of a run are: so that passing the turn on costs little.
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < options.seeds(); i++) {
        long seed = options.firstSeed() + i;
        runs.add(
            threads.submit(() -> {
              places.acquireUninterruptibly();
              try {
                return SimRun.run(seed, options.epochs(), true, options.trace() ? out : null);
              } finally {
                places.release();
              }
            }));
      }
      for (Future<SimResult> run : runs) {
        SimResult result = run.get();
        out.accept(result.toJson().toString());
        if (!result.passed()) {
          failed++;
        }
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException("the simulation itself has failed", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return ExitCode.UNAVAILABLE;
    }
    out.accept("%d passed, %d failed".formatted(options.seeds() - failed, failed));
    return failed == 0 ? ExitCode.DONE : ExitCode.NO;
  }
}
