// SPDX-License-Identifier: Apache-2.0
package io.lockstep.devnet.l1;

import io.lockstep.primitives.types.Slot;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives slots their turns: during the warm-up when transactions wait, afterwards when the clock
 * says so. Thread {@code l1-box}; a box that is stepped by hand has none.
 */
final class SlotDriver implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SlotDriver.class);

  /** In the warm-up, transactions that come within this of each other share a block. */
  private static final Duration GATHER = Duration.ofMillis(40);

  /** No transaction of the warm-up waits longer than this for others. */
  private static final Duration GATHER_AT_MOST = Duration.ofMillis(400);

  private static final Duration KEEP_ALIVE = Duration.ofSeconds(10);

  private final BoxChain chain;
  private final BoxOptions options;
  private final BeaconEvents events;
  private final Thread thread;
  private final Object liveLock = new Object();
  private volatile boolean closed;
  private volatile boolean goLive;
  private volatile boolean transactionWaits;
  private volatile long lastArrivalNanos;
  private volatile @Nullable Throwable failure;

  SlotDriver(BoxChain chain, BoxOptions options, BeaconEvents events) {
    this.chain = chain;
    this.options = options;
    this.events = events;
    this.thread = new Thread(this::run, "l1-box");
    thread.setDaemon(true);
  }

  void start() {
    if (!options.manual()) {
      thread.start();
    }
  }

  /** Why no more blocks are made, or null while they are. */
  @Nullable Throwable failure() {
    return failure;
  }

  void requireManual() {
    if (!options.manual()) {
      throw new IllegalStateException("this box is driven by its clock");
    }
  }

  /** A transaction came into the pool. */
  void onTransaction() {
    lastArrivalNanos = System.nanoTime();
    transactionWaits = true;
    LockSupport.unpark(thread);
  }

  /** Asks for the end of the warm-up and waits for it. */
  void goLive() {
    if (options.manual()) {
      return;
    }
    goLive = true;
    LockSupport.unpark(thread);
    synchronized (liveLock) {
      while (!chain.view().live() && !closed && failure == null) {
        try {
          liveLock.wait(1_000);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          return;
        }
      }
    }
  }

  @Override
  public void close() {
    closed = true;
    if (!thread.isAlive()) {
      return;
    }
    LockSupport.unpark(thread);
    try {
      thread.join(Duration.ofSeconds(10));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    try {
      warmUp();
      Instant lastSign = options.clock().instant();
      while (!closed) {
        Instant now = options.clock().instant();
        if (Duration.between(lastSign, now).compareTo(KEEP_ALIVE) >= 0) {
          events.keepAlive();
          lastSign = now;
        }
        long slot = slotAt(now);
        if (slot > chain.view().currentSlot()) {
          // Slots that passed meanwhile are missed; there is nothing to do for them.
          chain.turn(slot);
        } else {
          parkUntil(startOf(slot + 1));
        }
      }
    } catch (RuntimeException | Error e) {
      failure = e;
      LOG.error("the L1 in a box stopped making blocks", e);
      throw e;
    }
  }

  /** Makes the first epochs: on demand, and what is left of them when the box goes live. */
  private void warmUp() {
    if (chain.view().live()) {
      return;
    }
    long last = (long) options.warmUpEpochs() * BoxOptions.SLOTS_PER_EPOCH;
    while (!closed && !goLive && chain.view().currentSlot() < last) {
      if (transactionWaits) {
        gather();
        transactionWaits = false;
        int before = chain.withPool(TxPool::size);
        chain.nextTurn();
        int after = chain.withPool(TxPool::size);
        // What did not fit may fit into the next block; what cannot go on waits for a transaction.
        transactionWaits |= after > 0 && after < before;
      } else {
        LockSupport.parkNanos(Duration.ofSeconds(1).toNanos());
      }
    }
    long now = Math.min(slotAt(options.clock().instant()), 2 * last);
    while (!closed && chain.view().currentSlot() < now) {
      chain.nextTurn();
    }
    if (!closed) {
      chain.goLive();
    }
    synchronized (liveLock) {
      liveLock.notifyAll();
    }
  }

  /** Waits until no further transaction has come for a while. */
  private void gather() {
    long start = System.nanoTime();
    long quiet = System.nanoTime() - lastArrivalNanos;
    while (!closed
        && quiet < GATHER.toNanos()
        && System.nanoTime() - start < GATHER_AT_MOST.toNanos()) {
      LockSupport.parkNanos(GATHER.toNanos() - quiet);
      quiet = System.nanoTime() - lastArrivalNanos;
    }
  }

  private long slotAt(Instant now) {
    return chain.clock().slotAt(now.getEpochSecond()).value();
  }

  private Instant startOf(long slot) {
    return Instant.ofEpochSecond(chain.clock().startSeconds(new Slot(slot)));
  }

  private void parkUntil(Instant when) {
    Duration left = Duration.between(options.clock().instant(), when);
    if (left.isPositive()) {
      LockSupport.parkNanos(Math.min(left.toNanos(), KEEP_ALIVE.toNanos()));
    }
  }
}
