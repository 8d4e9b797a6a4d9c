// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.rpc;

import io.lockstep.l1client.execution.L1Block;
import io.lockstep.l1client.heads.L1Event;
import io.lockstep.primitives.types.BlockRef;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The heads of L1 as this node follows them. Told by the thread that follows L1, read from any.
 * Null stands for what has not been seen yet.
 */
public final class L1Heads {
  private volatile Known known = new Known(null, null, null, null);

  /**
   * One moment's heads.
   *
   * @param read the newest block that was read for batches
   */
  record Known(
      @Nullable BlockRef read,
      @Nullable BlockRef head,
      @Nullable BlockRef safe,
      @Nullable BlockRef finalized) {}

  Known known() {
    return known;
  }

  /** An event came. */
  public void onEvent(L1Event event) {
    Known now = known;
    switch (event) {
      case L1Event.NewBlocks blocks ->
          known = new Known(now.read, newest(blocks.blocks(), now.head), now.safe, now.finalized);
      case L1Event.Reorg reorg ->
          known =
              new Known(
                  notAbove(now.read, reorg.forkPoint()),
                  newest(reorg.added(), reorg.forkPoint()),
                  notAbove(now.safe, reorg.forkPoint()),
                  now.finalized);
      case L1Event.Safe safe -> known = new Known(now.read, now.head, safe.block(), now.finalized);
      case L1Event.Finalized finalized ->
          known = new Known(now.read, now.head, now.safe, finalized.block());
      case L1Event.Unreachable _, L1Event.Reachable _, L1Event.TooDeep _ -> {}
    }
  }

  /** What an event brought has been read. */
  public void onRead(L1Event event) {
    Known now = known;
    BlockRef read =
        switch (event) {
          case L1Event.NewBlocks blocks -> newest(blocks.blocks(), now.read);
          case L1Event.Reorg reorg -> newest(reorg.added(), now.read);
          case L1Event.Safe _,
              L1Event.Finalized _,
              L1Event.Unreachable _,
              L1Event.Reachable _,
              L1Event.TooDeep _ ->
              now.read;
        };
    known = new Known(read, now.head, now.safe, now.finalized);
  }

  private static @Nullable BlockRef newest(List<L1Block> blocks, @Nullable BlockRef otherwise) {
    return blocks.isEmpty() ? otherwise : blocks.getLast().ref();
  }

  private static @Nullable BlockRef notAbove(@Nullable BlockRef block, BlockRef limit) {
    return block != null && block.number() > limit.number() ? limit : block;
  }
}
