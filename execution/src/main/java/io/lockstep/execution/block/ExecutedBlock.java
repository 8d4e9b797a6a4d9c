// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.block;

import io.lockstep.execution.journal.StateDiff;
import io.lockstep.primitives.tx.Receipt;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.tx.Withdrawal;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All that executing a block gives but the state root, which the state store adds.
 *
 * @param blobGasUsed zero before Cancun
 * @param requestsHash EIP-7685; null before Prague
 * @param withdrawals null before Shanghai
 * @param requests EIP-7685: a type byte and data each, empty ones left out
 */
public record ExecutedBlock(
    BlockEnv env,
    List<Transaction> transactions,
    List<Receipt> receipts,
    long gasUsed,
    long blobGasUsed,
    @Nullable Hash32 requestsHash,
    StateDiff diff,
    @Nullable List<Withdrawal> withdrawals,
    List<Bytes> requests) {
  public ExecutedBlock {
    transactions = List.copyOf(transactions);
    receipts = List.copyOf(receipts);
    withdrawals = withdrawals == null ? null : List.copyOf(withdrawals);
    requests = List.copyOf(requests);
  }

  /** A post-Shanghai block without withdrawals and without requests to show. */
  public ExecutedBlock(
      BlockEnv env,
      List<Transaction> transactions,
      List<Receipt> receipts,
      long gasUsed,
      long blobGasUsed,
      @Nullable Hash32 requestsHash,
      StateDiff diff) {
    this(
        env,
        transactions,
        receipts,
        gasUsed,
        blobGasUsed,
        requestsHash,
        diff,
        List.of(),
        List.of());
  }
}
