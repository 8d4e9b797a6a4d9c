// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.fork;

/**
 * The blob numbers of a fork (EIP-7840).
 *
 * @param targetBlobs blobs a block at which the fee stands still
 * @param maxBlobs most blobs a block
 * @param baseFeeUpdateFraction how slowly the blob base fee moves
 */
public record BlobParams(int targetBlobs, int maxBlobs, long baseFeeUpdateFraction) {
  /** EIP-4844. */
  public static final long GAS_PER_BLOB = 131_072;

  /** Before Cancun. */
  public static final BlobParams NONE = new BlobParams(0, 0, 1);

  public BlobParams {
    if (targetBlobs < 0 || maxBlobs < targetBlobs || baseFeeUpdateFraction <= 0) {
      throw new IllegalArgumentException(
          "blob parameters target "
              + targetBlobs
              + ", max "
              + maxBlobs
              + ", baseFeeUpdateFraction "
              + baseFeeUpdateFraction);
    }
  }

  public long targetGas() {
    return targetBlobs * GAS_PER_BLOB;
  }

  public long maxGas() {
    return maxBlobs * GAS_PER_BLOB;
  }

  /** What mainnet set for {@code fork}; forks after the last scheduled one keep its numbers. */
  public static BlobParams mainnet(Fork fork) {
    return switch (fork) {
      case CANCUN -> new BlobParams(3, 6, 3_338_477);
      case PRAGUE, OSAKA -> new BlobParams(6, 9, 5_007_716);
      case BPO1 -> new BlobParams(10, 15, 8_346_193);
      case BPO2, BPO3, BPO4, BPO5 -> new BlobParams(14, 21, 11_684_671);
      case FRONTIER,
          HOMESTEAD,
          TANGERINE_WHISTLE,
          SPURIOUS_DRAGON,
          BYZANTIUM,
          CONSTANTINOPLE,
          PETERSBURG,
          ISTANBUL,
          BERLIN,
          LONDON,
          PARIS,
          SHANGHAI ->
          NONE;
    };
  }
}
