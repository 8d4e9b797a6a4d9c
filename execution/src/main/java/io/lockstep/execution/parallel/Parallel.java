// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.parallel;

import java.util.List;
import java.util.concurrent.ForkJoinTask;

/**
 * Runs parts of one piece of work on the common pool and the calling thread together, and returns
 * when all are done; the first failure comes out. The parts share nothing that changes. Any thread.
 */
public final class Parallel {
  private Parallel() {}

  /** Runs all. */
  public static void run(List<Runnable> parts) {
    if (parts.size() < 2) {
      parts.forEach(Runnable::run);
    } else {
      ForkJoinTask.invokeAll(parts.stream().map(ForkJoinTask::adapt).toList());
    }
  }

  /** Runs two parts, beside each other where they are {@code large}: some 50 microseconds. */
  public static void both(boolean large, Runnable first, Runnable second) {
    if (large) {
      ForkJoinTask.invokeAll(ForkJoinTask.adapt(first), ForkJoinTask.adapt(second));
    } else {
      first.run();
      second.run();
    }
  }
}
