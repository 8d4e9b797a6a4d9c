// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.loop;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Virtual threads and the system's clock. Any thread. */
final class SystemPacer implements Pacer {
  @Override
  public long nowMs() {
    return System.nanoTime() / 1_000_000;
  }

  @Override
  public void sleep(long ms) throws InterruptedException {
    Thread.sleep(ms);
  }

  @Override
  public Running start(String name, Runnable body, Thread.UncaughtExceptionHandler onDeath) {
    Thread thread = Thread.ofVirtual().name(name).uncaughtExceptionHandler(onDeath).start(body);
    return () -> {
      if (thread.equals(Thread.currentThread())) {
        return;
      }
      thread.interrupt();
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    };
  }

  @Override
  public Bell bell() {
    Semaphore rings = new Semaphore(0);
    return new Bell() {
      @Override
      public void ring() {
        rings.release();
      }

      @Override
      public void await(long timeoutMs) throws InterruptedException {
        if (rings.tryAcquire(timeoutMs, TimeUnit.MILLISECONDS)) {
          rings.drainPermits();
        }
      }
    };
  }
}
