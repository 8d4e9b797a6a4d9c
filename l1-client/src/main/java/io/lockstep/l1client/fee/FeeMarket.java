// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.fee;

import io.lockstep.l1client.execution.L1Block;
import io.lockstep.primitives.uint.UInt256;
import java.math.BigInteger;

/**
 * The fee market above one L1 block: what the next block asks, and the most that the blocks after
 * it can ask (EIP-1559, EIP-4844, EIP-7892, EIP-7918). Pure. Any thread.
 *
 * @param head the newest block
 * @param schedule of blob parameters
 * @param blobFeeSaid wei per blob gas in the next block as the node says; zero when it does not
 * @param slotSeconds between two blocks at least
 * @param tips what was paid beside the base fee of late
 */
public record FeeMarket(
    L1Block head, BlobSchedule schedule, UInt256 blobFeeSaid, long slotSeconds, Tips tips) {
  private static final BigInteger EIGHT = BigInteger.valueOf(8);
  private static final BigInteger NINE = BigInteger.valueOf(9);

  /** EIP-7918: execution gas that a blob costs at least. */
  private static final long BLOB_BASE_COST = 1 << 13;

  /** More blob gas than any block has; keeps products within a long. */
  private static final long MOST_USED = 1L << 40;

  /**
   * Tips of recent blocks, wei per gas.
   *
   * @param usual the middle one of the blocks' medians
   * @param high the highest of the blocks' 90th percentiles
   */
  public record Tips(UInt256 usual, UInt256 high) {}

  /** Wei per gas in the next block (EIP-1559). */
  public UInt256 nextBaseFee() {
    BigInteger fee = head.baseFee().toBigInteger();
    BigInteger target = BigInteger.valueOf(Math.max(1, head.gasLimit() / 2));
    BigInteger used = BigInteger.valueOf(head.gasUsed());
    int direction = used.compareTo(target);
    if (direction == 0) {
      return head.baseFee();
    }
    BigInteger change = fee.multiply(used.subtract(target).abs()).divide(target).divide(EIGHT);
    BigInteger next = direction > 0 ? fee.add(change.max(BigInteger.ONE)) : fee.subtract(change);
    return bounded(next);
  }

  /** The highest base fee of the next {@code blocks} blocks: all of them full. */
  public UInt256 highestBaseFee(int blocks) {
    BigInteger fee = nextBaseFee().toBigInteger();
    for (int i = 1; i < blocks; i++) {
      fee = fee.multiply(NINE).add(EIGHT.subtract(BigInteger.ONE)).divide(EIGHT);
    }
    return bounded(fee);
  }

  /** Wei per blob gas in the next block. */
  public UInt256 nextBlobFee() {
    return highestBlobFee(1);
  }

  /** The highest blob base fee of the next {@code blocks} blocks: all of them full of blobs. */
  public UInt256 highestBlobFee(int blocks) {
    BlobParams nextParams = schedule.at(head.timestampSeconds() + slotSeconds);
    // The node knows better where the fee stands, and the schedule how fast it may rise.
    long excess = Math.max(nextExcess(), excessOf(blobFeeSaid, nextParams));
    UInt256 highest = blobFeeSaid;
    for (int i = 1; i <= blocks; i++) {
      BlobParams params = schedule.at(head.timestampSeconds() + i * slotSeconds);
      if (i > 1) {
        long rise = (params.maxBlobs() - params.targetBlobs()) * BlobParams.GAS_PER_BLOB;
        excess = excess > Long.MAX_VALUE - rise ? Long.MAX_VALUE : excess + rise;
      }
      highest = Fees.max(highest, blobFee(excess, params));
    }
    return highest;
  }

  /** About the excess blob gas at which the fee is so high. */
  private static long excessOf(UInt256 blobFee, BlobParams params) {
    double fee = blobFee.toBigInteger().doubleValue();
    return fee <= 1 ? 0 : (long) Math.ceil(params.updateFraction() * StrictMath.log(fee));
  }

  /** EIP-7918, with the parameters of the next block. */
  private long nextExcess() {
    BlobParams params = schedule.at(head.timestampSeconds() + slotSeconds);
    long had = head.excessBlobGas();
    long used = head.blobGasUsed();
    long target = params.targetBlobs() * BlobParams.GAS_PER_BLOB;
    long both = had > Long.MAX_VALUE - used ? Long.MAX_VALUE : had + used;
    if (both < target) {
      return 0;
    }
    if (params.hasReservePrice() && params.maxBlobs() > 0) {
      BigInteger blobCost =
          blobFee(had, params).toBigInteger().multiply(BigInteger.valueOf(BlobParams.GAS_PER_BLOB));
      BigInteger reserve =
          head.baseFee().toBigInteger().multiply(BigInteger.valueOf(BLOB_BASE_COST));
      if (reserve.compareTo(blobCost) > 0) {
        long rise =
            Math.min(used, MOST_USED)
                * (params.maxBlobs() - params.targetBlobs())
                / params.maxBlobs();
        return had > Long.MAX_VALUE - rise ? Long.MAX_VALUE : had + rise;
      }
    }
    return both - target;
  }

  /** EIP-4844's fake exponential; a fee beyond all money is cut off. */
  static UInt256 blobFee(long excessBlobGas, BlobParams params) {
    BigInteger excess = BigInteger.valueOf(excessBlobGas);
    BigInteger fraction = BigInteger.valueOf(params.updateFraction());
    BigInteger sum = BigInteger.ZERO;
    BigInteger term = fraction;
    for (long i = 1; term.signum() > 0 && sum.bitLength() < 160; i++) {
      sum = sum.add(term);
      term = term.multiply(excess).divide(fraction.multiply(BigInteger.valueOf(i)));
    }
    return bounded(sum.divide(fraction));
  }

  /** No fee above 2^128 is worth telling apart; sums and products of such fit a word. */
  private static UInt256 bounded(BigInteger fee) {
    return fee.bitLength() > 128 ? UInt256.of(BigInteger.ONE.shiftLeft(128)) : UInt256.of(fee);
  }
}
