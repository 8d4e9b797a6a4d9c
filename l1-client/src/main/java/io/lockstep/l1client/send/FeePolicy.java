// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.send;

import io.lockstep.l1client.L1Exception;
import io.lockstep.l1client.execution.BlockTag;
import io.lockstep.l1client.execution.ExecutionClient;
import io.lockstep.l1client.execution.L1Block;
import io.lockstep.primitives.uint.UInt256;
import java.math.BigInteger;

/**
 * What to offer for inclusion. Caps are generous, as only what the block asks is paid: fee cap
 * twice the base fee plus the tip (six full blocks), blob fee cap a multiple of the blob base fee.
 *
 * @param minTip wei per gas, offered at least
 * @param maxTip wei per gas that is never exceeded: unlike the caps, it is paid in full
 * @param minBlobFeeCap wei per blob gas, offered at least
 * @param blobFeeMultiple of the present blob base fee
 * @param maxFeeCap wei per gas that is never exceeded, not by a replacement either
 * @param maxBlobFeeCap wei per blob gas that is never exceeded
 */
public record FeePolicy(
    UInt256 minTip,
    UInt256 maxTip,
    UInt256 minBlobFeeCap,
    int blobFeeMultiple,
    UInt256 maxFeeCap,
    UInt256 maxBlobFeeCap) {
  private static final UInt256 GWEI = UInt256.of(1_000_000_000L);
  private static final UInt256 TWO = UInt256.of(2);
  private static final BigInteger CANCUN_UPDATE_FRACTION = BigInteger.valueOf(3_338_477);

  public static final FeePolicy DEFAULT =
      new FeePolicy(
          GWEI,
          GWEI.multiply(UInt256.of(200)),
          GWEI,
          8,
          GWEI.multiply(UInt256.of(20_000)),
          GWEI.multiply(UInt256.of(20_000)));

  /**
   * What to offer now.
   *
   * @param withBlobs whether the blob fee is asked for
   */
  Fees suggest(ExecutionClient execution, boolean withBlobs) throws L1Exception {
    L1Block latest = execution.block(BlockTag.LATEST);
    if (latest == null) {
      throw new L1Exception(L1Exception.Kind.BUSY, "the L1 node has no block yet");
    }
    UInt256 tip = larger(minTip, suggestedTip(execution));
    UInt256 blobFee = withBlobs ? blobBaseFee(execution, latest) : UInt256.ZERO;
    return capped(
        new Fees(
            tip,
            latest.baseFee().multiply(TWO).add(tip),
            withBlobs
                ? larger(minBlobFeeCap, blobFee.multiply(UInt256.of(blobFeeMultiple)))
                : UInt256.ZERO));
  }

  Fees capped(Fees fees) {
    UInt256 cap = fees.feeCap().min(maxFeeCap);
    return new Fees(fees.tip().min(maxTip).min(cap), cap, fees.blobFeeCap().min(maxBlobFeeCap));
  }

  /** Whether {@code fees} are all within the caps. */
  boolean allows(Fees fees) {
    return capped(fees).equals(fees);
  }

  private static UInt256 suggestedTip(ExecutionClient execution) throws L1Exception {
    try {
      return execution.maxPriorityFee();
    } catch (L1Exception e) {
      if (e.isTemporary()) {
        throw e;
      }
      return UInt256.ZERO; // a node without the method: the minimum stands
    }
  }

  private static UInt256 blobBaseFee(ExecutionClient execution, L1Block latest) throws L1Exception {
    try {
      return execution.blobBaseFee();
    } catch (L1Exception e) {
      if (e.isTemporary()) {
        throw e;
      }
      return highestBlobBaseFee(latest.excessBlobGas());
    }
  }

  /**
   * The blob base fee of EIP-4844 with the smallest update fraction that was ever in force, so
   * never below the true one: for nodes that cannot say it.
   */
  static UInt256 highestBlobBaseFee(long excessBlobGas) {
    BigInteger excess = BigInteger.valueOf(excessBlobGas);
    BigInteger sum = BigInteger.ZERO;
    BigInteger term = CANCUN_UPDATE_FRACTION;
    for (long i = 1; term.signum() > 0 && sum.bitLength() < 250; i++) {
      sum = sum.add(term);
      term = term.multiply(excess).divide(CANCUN_UPDATE_FRACTION.multiply(BigInteger.valueOf(i)));
    }
    return UInt256.of(sum.divide(CANCUN_UPDATE_FRACTION));
  }

  private static UInt256 larger(UInt256 a, UInt256 b) {
    return a.compareTo(b) >= 0 ? a : b;
  }
}
