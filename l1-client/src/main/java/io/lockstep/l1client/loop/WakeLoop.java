// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.loop;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Runs turns on a virtual thread of its own, which is the owner of all that a turn touches. {@link
 * #wake} may be called from any thread and is never lost: a turn follows it.
 */
public final class WakeLoop implements AutoCloseable {
  /** One turn of work. */
  @FunctionalInterface
  public interface Turn {
    /** Works and returns how long to rest unless woken, milliseconds; 0 for no rest. */
    long run();
  }

  private final String name;
  private final Turn turn;
  private final Semaphore wakeUps = new Semaphore(0);
  private volatile boolean closed;
  private @Nullable Thread thread;

  public WakeLoop(String name, Turn turn) {
    this.name = name;
    this.turn = turn;
  }

  /**
   * Starts the thread; once.
   *
   * @param onDeath told when a turn throws: the loop has ended and the node cannot go on without
   */
  public void start(Thread.UncaughtExceptionHandler onDeath) {
    if (thread != null) {
      throw new IllegalStateException(name + " was started already");
    }
    thread = Thread.ofVirtual().name(name).uncaughtExceptionHandler(onDeath).start(this::run);
  }

  public void wake() {
    wakeUps.release();
  }

  private void run() {
    while (!closed) {
      long restMs = turn.run();
      if (restMs <= 0) {
        continue;
      }
      try {
        if (wakeUps.tryAcquire(restMs, TimeUnit.MILLISECONDS)) {
          wakeUps.drainPermits();
        }
      } catch (InterruptedException e) {
        return; // only close() interrupts
      }
    }
  }

  /** Ends the thread, interrupting a turn that waits, and returns when it is gone. */
  @Override
  public void close() {
    closed = true;
    Thread running = thread;
    if (running != null && !running.equals(Thread.currentThread())) {
      running.interrupt();
      try {
        running.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
