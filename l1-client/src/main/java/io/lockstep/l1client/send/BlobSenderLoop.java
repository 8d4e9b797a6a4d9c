// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.send;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Runs a {@link BlobTxSender} on a virtual thread of its own. */
public final class BlobSenderLoop implements AutoCloseable {
  private final BlobTxSender sender;
  private final Semaphore wakeUps = new Semaphore(0);
  private volatile boolean closed;
  private @Nullable Thread thread;

  public BlobSenderLoop(BlobTxSender sender) {
    this.sender = sender;
  }

  /**
   * Starts the thread; once.
   *
   * @param onDeath told when the loop dies of an error (the disk failed): the node cannot go on
   */
  public void start(Thread.UncaughtExceptionHandler onDeath) {
    if (thread != null) {
      throw new IllegalStateException("the sender's loop was started already");
    }
    sender.onWake(wakeUps::release);
    thread =
        Thread.ofVirtual()
            .name("l1-send-" + sender.poster())
            .uncaughtExceptionHandler(onDeath)
            .start(this::run);
  }

  private void run() {
    while (!closed) {
      if (sender.step(nowMs()) > 0) {
        continue;
      }
      try {
        if (wakeUps.tryAcquire(Math.max(1, sender.restMs(nowMs())), TimeUnit.MILLISECONDS)) {
          wakeUps.drainPermits();
        }
      } catch (InterruptedException e) {
        return; // only close() interrupts
      }
    }
  }

  private static long nowMs() {
    return System.nanoTime() / 1_000_000;
  }

  /** Ends the thread and waits until it is gone; what is signed stays journaled. */
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
