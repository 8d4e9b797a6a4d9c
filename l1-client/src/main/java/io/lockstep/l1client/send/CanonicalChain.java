// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.send;

import io.lockstep.l1client.L1Exception;
import io.lockstep.l1client.execution.ExecutionClient;
import io.lockstep.l1client.execution.L1Block;
import io.lockstep.l1client.heads.HeadTracker;
import io.lockstep.l1client.heads.L1Event;
import io.lockstep.primitives.types.BlockRef;
import io.lockstep.primitives.types.Hash32;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The recent L1 chain as the head tracker told it: a receipt counts only when its block stands in
 * it, whatever an endpoint that is ahead or behind says. Owned by the sender's thread.
 */
final class CanonicalChain {
  private final TreeMap<Long, BlockRef> blocks = new TreeMap<>();
  private @Nullable L1Block newest;

  /** Applies an event; returns how many blocks came on top. */
  int apply(L1Event event) {
    return switch (event) {
      case L1Event.NewBlocks(List<L1Block> added) -> {
        add(added);
        yield added.size();
      }
      case L1Event.Reorg(BlockRef forkPoint, List<BlockRef> dropped, List<L1Block> added) -> {
        blocks.tailMap(forkPoint.number(), false).clear();
        add(added);
        yield added.size();
      }
      case L1Event.Finalized ignored -> 0;
      case L1Event.Safe ignored -> 0;
      case L1Event.Unreachable ignored -> 0;
      case L1Event.Reachable ignored -> 0;
      case L1Event.TooDeep ignored -> {
        blocks.clear();
        yield 0;
      }
    };
  }

  private void add(List<L1Block> added) {
    for (L1Block block : added) {
      blocks.put(block.number(), block.ref());
      newest = block;
      if (blocks.size() > HeadTracker.WINDOW_BLOCKS) {
        blocks.pollFirstEntry();
      }
    }
  }

  boolean isKnown() {
    return !blocks.isEmpty();
  }

  /** The block that was told last, or null before the first. */
  @Nullable L1Block newest() {
    return newest;
  }

  /** The number of the block that comes next. */
  long nextNumber() {
    return blocks.isEmpty() ? 0 : blocks.lastKey() + 1;
  }

  /** Whether {@code number} is above all that was told so far. */
  boolean isAbove(long number) {
    return blocks.isEmpty() || number > blocks.lastKey();
  }

  /**
   * The block if it is in the chain, else null. Blocks older than what is remembered are asked for.
   */
  @Nullable BlockRef canonical(long number, Hash32 hash, ExecutionClient execution)
      throws L1Exception {
    Map.Entry<Long, BlockRef> oldest = blocks.firstEntry();
    if (oldest == null) {
      return null;
    }
    BlockRef known = blocks.get(number);
    if (known == null && number < oldest.getKey()) {
      L1Block asked = execution.blockByNumber(number);
      known = asked == null ? null : asked.ref();
    }
    return known != null && known.hash().equals(hash) ? known : null;
  }
}
