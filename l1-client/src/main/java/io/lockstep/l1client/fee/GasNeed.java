// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.fee;

import io.lockstep.primitives.uint.UInt256;

/** The gas that a transaction may burn: its limit, and that of its blobs. Any thread. */
public record GasNeed(long gasLimit, long blobGas) {
  /** Gas of a transaction with so many blobs. */
  public static GasNeed of(long gasLimit, int blobs) {
    return new GasNeed(gasLimit, blobs * BlobParams.GAS_PER_BLOB);
  }

  /** Wei at most at these fees. */
  public UInt256 cost(Fees fees) {
    return fees.feeCap()
        .multiply(UInt256.of(gasLimit))
        .add(fees.blobFeeCap().multiply(UInt256.of(blobGas)));
  }
}
