// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.mempool;

import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.uint.UInt256;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Walks a pool's runnable transactions best first: by effective tip per gas at the pool's base fee,
 * ties by hash, each sender's in nonce order (protocol section 2.1). Starting costs nothing and
 * each step O(log n), so a walk of a few is cheap in a full pool. The pool must not change during a
 * walk: apply what came out of it afterwards. On the pool's thread.
 */
public final class BestFirst {
  private final Mempool pool;
  private final SenderHeap heap;
  private final long version;
  private final PriorityQueue<Candidate> frontier;
  private @Nullable Candidate last;

  /**
   * @param index in its sender's queue
   * @param heapPosition of its sender, or −1 when it came as a successor
   */
  private record Candidate(PooledTx pooled, int index, int heapPosition) {}

  BestFirst(Mempool pool, SenderHeap heap, UInt256 baseFee) {
    this.pool = pool;
    this.heap = heap;
    this.version = pool.version();
    this.frontier =
        new PriorityQueue<>((a, b) -> PooledTx.compareBest(a.pooled, b.pooled, baseFee));
    offerHeap(0);
  }

  /**
   * The next best, or null when no other can stand in a block at the base fee.
   *
   * @throws IllegalStateException when the pool has changed since the walk began
   */
  public @Nullable Transaction next() {
    if (pool.version() != version) {
      throw new IllegalStateException("the pool has changed under a walk");
    }
    Candidate passed = last;
    if (passed != null) {
      offerSuccessor(passed);
      last = null;
    }
    Candidate best = frontier.peek();
    // The best may not stand in a block, so none of the others, nor any behind them, may.
    if (best == null || !best.pooled.isIncludable()) {
      return null;
    }
    frontier.poll();
    if (best.heapPosition >= 0) {
      offerHeap(2 * best.heapPosition + 1);
      offerHeap(2 * best.heapPosition + 2);
    }
    last = best;
    return best.pooled.tx;
  }

  /** Leaves out the other transactions of the last one's sender: it did not get into the block. */
  public void skipSender() {
    last = null;
  }

  private void offerHeap(int position) {
    if (position < heap.size()) {
      frontier.add(new Candidate(heap.get(position).get(0), 0, position));
    }
  }

  private void offerSuccessor(Candidate passed) {
    int next = passed.index + 1;
    SenderQueue queue = passed.pooled.queue;
    if (next < queue.pendingCount()) {
      frontier.add(new Candidate(queue.get(next), next, -1));
    }
  }
}
