// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.wire;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** What a {@link WireServer} has and what it refused, for the metrics. Any thread. */
public final class WireMeter {
  /** What can be refused or cut off. */
  public enum Event {
    CONNECTION_OVER_LIMIT,
    ADDRESS_OVER_LIMIT,
    CALL_OVER_RATE,
    SLOW_READER,
    HOST_REFUSED,
    ORIGIN_REFUSED,
    TOKEN_REFUSED
  }

  private final Map<Event, LongAdder> events = new EnumMap<>(Event.class);
  private final LongAdder connections = new LongAdder();
  private final LongAdder subscriptions = new LongAdder();

  public WireMeter() {
    for (Event event : Event.values()) {
      events.put(event, new LongAdder());
    }
  }

  void count(Event event) {
    adder(event).increment();
  }

  void connection(int change) {
    connections.add(change);
  }

  void subscription(int change) {
    subscriptions.add(change);
  }

  /** How often it happened since the start. */
  public long total(Event event) {
    return adder(event).sum();
  }

  /** Connections that are open. */
  public long connections() {
    return connections.sum();
  }

  /** Subscriptions that run. */
  public long subscriptions() {
    return subscriptions.sum();
  }

  private LongAdder adder(Event event) {
    LongAdder adder = events.get(event);
    if (adder == null) {
      throw new IllegalStateException("every event has its counter");
    }
    return adder;
  }
}
