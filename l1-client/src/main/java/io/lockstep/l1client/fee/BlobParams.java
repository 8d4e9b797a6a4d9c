// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.fee;

/**
 * What one fork asks of blobs (EIP-7840, EIP-7892). Any thread.
 *
 * @param targetBlobs blobs of a block at which the fee stays
 * @param maxBlobs blobs of a block at most
 * @param updateFraction of the blob base fee: the larger, the slower it moves
 * @param hasReservePrice EIP-7918 is in force (Osaka)
 */
public record BlobParams(
    int targetBlobs, int maxBlobs, long updateFraction, boolean hasReservePrice) {
  /** EIP-4844: gas of one blob. */
  public static final long GAS_PER_BLOB = 1 << 17;

  /** Cancun's: the fee never moved faster, so a price that holds here holds everywhere. */
  public static final BlobParams CANCUN = new BlobParams(3, 6, 3_338_477, false);

  /** Twice the logarithm of 1.125, by which a full block raises the fee at half of it. */
  private static final double TWO_LOG_EIGHTH = 2 * Math.log(1.125);

  public BlobParams {
    if (targetBlobs < 0 || maxBlobs < targetBlobs || updateFraction < 1) {
      throw new IllegalArgumentException(
          "blob parameters %d/%d, fraction %d".formatted(targetBlobs, maxBlobs, updateFraction));
    }
  }

  /**
   * The parameters that go with a maximum where a consensus client names no more than that: the
   * fraction by EIP-7892's formula, the target as every fork since Prague has it, two thirds.
   */
  public static BlobParams ofMax(int maxBlobs, boolean hasReservePrice) {
    if (maxBlobs <= CANCUN.maxBlobs) {
      return new BlobParams(
          maxBlobs / 2, maxBlobs, Math.max(1, fraction(maxBlobs)), hasReservePrice);
    }
    return new BlobParams(maxBlobs * 2 / 3, maxBlobs, fraction(maxBlobs), hasReservePrice);
  }

  private static long fraction(int maxBlobs) {
    return Math.round(maxBlobs * GAS_PER_BLOB / TWO_LOG_EIGHTH);
  }
}
