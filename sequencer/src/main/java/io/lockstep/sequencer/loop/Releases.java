// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.loop;

import io.lockstep.preconf.signing.Durability;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What leaves the loop, in order, and nothing before the signatures it shows are durable
 * (architecture §6). Owner: the sequencing thread.
 */
final class Releases {
  /** The loop signs nothing more while so much waits for the disk. */
  private static final int MOST_WAITING = 256;

  private final Durability durability;
  private final Deque<Held> held = new ArrayDeque<>();
  private long newestTicket;

  private record Held(long ticket, Runnable release) {}

  Releases(Durability durability) {
    this.durability = durability;
  }

  /** A follower's: nothing waits for the disk. */
  static Releases ofNothingSigned() {
    return new Releases(NothingSigned.INSTANCE);
  }

  private enum NothingSigned implements Durability {
    INSTANCE;

    @Override
    public long written() {
      return 0;
    }

    @Override
    public long durable() {
      return 0;
    }

    @Override
    public boolean hasFailed() {
      return false;
    }
  }

  /** Something was signed: whatever leaves from now on shows it. */
  void signed(long ticket) {
    newestTicket = Math.max(newestTicket, ticket);
  }

  /** Lets {@code release} run once everything signed up to now is durable; now, if it is. */
  void add(Runnable release) {
    if (held.isEmpty() && newestTicket <= durability.durable()) {
      release.run();
    } else {
      held.add(new Held(newestTicket, release));
    }
  }

  /** Runs what is durable now; returns how much that was. */
  int flush() {
    if (durability.hasFailed()) {
      // What was not durable may be signed again otherwise by whoever takes over: it never leaves.
      held.clear();
      newestTicket = durability.durable();
      return 0;
    }
    int count = 0;
    long durable = durability.durable();
    while (!held.isEmpty() && held.getFirst().ticket <= durable) {
      held.removeFirst().release.run();
      count++;
    }
    return count;
  }

  boolean isBackedUp() {
    return held.size() >= MOST_WAITING;
  }

  boolean isEmpty() {
    return held.isEmpty();
  }
}
