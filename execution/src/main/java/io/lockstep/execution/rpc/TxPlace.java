// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.rpc;

import io.lockstep.execution.state.TxLocation;
import io.lockstep.primitives.tx.Block;
import io.lockstep.primitives.tx.Receipt;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Hash32;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where a transaction is. */
sealed interface TxPlace {
  /**
   * In a sealed block, or in the released part of the open one.
   *
   * @param open the released part; null when the block is sealed
   */
  record Included(
      Inclusion in, List<Transaction> transactions, int index, ChainView.@Nullable OpenPart open)
      implements TxPlace {
    Transaction transaction() {
      return transactions.get(index);
    }

    @Nullable List<Receipt> receipts(ChainView view) {
      return open == null ? view.receipts(in.blockHash()) : open.receipts();
    }
  }

  record Waiting(Transaction transaction) implements TxPlace {}

  record Unknown() implements TxPlace {}

  /**
   * Looks where a transaction passes through: waiting, open, sealed. It moves while it is looked
   * for; the places are gone through against its way and once more, so that it is not missed.
   */
  static TxPlace find(ChainView view, Hash32 hash) {
    Included included = included(view, hash);
    if (included != null) {
      return included;
    }
    Transaction waiting = view.waiting(hash);
    if (waiting != null) {
      return new Waiting(waiting);
    }
    included = included(view, hash);
    return included == null ? new Unknown() : included;
  }

  private static @Nullable Included included(ChainView view, Hash32 hash) {
    ChainView.OpenPart open = view.open();
    if (open != null) {
      List<Transaction> transactions = open.transactions();
      for (int i = transactions.size() - 1; i >= 0; i--) {
        if (transactions.get(i).hash().equals(hash)) {
          return new Included(Inclusion.open(view.forks(), open.env()), transactions, i, open);
        }
      }
    }
    TxLocation at = view.transaction(hash);
    Block block = at == null ? null : view.block(at.blockHash());
    return at == null || block == null
        ? null
        : new Included(
            Inclusion.sealed(view.forks(), block.header(), at.blockHash()),
            block.transactions(),
            at.index(),
            null);
  }
}
