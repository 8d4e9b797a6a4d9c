// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.loop;

/**
 * Where loops run, how they wait and what time it is for them: virtual threads and the system's
 * clock in a running node, a manual clock in a simulation. Any thread.
 */
public interface Pacer {
  /** Virtual threads and real time. */
  Pacer SYSTEM = new SystemPacer();

  /** A clock that only rises, milliseconds from an arbitrary start. */
  long nowMs();

  /** Waits on the calling thread. */
  void sleep(long ms) throws InterruptedException;

  /**
   * Starts a thread of its own.
   *
   * @param onDeath told when {@code body} throws
   */
  Running start(String name, Runnable body, Thread.UncaughtExceptionHandler onDeath);

  /** A bell that nobody has rung. */
  Bell bell();

  /** A started thread. */
  interface Running extends AutoCloseable {
    /** Interrupts it and returns when it is gone; from itself it only returns. */
    @Override
    void close();
  }

  /** Wakes one waiting thread; a ring while nobody waits is not lost. */
  interface Bell {
    void ring();

    /** Waits for a ring, at most so long; all rings until then are one. */
    void await(long timeoutMs) throws InterruptedException;
  }
}
