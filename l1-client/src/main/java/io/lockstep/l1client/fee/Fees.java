// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.fee;

import io.lockstep.primitives.uint.UInt256;

/**
 * The three fee fields of a blob transaction, wei per gas. Any thread.
 *
 * @param blobFeeCap zero for an ordinary transaction
 */
public record Fees(UInt256 tip, UInt256 feeCap, UInt256 blobFeeCap) {
  private static final UInt256 TWO = UInt256.of(2);

  /** All three doubled: what clients ask for to replace a blob transaction. */
  public Fees doubled() {
    return new Fees(tip.multiply(TWO), feeCap.multiply(TWO), blobFeeCap.multiply(TWO));
  }

  public Fees max(Fees other) {
    return new Fees(
        max(tip, other.tip), max(feeCap, other.feeCap), max(blobFeeCap, other.blobFeeCap));
  }

  static UInt256 max(UInt256 a, UInt256 b) {
    return a.compareTo(b) >= 0 ? a : b;
  }
}
