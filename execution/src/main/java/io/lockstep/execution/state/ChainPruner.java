// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.state;

import java.util.List;

/**
 * The thread that gives up old states of some chains, in short steps, so that neither the writers
 * nor the disk wait for it. What it leaves undone when it is closed, or dies, the next one does.
 */
public final class ChainPruner implements AutoCloseable {
  /** Some 10 KB of a write-ahead log, a few milliseconds. */
  private static final int STEP_NODES = 1_000;

  private static final long REST_MS = 500;
  private static final long PAUSE_MS = 5;

  private final List<ChainDb> chains;
  private final Thread thread;

  private ChainPruner(List<ChainDb> chains, Thread.UncaughtExceptionHandler onDeath) {
    this.chains = List.copyOf(chains);
    this.thread =
        Thread.ofPlatform()
            .name("pruner")
            .daemon()
            .uncaughtExceptionHandler(onDeath)
            .unstarted(this::run);
  }

  /** Starts; {@code onDeath} hears of a disk that fails. */
  public static ChainPruner start(List<ChainDb> chains, Thread.UncaughtExceptionHandler onDeath) {
    ChainPruner pruner = new ChainPruner(chains, onDeath);
    pruner.thread.start();
    return pruner;
  }

  private void run() {
    try {
      while (!Thread.interrupted()) {
        boolean more = false;
        for (ChainDb chain : chains) {
          more |= chain.prune(STEP_NODES);
        }
        Thread.sleep(more ? PAUSE_MS : REST_MS);
      }
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    }
  }

  /** Ends it between two steps. */
  @Override
  public void close() {
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
