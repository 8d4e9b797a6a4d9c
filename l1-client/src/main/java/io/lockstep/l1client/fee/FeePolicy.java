// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.fee;

import io.lockstep.primitives.uint.UInt256;
import org.jspecify.annotations.Nullable;

/**
 * What to offer for inclusion. Caps cover the worst rise of both fees until the deadline, as only
 * what a block asks is paid; the tip, which is paid in full, rises as the deadline comes near. A
 * first offer takes at most half of the budget, so that it can be doubled once. Pure. Any thread.
 *
 * @param minTip wei per gas, offered at least
 * @param maxTip wei per gas that is never exceeded
 * @param minBlobFeeCap wei per blob gas, offered at least
 * @param maxFeeCap wei per gas that is never exceeded, not by a replacement either
 * @param maxBlobFeeCap wei per blob gas that is never exceeded
 * @param budgetWei most that one transaction may cost at its caps
 */
public record FeePolicy(
    UInt256 minTip,
    UInt256 maxTip,
    UInt256 minBlobFeeCap,
    UInt256 maxFeeCap,
    UInt256 maxBlobFeeCap,
    UInt256 budgetWei) {
  private static final UInt256 GWEI = UInt256.of(1_000_000_000L);

  /** Full blocks in a row whose rise is paid for at least: twice the base fee. */
  private static final int LEAST_BLOCKS = 6;

  /** And at most: the base fee may rise elevenfold until then. */
  private static final int MOST_BLOCKS = 20;

  /** With so many blocks left the tip is one that nearly all others are below. */
  private static final int URGENT_BLOCKS = 3;

  public static final FeePolicy DEFAULT =
      new FeePolicy(
          GWEI,
          GWEI.multiply(UInt256.of(200)),
          GWEI,
          GWEI.multiply(UInt256.of(20_000)),
          GWEI.multiply(UInt256.of(20_000)),
          GWEI.multiply(UInt256.of(2_000_000_000L)));

  /**
   * The first offer of a transaction that must be in one of the next {@code blocksLeft} blocks.
   *
   * @return null when the budget or a cap does not even reach what the next block asks
   */
  public @Nullable Fees first(FeeMarket market, GasNeed need, int blocksLeft) {
    for (int blocks = horizon(blocksLeft); blocks >= 1; blocks--) {
      Fees fees = wanted(market, need, blocksLeft, blocks);
      if (need.cost(fees.doubled()).compareTo(budgetWei) <= 0) {
        return fees;
      }
    }
    Fees least = wanted(market, need, blocksLeft, 1);
    return need.cost(least).compareTo(budgetWei) <= 0 && covers(least, market, need) ? least : null;
  }

  /**
   * What replaces {@code old}: all fees at least doubled, and enough for the market.
   *
   * @return null when that is above the caps or the budget
   */
  public @Nullable Fees replacement(Fees old, FeeMarket market, GasNeed need, int blocksLeft) {
    Fees doubled = old.doubled();
    if (!capped(doubled).equals(doubled) || need.cost(doubled).compareTo(budgetWei) > 0) {
      return null;
    }
    for (int blocks = horizon(blocksLeft); blocks >= 1; blocks--) {
      Fees fees = capped(doubled.max(wanted(market, need, blocksLeft, blocks)));
      if (need.cost(fees).compareTo(budgetWei) <= 0) {
        return fees;
      }
    }
    return doubled;
  }

  /** Whether a transaction at these fees may stand in the next block. */
  public boolean covers(Fees fees, FeeMarket market, GasNeed need) {
    return fees.feeCap().compareTo(market.nextBaseFee()) >= 0
        && (need.blobGas() == 0 || fees.blobFeeCap().compareTo(market.nextBlobFee()) >= 0);
  }

  private static int horizon(int blocksLeft) {
    return Math.clamp(blocksLeft, LEAST_BLOCKS, MOST_BLOCKS);
  }

  private Fees wanted(FeeMarket market, GasNeed need, int blocksLeft, int blocks) {
    UInt256 tip =
        Fees.max(
            minTip,
            blocksLeft <= URGENT_BLOCKS
                ? Fees.max(market.tips().high(), market.tips().usual())
                : market.tips().usual());
    return capped(
        new Fees(
            tip,
            market.highestBaseFee(blocks).add(tip),
            need.blobGas() == 0
                ? UInt256.ZERO
                : Fees.max(minBlobFeeCap, market.highestBlobFee(blocks))));
  }

  private Fees capped(Fees fees) {
    UInt256 cap = fees.feeCap().min(maxFeeCap);
    return new Fees(fees.tip().min(maxTip).min(cap), cap, fees.blobFeeCap().min(maxBlobFeeCap));
  }
}
