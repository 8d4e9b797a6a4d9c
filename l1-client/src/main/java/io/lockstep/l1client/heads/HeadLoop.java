// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.heads;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Runs a {@link HeadTracker} on a virtual thread of its own: a step at each wake-up (a head event
 * of the beacon node) and at least every {@code pollMs}, so that a silent stream costs promptness
 * only. {@link #wake} may be called from any thread.
 */
public final class HeadLoop implements AutoCloseable {
  private final HeadTracker tracker;
  private final long pollMs;
  private final Semaphore wakeUps = new Semaphore(0);
  private volatile boolean closed;
  private @Nullable Thread thread;

  /**
   * @param pollMs a fraction of a slot
   */
  public HeadLoop(HeadTracker tracker, long pollMs) {
    if (pollMs <= 0) {
      throw new IllegalArgumentException("the polling interval is positive, got " + pollMs);
    }
    this.tracker = tracker;
    this.pollMs = pollMs;
  }

  /** Starts the thread; once. */
  public void start() {
    if (thread != null) {
      throw new IllegalStateException("the head loop was started already");
    }
    thread = Thread.ofVirtual().name("l1-heads").start(this::run);
  }

  /** Asks for a step soon. */
  public void wake() {
    wakeUps.release();
  }

  private void run() {
    while (!closed) {
      boolean more = tracker.step();
      if (more) {
        continue;
      }
      try {
        if (wakeUps.tryAcquire(pollMs, TimeUnit.MILLISECONDS)) {
          wakeUps.drainPermits();
        }
      } catch (InterruptedException e) {
        return; // only close() interrupts
      }
    }
  }

  /** Ends the thread, a step that runs included, and waits until it is gone. */
  @Override
  public void close() {
    closed = true;
    Thread running = thread;
    if (running != null) {
      running.interrupt();
      try {
        running.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
