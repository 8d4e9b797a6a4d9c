// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.mempool;

import java.util.Arrays;
import java.util.Comparator;

/**
 * A binary heap of senders that knows where each stands, so that a changed one is moved in O(log n)
 * and all are reordered in O(n). Owned by its pool.
 */
final class SenderHeap {
  private final Comparator<SenderQueue> order;
  private final boolean ready;
  private SenderQueue[] heap = new SenderQueue[64];
  private int size;

  /** A heap whose first is the least by {@code order}; it keeps its places in the ready field. */
  static SenderHeap ready(Comparator<SenderQueue> order) {
    return new SenderHeap(order, true);
  }

  /** The same with its places in the eviction field. */
  static SenderHeap eviction(Comparator<SenderQueue> order) {
    return new SenderHeap(order, false);
  }

  private SenderHeap(Comparator<SenderQueue> order, boolean ready) {
    this.order = order;
    this.ready = ready;
  }

  int size() {
    return size;
  }

  /** In heap order: those at 2i + 1 and 2i + 2 do not come before the one at i. */
  SenderQueue get(int index) {
    return heap[index];
  }

  /** Puts in, moves or takes out {@code sender}, whichever its state now asks for. */
  void update(SenderQueue sender, boolean belongs) {
    int at = positionOf(sender);
    if (belongs && at < 0) {
      if (size == heap.length) {
        heap = Arrays.copyOf(heap, size * 2);
      }
      put(size, sender);
      up(size++);
    } else if (belongs) {
      up(at);
      down(positionOf(sender));
    } else if (at >= 0) {
      removeAt(at);
    }
  }

  /** Restores the order after all keys may have changed. */
  void reorder() {
    for (int i = size / 2 - 1; i >= 0; i--) {
      down(i);
    }
  }

  private void removeAt(int at) {
    SenderQueue removed = heap[at];
    SenderQueue last = heap[--size];
    setPosition(removed, -1);
    if (removed != last) {
      put(at, last);
      up(at);
      down(positionOf(last));
    }
    heap[size] = null;
  }

  private void up(int from) {
    int at = from;
    SenderQueue moving = heap[at];
    while (at > 0) {
      int parent = (at - 1) / 2;
      if (order.compare(heap[parent], moving) <= 0) {
        break;
      }
      put(at, heap[parent]);
      at = parent;
    }
    put(at, moving);
  }

  private void down(int from) {
    int at = from;
    SenderQueue moving = heap[at];
    while (2 * at + 1 < size) {
      int child = 2 * at + 1;
      if (child + 1 < size && order.compare(heap[child + 1], heap[child]) < 0) {
        child++;
      }
      if (order.compare(moving, heap[child]) <= 0) {
        break;
      }
      put(at, heap[child]);
      at = child;
    }
    put(at, moving);
  }

  private void put(int at, SenderQueue sender) {
    heap[at] = sender;
    setPosition(sender, at);
  }

  private int positionOf(SenderQueue sender) {
    return ready ? sender.readyPosition : sender.evictionPosition;
  }

  private void setPosition(SenderQueue sender, int position) {
    if (ready) {
      sender.readyPosition = position;
    } else {
      sender.evictionPosition = position;
    }
  }
}
