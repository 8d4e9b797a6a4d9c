// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.send;

import io.lockstep.l1client.execution.L1Receipt;
import io.lockstep.primitives.uint.UInt256;

/**
 * What a posting has cost in the block it stands in. Any thread.
 *
 * @param gasWei paid for execution, base fee and tip
 * @param blobWei burned for its blobs
 * @param transactions that it carried; 0 when that is not known
 */
public record PostingCost(
    UInt256 gasWei, UInt256 blobWei, long gasUsed, long blobGas, int transactions) {
  static PostingCost of(L1Receipt receipt, int transactions) {
    return new PostingCost(
        receipt.effectiveGasPrice().multiply(UInt256.of(receipt.gasUsed())),
        receipt.blobGasPrice().multiply(UInt256.of(receipt.blobGasUsed())),
        receipt.gasUsed(),
        receipt.blobGasUsed(),
        transactions);
  }

  public UInt256 totalWei() {
    return gasWei.add(blobWei);
  }

  /** Wei for each transaction that it carried; all of it when none is known. */
  public UInt256 perTransactionWei() {
    return totalWei().divide(UInt256.of(Math.max(1, transactions)));
  }
}
