// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.loop;

import org.jspecify.annotations.Nullable;

/**
 * Runs turns on a thread of its own, which is the owner of all that a turn touches. {@link #wake}
 * may be called from any thread and is never lost: a turn follows it.
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
  private final Pacer pacer;
  private final Pacer.Bell bell;
  private volatile boolean closed;
  private Pacer.@Nullable Running thread;

  public WakeLoop(String name, Turn turn) {
    this(name, turn, Pacer.SYSTEM);
  }

  public WakeLoop(String name, Turn turn, Pacer pacer) {
    this.name = name;
    this.turn = turn;
    this.pacer = pacer;
    this.bell = pacer.bell();
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
    thread = pacer.start(name, this::run, onDeath);
  }

  public void wake() {
    bell.ring();
  }

  private void run() {
    while (!closed) {
      long restMs = turn.run();
      if (restMs <= 0) {
        continue;
      }
      try {
        bell.await(restMs);
      } catch (InterruptedException e) {
        return; // only close() interrupts
      }
    }
  }

  /** Ends the thread, interrupting a turn that waits, and returns when it is gone. */
  @Override
  public void close() {
    closed = true;
    Pacer.Running running = thread;
    if (running != null) {
      running.close();
    }
  }
}
