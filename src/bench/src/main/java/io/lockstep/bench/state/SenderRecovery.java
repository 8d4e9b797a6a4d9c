// SPDX-License-Identifier: Apache-2.0
package io.lockstep.bench.state;

import io.lockstep.primitives.tx.Transaction;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Recovers senders on a thread for each processor. Any thread. */
final class SenderRecovery {
  static final int THREADS = Runtime.getRuntime().availableProcessors();
  private static final int PER_TASK = 500;

  private SenderRecovery() {}

  /** Nanoseconds that it took; afterwards every transaction knows its sender. */
  static long nanos(List<Transaction> transactions) throws InterruptedException {
    try (ExecutorService pool = Executors.newFixedThreadPool(THREADS)) {
      long start = System.nanoTime();
      List<Future<?>> parts = new ArrayList<>();
      for (int from = 0; from < transactions.size(); from += PER_TASK) {
        List<Transaction> part =
            transactions.subList(from, Math.min(transactions.size(), from + PER_TASK));
        parts.add(pool.submit(() -> part.forEach(Transaction::sender)));
      }
      for (Future<?> part : parts) {
        part.get();
      }
      return System.nanoTime() - start;
    } catch (ExecutionException e) {
      throw new IllegalStateException("the recovery of a sender failed", e);
    }
  }
}
