// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.send;

import io.lockstep.l1client.L1Exception;
import io.lockstep.l1client.execution.L1Block;
import io.lockstep.l1client.fee.FeeMarket;
import io.lockstep.l1client.fee.FeePolicy;
import io.lockstep.l1client.fee.FeeReader;
import io.lockstep.l1client.fee.Fees;
import io.lockstep.l1client.fee.GasNeed;
import io.lockstep.primitives.uint.UInt256;
import org.jspecify.annotations.Nullable;

/** Applies the fee policy to the market of the moment. Owned by the sender's thread. */
final class Pricer {
  /** What is due at no time is priced as if it were due so many blocks from now. */
  private static final int BLOCKS_WITHOUT_DUE_TIME = 6;

  private final FeeReader reader;
  private final FeePolicy policy;
  private @Nullable FeeMarket lastRead;

  Pricer(FeeReader reader, FeePolicy policy) {
    this.reader = reader;
    this.policy = policy;
  }

  /** A first offer; null when the budget does not reach. */
  @Nullable Fees first(GasNeed need, long dueSeconds) throws L1Exception {
    FeeMarket market = read();
    return policy.first(market, need, blocksLeft(market, dueSeconds));
  }

  /** At least twice the old fees; null when caps or budget do not reach. */
  @Nullable Fees replacement(Fees old, GasNeed need, long dueSeconds) throws L1Exception {
    FeeMarket market = read();
    return policy.replacement(old, market, need, blocksLeft(market, dueSeconds));
  }

  /** Whether a block on top of {@code newest} may take these fees. */
  boolean covers(Fees fees, GasNeed need, L1Block newest) throws L1Exception {
    FeeMarket known = lastRead == null ? read() : lastRead;
    FeeMarket now =
        new FeeMarket(newest, known.schedule(), UInt256.ZERO, known.slotSeconds(), known.tips());
    return policy.covers(fees, now, need);
  }

  private FeeMarket read() throws L1Exception {
    FeeMarket market = reader.market(true);
    lastRead = market;
    return market;
  }

  private static int blocksLeft(FeeMarket market, long dueSeconds) {
    if (dueSeconds == 0) {
      return BLOCKS_WITHOUT_DUE_TIME;
    }
    long left = (dueSeconds - market.head().timestampSeconds()) / market.slotSeconds();
    return (int) Math.clamp(left, 1L, Integer.MAX_VALUE);
  }
}
