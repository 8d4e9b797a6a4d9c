// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.verify;

import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/**
 * What a check asks of an L1 that its caller trusts. Everything that cannot be answered is an
 * IOException; an empty answer is an answer. Called from the checking thread.
 */
public interface L1Access {
  /**
   * The lookahead oracle: the window of an L1 slot, as things stand.
   *
   * @return empty while an epoch that it needs is not synced, or no longer kept
   */
  Optional<Window> window(long slot) throws IOException;

  /**
   * The operator registry: whose committer this is or was.
   *
   * @param windowSlot names the window in which it signed
   * @return empty when it is nobody's
   */
  Optional<Committer> committer(Address committer, long windowSlot) throws IOException;

  /**
   * The inbox: its batches in L1's canonical blocks from {@code fromBlock} on, in order, until the
   * visitor wants no more. Call data that is no batch derives to nothing and is passed over.
   */
  void postings(long fromBlock, Visitor visitor) throws IOException;

  /**
   * The inbox: whether an open block landed in this window, in L1's canonical blocks from {@code
   * fromBlock} on.
   */
  boolean hasOpenBlock(long windowSlot, long fromBlock) throws IOException;

  /** The hash of a canonical L1 block; empty when L1 is not so far. */
  Optional<Hash32> blockHash(long number) throws IOException;

  /** Takes batches one by one. */
  @FunctionalInterface
  interface Visitor {
    /** Whether to go on. */
    boolean visit(Posting posting) throws IOException;
  }

  /**
   * A window by the oracle.
   *
   * @param windowSlot the slot that names it
   * @param operatorId whose it is, 0 for nobody's
   * @param fallback whether the operator is the epoch's fallback (protocol §1.3.7)
   */
  record Window(long windowSlot, int operatorId, boolean fallback) {}

  /**
   * An operator by its committer.
   *
   * @param windowCommitter the operator's committer in the window asked for (protocol §1.1.4)
   * @param stakeWei as things stand
   */
  record Committer(int operatorId, Address windowCommitter, UInt256 stakeWei, boolean frozen) {}

  /**
   * A batch as its call data declares it.
   *
   * @param l1Block number of the L1 block that has it
   * @param l1TxHash the blob transaction
   * @param lastTick the last tick of all its ranges, own and carried
   * @param lastBlocks hash of each rollup's last block, by chain id
   */
  record Posting(long l1Block, Hash32 l1TxHash, long lastTick, Map<Long, Hash32> lastBlocks) {
    public Posting {
      lastBlocks = Map.copyOf(lastBlocks);
    }
  }
}
