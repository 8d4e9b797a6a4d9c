// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.signing;

import io.lockstep.storage.kv.StorageException;
import org.jspecify.annotations.Nullable;

/**
 * Makes records of signatures durable, all that wait with one sync. A thread of its own, {@code
 * signing-sync}, does it once {@link #start} was called; without it {@link #step} does it by hand.
 * After a failure nothing becomes durable any more.
 */
public final class GroupCommit implements Durability, AutoCloseable {
  private static final long CLOSING_MS = 10_000;

  private final @Nullable Runnable sync;
  private final Object lock = new Object();

  private long written;
  private volatile long durable;
  private volatile @Nullable StorageException failure;
  private Runnable onDurable = () -> {};
  private @Nullable Thread thread;
  private boolean closed;

  private GroupCommit(@Nullable Runnable sync) {
    this.sync = sync;
  }

  /** {@code durability=fsync}: a record is durable once a sync that began after it has ended. */
  public static GroupCommit fsync(SigningDatabase database) {
    return new GroupCommit(database::sync);
  }

  /** As {@link #fsync} with another way to sync. */
  static GroupCommit over(Runnable sync) {
    return new GroupCommit(sync);
  }

  /** {@code durability=process}: a record is durable as soon as it is written. */
  public static GroupCommit process() {
    return new GroupCommit(null);
  }

  /**
   * Runs after {@link #durable()} has risen, or a failure was met, on the thread that syncs; set
   * once, before the first signature. With {@link #process()} nothing ever waits, so that it is
   * never run.
   */
  public void onDurable(Runnable action) {
    onDurable = action;
  }

  @Override
  public long written() {
    synchronized (lock) {
      return written;
    }
  }

  @Override
  public long durable() {
    return durable;
  }

  @Override
  public boolean hasFailed() {
    return failure != null;
  }

  /** Why nothing becomes durable any more, or null. Any thread. */
  public @Nullable StorageException failure() {
    return failure;
  }

  /** Counts a record that was written; returns its ticket. */
  long wrote() {
    synchronized (lock) {
      written++;
      if (sync == null) {
        durable = written;
      } else {
        lock.notifyAll();
      }
      return written;
    }
  }

  /** A write has failed: what is on the disk is not known any more. */
  void fail(StorageException cause) {
    synchronized (lock) {
      if (failure == null) {
        failure = cause;
      }
      lock.notifyAll();
    }
  }

  /** Syncs everything that waits; tells whether anything did. One thread at a time. */
  public boolean step() {
    long target;
    synchronized (lock) {
      if (sync == null || failure != null || written == durable) {
        return false;
      }
      target = written;
    }
    try {
      sync.run();
    } catch (StorageException e) {
      fail(e);
      onDurable.run();
      return true;
    }
    synchronized (lock) {
      if (failure == null) {
        durable = target;
      }
    }
    onDurable.run();
    return true;
  }

  /** Starts the thread. */
  public void start(Thread.UncaughtExceptionHandler onDeath) {
    if (sync == null) {
      return;
    }
    thread =
        Thread.ofPlatform()
            .name("signing-sync")
            .daemon()
            .uncaughtExceptionHandler(onDeath)
            .start(this::run);
  }

  private void run() {
    while (true) {
      synchronized (lock) {
        while (!closed && failure == null && written == durable) {
          try {
            lock.wait();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
          }
        }
        if (failure != null || (closed && written == durable)) {
          return;
        }
      }
      step();
    }
  }

  /** Ends the thread once what waits is synced. */
  @Override
  public void close() {
    Thread running;
    synchronized (lock) {
      closed = true;
      lock.notifyAll();
      running = thread;
    }
    try {
      if (running != null) {
        running.join(CLOSING_MS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
