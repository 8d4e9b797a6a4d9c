// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.mempool;

import org.jspecify.annotations.Nullable;

/**
 * All waiting transactions from the oldest to the youngest, linked through themselves: expiry looks
 * at the oldest only. Owned by its pool.
 */
final class AgeList {
  private @Nullable PooledTx oldest;
  private @Nullable PooledTx youngest;

  @Nullable PooledTx oldest() {
    return oldest;
  }

  void append(PooledTx pooled) {
    PooledTx before = youngest;
    pooled.older = before;
    pooled.younger = null;
    if (before == null) {
      oldest = pooled;
    } else {
      before.younger = pooled;
    }
    youngest = pooled;
  }

  void remove(PooledTx pooled) {
    PooledTx before = pooled.older;
    PooledTx after = pooled.younger;
    if (before == null) {
      oldest = after;
    } else {
      before.younger = after;
    }
    if (after == null) {
      youngest = before;
    } else {
      after.older = before;
    }
    pooled.older = null;
    pooled.younger = null;
  }
}
