// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.heads;

import io.lockstep.primitives.types.BlockRef;
import io.lockstep.primitives.types.Hash32;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The last blocks of one chain, linked by parent hash, bounded in number. One thread. */
final class ChainWindow {
  private final int limit;
  private final ArrayList<BlockRef> blocks = new ArrayList<>();

  ChainWindow(int limit) {
    this.limit = limit;
  }

  boolean isEmpty() {
    return blocks.isEmpty();
  }

  BlockRef head() {
    return blocks.getLast();
  }

  BlockRef oldest() {
    return blocks.getFirst();
  }

  /** A copy, lowest first. */
  List<BlockRef> blocks() {
    return List.copyOf(blocks);
  }

  /** The block of this number, or null when it is outside of the window. */
  @Nullable BlockRef at(long number) {
    if (blocks.isEmpty()) {
      return null;
    }
    long index = number - oldest().number();
    return index < 0 || index >= blocks.size() ? null : blocks.get((int) index);
  }

  boolean contains(long number, Hash32 hash) {
    BlockRef known = at(number);
    return known != null && known.hash().equals(hash);
  }

  /**
   * Appends the child of the head; the oldest blocks fall out.
   *
   * @throws IllegalStateException when it is not the head's child
   */
  void append(BlockRef block) {
    if (!blocks.isEmpty()
        && (block.number() != head().number() + 1 || !block.parentHash().equals(head().hash()))) {
      throw new IllegalStateException("block " + block + " is not the child of " + head());
    }
    blocks.add(block);
    if (blocks.size() > limit) {
      blocks.removeFirst();
    }
  }

  /**
   * Puts the oldest block's parent below it.
   *
   * @throws IllegalStateException when it is not that parent
   */
  void prepend(BlockRef block) {
    if (block.number() != oldest().number() - 1 || !block.hash().equals(oldest().parentHash())) {
      throw new IllegalStateException("block " + block + " is not the parent of " + oldest());
    }
    blocks.addFirst(block);
  }

  /** Removes every block above {@code number} and returns them, lowest first. */
  List<BlockRef> dropAbove(long number) {
    int keep = (int) Math.max(0, number - oldest().number() + 1);
    List<BlockRef> tail = blocks.subList(Math.min(keep, blocks.size()), blocks.size());
    List<BlockRef> dropped = List.copyOf(tail);
    tail.clear();
    return dropped;
  }
}
