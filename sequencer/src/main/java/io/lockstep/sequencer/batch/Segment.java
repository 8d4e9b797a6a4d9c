// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.batch;

import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.tx.TransactionType;
import io.lockstep.primitives.types.Hash32;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One rollup's blocks in a batch, in order of their ticks. Any thread.
 *
 * <p>Ticks ascend strictly, anchors never go back, one anchor number has one hash.
 *
 * @param rollupId the rollup's chain id
 */
public record Segment(long rollupId, List<BlockData> blocks) {
  public Segment {
    blocks = List.copyOf(blocks);
    if (rollupId < 0) {
      throw new IllegalArgumentException("a rollup id is below 2^63, got " + rollupId);
    }
    String fault = fault(blocks);
    if (fault != null) {
      throw new IllegalArgumentException("rollup " + rollupId + ": " + fault);
    }
  }

  /** The number of transactions in all blocks. */
  public int transactionCount() {
    int count = 0;
    for (BlockData block : blocks) {
      count += block.transactions().size();
    }
    return count;
  }

  /** What is wrong with these blocks as a segment, or null. */
  static @Nullable String fault(List<BlockData> blocks) {
    if (blocks.isEmpty() || blocks.size() > BatchLimits.MAX_BLOCKS_PER_SEGMENT) {
      return blocks.size() + " blocks, 1 to " + BatchLimits.MAX_BLOCKS_PER_SEGMENT + " allowed";
    }
    long count = 0;
    long tick = -1;
    long anchor = -1;
    Hash32 anchorHash = Hash32.ZERO;
    for (BlockData block : blocks) {
      if (block.tick() <= tick) {
        return "tick " + block.tick() + " after tick " + tick;
      }
      if (block.anchorNumber() < anchor) {
        return "anchor " + block.anchorNumber() + " after anchor " + anchor;
      }
      if (block.anchorNumber() == anchor && !block.anchorHash().equals(anchorHash)) {
        return "two hashes of anchor " + anchor;
      }
      tick = block.tick();
      anchor = block.anchorNumber();
      anchorHash = block.anchorHash();
      count += block.transactions().size();
      for (Transaction tx : block.transactions()) {
        if (tx.type() == TransactionType.BLOB) {
          return "a blob transaction";
        }
        if (tx.encoded().size() > BatchLimits.MAX_TRANSACTION_BYTES) {
          return "transaction of "
              + tx.encoded().size()
              + " bytes, limit "
              + BatchLimits.MAX_TRANSACTION_BYTES;
        }
      }
    }
    return count > BatchLimits.MAX_TRANSACTIONS
        ? count + " transactions, limit " + BatchLimits.MAX_TRANSACTIONS
        : null;
  }
}
