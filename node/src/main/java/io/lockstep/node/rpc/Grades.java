// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.rpc;

import io.lockstep.preconf.commitment.Commitment;
import io.lockstep.preconf.commitment.PromiseBody;
import io.lockstep.preconf.commitment.TxLeaf;
import io.lockstep.preconf.gossip.PromiseMessage;
import io.lockstep.preconf.ledger.ReleasedLedger;
import io.lockstep.primitives.tx.BlockHeader;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.sequencer.head.NodeView;
import io.lockstep.sequencer.head.RollupView;
import java.util.function.Supplier;

/**
 * How far something signed has come (protocol §2.3): {@code frag < sealed < posted < safe <
 * finalized}. It is posted when the call data of a batch that L1 has names the very block, and this
 * node has not derived the batch yet, be it for want of its blobs: {@link
 * io.lockstep.sequencer.derive.PostedHead} says when. Such a batch makes the block safe, or derives
 * to nothing; a reorg takes the grade back. Any thread.
 */
public final class Grades {
  static final String FRAG = "frag";

  private final Supplier<NodeView> view;

  public Grades(Supplier<NodeView> view) {
    this.view = view;
  }

  String of(Commitment commitment) {
    TxLeaf leaf = commitment.leaf();
    Commitment.SealProof seal = commitment.seal();
    RollupView rollup = view.get().rollup(leaf.rollupId());
    if (rollup == null || seal == null) {
      return FRAG;
    }
    Hash32 onChain = rollup.rollup().chain().canonicalHash(leaf.number());
    return seal.leaf().blockHash().equals(onChain) ? ofBlock(rollup, leaf.number()) : FRAG;
  }

  /** The grade of the transaction, or of the block whose state is locked. */
  String of(PromiseMessage promise, ReleasedLedger ledger) {
    Transaction tx = promise.transaction();
    if (tx != null) {
      Commitment commitment = ledger.commitment(tx.hash());
      return commitment == null ? FRAG : of(commitment);
    }
    RollupView rollup = view.get().rollup(promise.said().rollupId());
    return rollup != null
            && promise.said() instanceof PromiseBody.StateLock lock
            && lock.number() <= rollup.head().number()
        ? ofBlock(rollup, lock.number())
        : FRAG;
  }

  private static String ofBlock(RollupView rollup, long number) {
    if (number <= rollup.finalized().number()) {
      return "finalized";
    }
    if (number <= rollup.safe().number()) {
      return "safe";
    }
    return number <= rollup.posted().number() && isOnChain(rollup, rollup.posted())
        ? "posted"
        : "sealed";
  }

  /** The chain may have moved since the picture was taken: then it is not what was posted. */
  private static boolean isOnChain(RollupView rollup, BlockHeader header) {
    return header.hash().equals(rollup.rollup().chain().canonicalHash(header.number()));
  }
}
