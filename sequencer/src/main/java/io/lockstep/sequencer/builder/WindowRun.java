// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.builder;

import io.lockstep.preconf.commitment.BlockLeaf;
import io.lockstep.preconf.gossip.SealMessage;
import io.lockstep.preconf.ledger.CommitmentLedger;
import io.lockstep.primitives.crypto.MerkleTree;
import io.lockstep.primitives.types.Hash32;
import java.util.ArrayList;
import java.util.List;

/**
 * The blocks that an operator has sealed in one window, from windowParent on: what the next seal's
 * {@code blocksRoot} covers (protocol §2.2). Owner: the sequencing thread.
 */
public final class WindowRun {
  private final long windowSlot;
  private final Hash32 windowParent;
  private final List<BlockLeaf> blocks = new ArrayList<>();

  public WindowRun(long windowSlot, Hash32 windowParent) {
    this.windowSlot = windowSlot;
    this.windowParent = windowParent;
  }

  /**
   * Takes up a window in which this operator has sealed before, with the ticks that are on the
   * chain.
   */
  public static WindowRun resume(long windowSlot, List<SealMessage> ownSeals) {
    WindowRun run = new WindowRun(windowSlot, ownSeals.getFirst().seal().ctx().windowParent());
    for (SealMessage seal : ownSeals) {
      seal.blocks().forEach(block -> run.blocks.add(block.leaf()));
    }
    return run;
  }

  public long windowSlot() {
    return windowSlot;
  }

  public Hash32 windowParent() {
    return windowParent;
  }

  /** The tree over the run with {@code tickBlocks} at its end; nothing is added yet. */
  MerkleTree treeWith(List<BlockLeaf> tickBlocks) {
    List<BlockLeaf> all = new ArrayList<>(blocks);
    all.addAll(tickBlocks);
    return CommitmentLedger.blocksTree(all);
  }

  /** Index that the next block added will have in the tree. */
  int nextIndex() {
    return blocks.size();
  }

  void add(List<BlockLeaf> tickBlocks) {
    blocks.addAll(tickBlocks);
  }
}
