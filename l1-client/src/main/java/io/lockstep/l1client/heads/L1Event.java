// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.heads;

import io.lockstep.l1client.execution.L1Block;
import io.lockstep.primitives.types.BlockRef;
import java.util.List;

/**
 * What happened to the L1 execution chain, in order and without a gap: applying the events of kind
 * NewBlocks and Reorg one after the other always gives the chain up to the tracker's head.
 */
public sealed interface L1Event {
  /** Blocks on top of the head, lowest first; never empty. */
  record NewBlocks(List<L1Block> blocks) implements L1Event {
    public NewBlocks {
      blocks = List.copyOf(blocks);
    }
  }

  /**
   * The chain above {@code forkPoint} was replaced.
   *
   * @param dropped lowest first, never empty
   * @param added lowest first; empty when the chain only got shorter, or when what replaces the
   *     dropped blocks follows as NewBlocks
   */
  record Reorg(BlockRef forkPoint, List<BlockRef> dropped, List<L1Block> added) implements L1Event {
    public Reorg {
      dropped = List.copyOf(dropped);
      added = List.copyOf(added);
    }
  }

  /** The node's finalized block moved; it is at or below the head and on its chain. */
  record Finalized(BlockRef block) implements L1Event {}

  /** The node's safe block moved; it is at or below the head and on its chain. */
  record Safe(BlockRef block) implements L1Event {}

  /** No endpoint answers; told once, until {@link Reachable}. */
  record Unreachable(String why) implements L1Event {}

  /** An endpoint answers again. */
  record Reachable() implements L1Event {}

  /**
   * The chain changed below all that the tracker remembers. It goes no further: what was derived
   * from the old chain must be thrown away and the tracker made anew.
   */
  record TooDeep(BlockRef oldestKnown, BlockRef newHead) implements L1Event {}
}
