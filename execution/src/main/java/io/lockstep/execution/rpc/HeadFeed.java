// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.rpc;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the sealed head for subscribers. The chain's listener only wakes it; on a virtual thread
 * of its own, one at a time, it walks to the head and tells each subscriber, so that the chain
 * never waits for a reader.
 */
final class HeadFeed {
  private static final Logger LOG = LoggerFactory.getLogger(HeadFeed.class);

  /** Blocks told at once; the walk goes on until the head is reached. */
  private static final int STEP_BLOCKS = 128;

  private final ChainView view;
  private final List<Consumer<HeadCursor.Step>> subscribers = new CopyOnWriteArrayList<>();
  private final AtomicBoolean woken = new AtomicBoolean();
  private final AtomicBoolean running = new AtomicBoolean();
  private @Nullable AutoCloseable listening;
  private volatile @Nullable HeadCursor cursor;

  HeadFeed(ChainView view) {
    this.view = view;
  }

  /** Tells {@code subscriber} of every change of the head from now on. */
  synchronized AutoCloseable subscribe(Consumer<HeadCursor.Step> subscriber) {
    if (listening == null) {
      cursor = new HeadCursor(view);
      listening = view.onHead(change -> wake());
    }
    subscribers.add(subscriber);
    AtomicBoolean ended = new AtomicBoolean();
    return () -> {
      if (ended.compareAndSet(false, true)) {
        end(subscriber);
      }
    };
  }

  private synchronized void end(Consumer<HeadCursor.Step> subscriber) throws Exception {
    subscribers.remove(subscriber);
    AutoCloseable known = listening;
    if (subscribers.isEmpty() && known != null) {
      listening = null;
      cursor = null;
      known.close();
    }
  }

  private void wake() {
    woken.set(true);
    if (running.compareAndSet(false, true)) {
      Thread.ofVirtual().name("rpc-heads").start(this::drain);
    }
  }

  private void drain() {
    try {
      while (woken.getAndSet(false)) {
        tell();
      }
    } catch (RuntimeException e) {
      LOG.error("telling subscribers of a head failed", e);
    } finally {
      running.set(false);
    }
    if (woken.get()) {
      wake();
    }
  }

  private void tell() {
    HeadCursor at = cursor;
    HeadCursor.Step step = at == null ? null : at.advance(STEP_BLOCKS);
    while (at != null && step != null && !step.isEmpty()) {
      for (Consumer<HeadCursor.Step> subscriber : subscribers) {
        subscriber.accept(step);
      }
      step = at.advance(STEP_BLOCKS);
    }
  }
}
