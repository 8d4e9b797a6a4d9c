// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.wire;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Where methods and handlers run: a virtual thread each, so that one that waits holds up no other.
 * Counts calls so that the server says "busy" instead of piling them up. Any thread.
 */
final class Workers implements AutoCloseable {
  private final ExecutorService threads =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("wire-", 0).factory());
  private final AtomicInteger inFlight = new AtomicInteger();
  private final int maxInFlight;

  Workers(int maxInFlight) {
    this.maxInFlight = maxInFlight;
  }

  /** Starts a task; false when the server is closing. */
  boolean start(Runnable task) {
    try {
      threads.execute(task);
      return true;
    } catch (RejectedExecutionException closing) {
      return false;
    }
  }

  /** Takes one of the places for calls; {@link #leave} gives it back. */
  boolean enter() {
    if (inFlight.incrementAndGet() > maxInFlight) {
      inFlight.decrementAndGet();
      return false;
    }
    return true;
  }

  void leave() {
    inFlight.decrementAndGet();
  }

  /** Interrupts what runs and waits for nothing. */
  @Override
  public void close() {
    threads.shutdownNow();
  }
}
