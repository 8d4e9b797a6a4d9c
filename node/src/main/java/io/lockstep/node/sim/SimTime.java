// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.sim;

import java.util.PriorityQueue;

/**
 * The run's clock and what is to happen when, in order of time and, within a millisecond, of being
 * asked for. One thread.
 */
final class SimTime {
  private record Event(long atMs, long order, Runnable action) implements Comparable<Event> {
    @Override
    public int compareTo(Event other) {
      return atMs == other.atMs ? Long.compare(order, other.order) : Long.compare(atMs, other.atMs);
    }
  }

  private final PriorityQueue<Event> events = new PriorityQueue<>();
  private long nowMs;
  private long order;

  SimTime(long startMs) {
    this.nowMs = startMs;
  }

  /** Unix milliseconds. */
  long nowMs() {
    return nowMs;
  }

  void at(long atMs, Runnable action) {
    events.add(new Event(Math.max(atMs, nowMs), order++, action));
  }

  void after(long ms, Runnable action) {
    at(nowMs + ms, action);
  }

  /** Lets happen what is due until the clock shows {@code untilMs}. */
  void runUntil(long untilMs) {
    while (!events.isEmpty() && events.peek().atMs <= untilMs) {
      Event event = events.poll();
      nowMs = event.atMs;
      event.action.run();
    }
    nowMs = untilMs;
  }
}
