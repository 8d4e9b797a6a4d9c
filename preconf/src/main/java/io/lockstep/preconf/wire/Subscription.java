// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.wire;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * One running {@code eth_subscribe}. Results that come before the caller was told the id wait;
 * {@link #offer} from any thread, {@link #activate} and delivery on the connection's event loop.
 */
final class Subscription {
  private static final Logger LOG = LoggerFactory.getLogger(Subscription.class);

  private final String id =
      "0x"
          + Long.toHexString(ThreadLocalRandom.current().nextLong() | Long.MIN_VALUE)
          + "%016x".formatted(ThreadLocalRandom.current().nextLong());
  private final WebSocketConnection connection;
  private final Deque<JsonNode> early = new ArrayDeque<>();
  private boolean active;
  private @Nullable AutoCloseable source;
  private boolean ended;

  Subscription(WebSocketConnection connection) {
    this.connection = connection;
  }

  String id() {
    return id;
  }

  /** The sink that the source was given. */
  Consumer<JsonNode> sink() {
    return this::offer;
  }

  private void offer(JsonNode result) {
    if (!hasEnded()) {
      connection.enqueue(() -> deliver(result));
    }
  }

  private synchronized boolean hasEnded() {
    return ended;
  }

  private void deliver(JsonNode result) {
    if (hasEnded()) {
      connection.drop();
    } else if (active) {
      connection.notify(id, result);
    } else {
      early.add(result);
    }
  }

  /** The id is on its way to the caller: results may follow. */
  void activate() {
    active = true;
    for (JsonNode result = early.poll(); result != null; result = early.poll()) {
      connection.notify(id, result);
    }
  }

  /** Binds what ends the source; ends it at once when the subscription is already over. */
  void bind(AutoCloseable running) {
    synchronized (this) {
      if (!ended) {
        source = running;
        return;
      }
    }
    close(running);
  }

  /** Ends the source, once. Blocks as the source does: not for the event loop. */
  void end() {
    AutoCloseable running;
    synchronized (this) {
      ended = true;
      running = source;
      source = null;
    }
    if (running != null) {
      close(running);
    }
  }

  private void close(AutoCloseable running) {
    try {
      running.close();
    } catch (Exception e) {
      LOG.error("ending subscription {} failed", id, e);
    }
  }
}
