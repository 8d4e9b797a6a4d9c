// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.parallel;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ForkJoinTask;
import java.util.function.IntConsumer;

/**
 * Runs parts of one piece of work on the common pool and the calling thread together, and returns
 * when all are done; the first failure comes out. The parts share nothing that changes. Any thread.
 */
public final class Parallel {
  /** So many small steps pay for handing them to another thread. */
  private static final int RANGE = 512;

  private Parallel() {}

  /** Runs all. */
  public static void run(List<Runnable> parts) {
    if (parts.size() < 2) {
      parts.forEach(Runnable::run);
    } else {
      ForkJoinTask.invokeAll(parts.stream().map(ForkJoinTask::adapt).toList());
    }
  }

  /** Does something for each number from 0 to before {@code end}, where there are many in parts. */
  public static void ranges(int end, IntConsumer each) {
    if (end < 2 * RANGE) {
      for (int i = 0; i < end; i++) {
        each.accept(i);
      }
      return;
    }
    List<Runnable> parts = new ArrayList<>();
    for (int from = 0; from < end; from += RANGE) {
      int first = from;
      int last = Math.min(end, from + RANGE);
      parts.add(() -> {
        for (int i = first; i < last; i++) {
          each.accept(i);
        }
      });
    }
    run(parts);
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
