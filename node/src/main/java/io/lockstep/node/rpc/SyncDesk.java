// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.rpc;

import io.lockstep.primitives.types.Hash32;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Callers that wait until a transaction has a receipt. Any thread; the loop's only completes futures. */
public final class SyncDesk {
  private static final int MOST_WAITERS = 20_000;

  private final Map<Hash32, List<CompletableFuture<Void>>> waiting = new HashMap<>();
  private int waiters;

  /** A place in the queue; null when too many wait. */
  synchronized @Nullable CompletableFuture<Void> join(Hash32 txHash) {
    if (waiters == MOST_WAITERS) {
      return null;
    }
    waiters++;
    CompletableFuture<Void> future = new CompletableFuture<>();
    waiting.computeIfAbsent(txHash, _ -> new ArrayList<>()).add(future);
    return future;
  }

  /** Waits; false when the time is up. Leaves the queue in any case. */
  boolean await(Hash32 txHash, CompletableFuture<Void> place, long timeoutMs)
      throws InterruptedException {
    try {
      place.get(timeoutMs, TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (java.util.concurrent.ExecutionException e) {
      throw new IllegalStateException("a place in the queue never fails", e);
    } finally {
      leave(txHash, place);
    }
  }

  synchronized void leave(Hash32 txHash, CompletableFuture<Void> place) {
    List<CompletableFuture<Void>> places = waiting.get(txHash);
    if (places != null && places.removeIf(other -> other == place)) {
      waiters--;
      if (places.isEmpty()) {
        waiting.remove(txHash);
      }
    }
  }

  /** These have a receipt now. */
  public void shown(List<Hash32> txHashes) {
    for (Hash32 hash : txHashes) {
      List<CompletableFuture<Void>> places;
      synchronized (this) {
        places = waiting.remove(hash);
        if (places == null) {
          continue;
        }
        waiters -= places.size();
      }
      places.forEach(place -> place.complete(null));
    }
  }
}
