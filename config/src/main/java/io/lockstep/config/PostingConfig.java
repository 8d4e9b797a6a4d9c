// SPDX-License-Identifier: Apache-2.0
package io.lockstep.config;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * How an operator's batches come into L1 blocks, and what they may cost. Any thread.
 *
 * @param pathUrl the own execution client or the builder; null for the mempool alone
 * @param maxTipGwei beside the base fee, paid in full
 * @param maxFeeGwei per gas, base fee and tip together
 * @param maxBlobFeeGwei per blob gas
 * @param budgetGwei most that one posting may cost at its caps
 * @param earlyPercent of the exposure limit, or of what one posting holds, from which on an open
 *     window is posted before its end; 100 posts at its end alone
 */
public record PostingConfig(
    Path path,
    @Nullable URI pathUrl,
    long maxTipGwei,
    long maxFeeGwei,
    long maxBlobFeeGwei,
    long budgetGwei,
    int earlyPercent) {
  /** The way into a block. */
  public enum Path {
    /** The public pools of all of {@code l1.rpc}. */
    MEMPOOL,
    /** The execution client that builds the operator's own blocks, alone. */
    OWN,
    /** A builder or relay, alone. */
    BUILDER,
    /** A builder or relay beside the mempool. */
    BOTH;

    public boolean needsUrl() {
      return this != MEMPOOL;
    }
  }

  /** As it is when the configuration does not say. */
  public static final PostingConfig DEFAULT =
      new PostingConfig(Path.MEMPOOL, null, 200, 20_000, 20_000, 2_000_000_000L, 75);
}
