// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.tick;

import io.lockstep.primitives.tx.Block;
import io.lockstep.primitives.tx.Transaction;
import java.util.List;

/** The part of a block that its builder chose: what is posted, gossiped and may wait again. */
public final class BlockBody {
  private BlockBody() {}

  /** A block's transactions without the inserted ones: the system transaction and forced ones. */
  public static List<Transaction> of(Block block) {
    int inserted = 1 + HeaderExtra.of(block.header()).forcedTransactions();
    return block.transactions().subList(inserted, block.transactions().size());
  }
}
