// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.rpc;

import io.lockstep.primitives.types.Hash32;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The hashes of the last transactions that began to wait, for filters that are polled: each filter
 * only keeps its place. Who polls too rarely misses the oldest. Any thread.
 */
final class WaitingRing {
  private static final int SIZE = 1 << 14;

  private final ChainView view;
  private final @Nullable Hash32[] hashes = new @Nullable Hash32[SIZE];
  private long end;
  private boolean listens;

  WaitingRing(ChainView view) {
    this.view = view;
  }

  /** The place after the newest; listening begins with the first who asks. */
  synchronized long end() {
    if (!listens) {
      listens = true;
      // It lives as long as the chain's methods do.
      view.onWaiting(tx -> add(tx.hash()));
    }
    return end;
  }

  private synchronized void add(Hash32 hash) {
    hashes[(int) (end++ % SIZE)] = hash;
  }

  /** Hashes, and the place after them. */
  record Batch(List<Hash32> hashes, long end) {}

  /** What came from a place on, as far as it is still here. */
  synchronized Batch since(long place) {
    List<Hash32> found = new ArrayList<>();
    for (long at = Math.max(place, end - SIZE); at < end; at++) {
      Hash32 hash = hashes[(int) (at % SIZE)];
      if (hash != null) {
        found.add(hash);
      }
    }
    return new Batch(found, end);
  }
}
