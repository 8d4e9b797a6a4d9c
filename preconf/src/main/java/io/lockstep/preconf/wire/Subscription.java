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
 * One running {@code eth_subscribe} or {@code preconf_subscribe}. Results that come before the
 * caller was told the id wait. Results are offered from any thread, {@link #activate} and delivery
 * are on the connection's event loop.
 */
final class Subscription {
  private static final Logger LOG = LoggerFactory.getLogger(Subscription.class);

  private final String id =
      "0x"
          + Long.toHexString(ThreadLocalRandom.current().nextLong() | Long.MIN_VALUE)
          + "%016x".formatted(ThreadLocalRandom.current().nextLong());
  private final WebSocketConnection connection;
  private final byte[] notifyHead;
  private final Deque<Encoded> early = new ArrayDeque<>(0);
  private boolean active;
  private @Nullable AutoCloseable source;
  private volatile boolean ended;

  /**
   * @param notifyHead what each notification begins with, up to the id
   */
  Subscription(WebSocketConnection connection, byte[] notifyHead) {
    this.connection = connection;
    this.notifyHead = notifyHead;
  }

  /** What each notification begins with, not to be written to. */
  byte[] notifyHead() {
    return notifyHead;
  }

  String id() {
    return id;
  }

  /** The sink that the source was given. */
  Consumer<JsonNode> sink() {
    return result -> {
      if (!ended) {
        connection.offer(this, result);
      }
    };
  }

  /** Sends a result that was admitted, or keeps it until the id is known. */
  void deliver(Encoded result) {
    if (ended) {
      connection.drop(this, result);
    } else if (active) {
      connection.notify(this, result);
    } else {
      early.add(result);
    }
  }

  /** The id is on its way to the caller: results may follow. */
  void activate() {
    active = true;
    for (Encoded result = early.poll(); result != null; result = early.poll()) {
      connection.notify(this, result);
    }
  }

  /** It has ended: what waited for its id to be told is not wanted. On the event loop. */
  void discard() {
    for (Encoded result = early.poll(); result != null; result = early.poll()) {
      connection.drop(this, result);
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
    connection.forget(this);
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
