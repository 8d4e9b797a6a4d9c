// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.heads;

import io.lockstep.l1client.L1Exception;
import io.lockstep.l1client.execution.ExecutionClient;
import io.lockstep.l1client.http.Endpoint;
import io.lockstep.l1client.http.EndpointPool;
import io.lockstep.l1client.http.NoticeListener;
import io.lockstep.l1client.loop.Pacer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Tells that an execution client has a new head, where one speaks WebSocket: a hint that makes
 * polling prompt. Kept open on a thread of its own, at the next endpoint of that kind when one
 * breaks or falls silent; each time that a subscription opens counts as a hint, so that nothing is
 * missed.
 */
public final class NewHeads implements AutoCloseable {
  private static final long FIRST_BACK_OFF_MS = 250;

  private final ExecutionClient execution;
  private final long silenceMs;
  private final long longestBackOffMs;
  private final Pacer pacer;
  private final Pacer.Bell bell;
  private final AtomicLong notices = new AtomicLong();
  private final Map<Endpoint, Long> lastBreak = new HashMap<>();
  private long breaks;
  private volatile boolean closed;
  private volatile @Nullable String end;
  private Pacer.@Nullable Running thread;

  /**
   * @param silenceMs a subscription without a head for so long is given up
   * @param longestBackOffMs longest pause between two attempts
   */
  public NewHeads(ExecutionClient execution, long silenceMs, long longestBackOffMs, Pacer pacer) {
    this.execution = execution;
    this.silenceMs = silenceMs;
    this.longestBackOffMs = longestBackOffMs;
    this.pacer = pacer;
    this.bell = pacer.bell();
  }

  /**
   * Starts, if there is an endpoint that speaks WebSocket; once.
   *
   * @param hint called on any thread; only wakes somebody
   */
  public void start(Runnable hint, Thread.UncaughtExceptionHandler onDeath) {
    if (execution.pool().endpoints().stream().anyMatch(Endpoint::isWebSocket)) {
      thread = pacer.start("l1-new-heads", () -> run(hint), onDeath);
    }
  }

  private void run(Runnable hint) {
    long backOffMs = FIRST_BACK_OFF_MS;
    try {
      while (!closed) {
        Endpoint endpoint = next();
        long before = notices.get();
        if (endpoint != null) {
          follow(endpoint, hint);
          lastBreak.put(endpoint, ++breaks);
        }
        backOffMs =
            notices.get() > before ? FIRST_BACK_OFF_MS : Math.min(longestBackOffMs, backOffMs * 2);
        pacer.sleep(backOffMs);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // only close() interrupts
    }
  }

  /** Of the endpoints that are well and speak WebSocket, the one that broke longest ago. */
  private @Nullable Endpoint next() {
    EndpointPool pool = execution.pool();
    List<Endpoint> order = new ArrayList<>(pool.ranked());
    order.removeIf(endpoint -> !endpoint.isWebSocket());
    order.sort(Comparator.comparingLong(e -> lastBreak.getOrDefault(e, 0L)));
    for (Endpoint endpoint : order) {
      try {
        if (pool.admits(endpoint)) {
          return endpoint;
        }
      } catch (L1Exception e) {
        pool.failed(endpoint);
      }
    }
    return null;
  }

  private void follow(Endpoint endpoint, Runnable hint) throws InterruptedException {
    end = null;
    AutoCloseable subscription;
    try {
      subscription =
          execution.newHeads(
              endpoint,
              new NoticeListener() {
                @Override
                public void notice(JsonNode result) {
                  notices.incrementAndGet();
                  hint.run();
                  bell.ring();
                }

                @Override
                public void ended(String why) {
                  end = why;
                  bell.ring();
                }
              });
    } catch (L1Exception e) {
      if (e.isTemporary()) {
        execution.pool().failed(endpoint);
      }
      return;
    }
    hint.run();
    try {
      awaitEnd();
    } finally {
      closeQuietly(subscription);
    }
    if (end != null) {
      execution.pool().failed(endpoint);
    }
  }

  private void awaitEnd() throws InterruptedException {
    long heard = notices.get();
    long heardAtMs = pacer.nowMs();
    while (!closed && end == null) {
      long quietMs = pacer.nowMs() - heardAtMs;
      if (quietMs >= silenceMs) {
        return;
      }
      bell.await(silenceMs - quietMs);
      if (notices.get() != heard) {
        heard = notices.get();
        heardAtMs = pacer.nowMs();
      }
    }
  }

  private static void closeQuietly(AutoCloseable subscription) {
    try {
      subscription.close();
    } catch (Exception e) {
      throw new IllegalStateException("ending a subscription does not fail", e);
    }
  }

  @Override
  public void close() {
    closed = true;
    Pacer.Running running = thread;
    if (running != null) {
      running.close();
    }
  }
}
