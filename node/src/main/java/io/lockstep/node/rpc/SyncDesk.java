// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.rpc;

import io.lockstep.primitives.types.Hash32;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Callers that wait until a transaction has a receipt. Any thread; the loop's never waits. */
public final class SyncDesk {
  private static final int MOST_WAITERS = 20_000;

  private final Map<Hash32, Set<Place>> waiting = new HashMap<>();
  private int waiters;

  /** One caller's place in the queue. */
  static final class Place {
    private final CountDownLatch called = new CountDownLatch(1);
  }

  /** A place in the queue; null when too many wait. */
  synchronized @Nullable Place join(Hash32 txHash) {
    if (waiters == MOST_WAITERS) {
      return null;
    }
    waiters++;
    Place place = new Place();
    waiting.computeIfAbsent(txHash, _ -> new HashSet<>()).add(place);
    return place;
  }

  /** Waits; false when the time is up. Leaves the queue in any case. */
  boolean await(Hash32 txHash, Place place, long timeoutMs) throws InterruptedException {
    try {
      return place.called.await(timeoutMs, TimeUnit.MILLISECONDS);
    } finally {
      leave(txHash, place);
    }
  }

  synchronized void leave(Hash32 txHash, Place place) {
    Set<Place> places = waiting.get(txHash);
    if (places != null && places.remove(place)) {
      waiters--;
      if (places.isEmpty()) {
        waiting.remove(txHash);
      }
    }
  }

  /** These have a receipt now. */
  public void shown(List<Hash32> txHashes) {
    for (Hash32 hash : txHashes) {
      Set<Place> places;
      synchronized (this) {
        places = waiting.remove(hash);
        if (places == null) {
          continue;
        }
        waiters -= places.size();
      }
      places.forEach(place -> place.called.countDown());
    }
  }
}
