// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.rpc;

import io.lockstep.primitives.tx.BlockHeader;
import io.lockstep.primitives.types.Hash32;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * A place on the sealed chain from which its changes are followed, reorganisations included. One
 * thread at a time.
 */
final class HeadCursor {
  /** No reorganisation is longer. */
  private static final int MAX_REMOVED = 1_024;

  private final ChainView view;
  private Hash32 at;

  /** Starts behind the present head: what comes after it is news. */
  HeadCursor(ChainView view) {
    this.view = view;
    this.at = view.latestHash();
  }

  /**
   * What happened on the way to a newer head.
   *
   * @param removed blocks no longer canonical, highest first
   * @param added canonical blocks, lowest first
   */
  record Step(List<Hash32> removed, List<Hash32> added) {
    boolean isEmpty() {
      return removed.isEmpty() && added.isEmpty();
    }
  }

  /** Goes on, over at most {@code maxBlocks} new blocks. */
  Step advance(int maxBlocks) {
    List<Hash32> removed = new ArrayList<>();
    List<Hash32> added = new ArrayList<>();
    Hash32 ancestor = at;
    BlockHeader header = view.header(ancestor);
    while (header != null
        && !Objects.equals(ancestor, view.canonicalHash(header.number()))
        && removed.size() < MAX_REMOVED) {
      removed.add(ancestor);
      ancestor = header.parentHash();
      header = view.header(ancestor);
    }
    if (header == null) {
      at = view.latestHash();
      return new Step(List.of(), List.of());
    }
    long head = view.latest().number();
    for (long number = header.number() + 1; number <= head && added.size() < maxBlocks; number++) {
      Hash32 next = view.canonicalHash(number);
      if (next == null) {
        break;
      }
      added.add(next);
    }
    at = added.isEmpty() ? ancestor : added.getLast();
    return new Step(removed, added);
  }
}
