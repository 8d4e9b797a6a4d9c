// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.tick;

import io.lockstep.execution.block.OpenBlock;
import io.lockstep.execution.block.TxOutcome;
import io.lockstep.l1client.contract.ForcedEnqueued;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.tx.TransactionCodec;

/**
 * A transaction out of the forced queue (protocol §4): whoever enqueued it may have put in
 * anything. What may not stand in the block is skipped, and used up all the same.
 */
final class ForcedTransaction {
  private ForcedTransaction() {}

  /** Executes an item in its place; false when it is skipped. */
  static boolean execute(ForcedEnqueued item, OpenBlock block) {
    Transaction tx;
    try {
      tx = TransactionCodec.decode(item.rawTx());
    } catch (DecodeException _) {
      return false;
    }
    return Long.compareUnsigned(tx.gasLimit(), item.gasLimit()) <= 0
        && SystemTransaction.refusal(tx) == null
        && block.execute(tx) instanceof TxOutcome.Included;
  }
}
