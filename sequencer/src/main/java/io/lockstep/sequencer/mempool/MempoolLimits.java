// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.mempool;

import io.lockstep.primitives.uint.UInt256;

/**
 * The bounds of a pool. Any thread.
 *
 * @param maxTransactions waiting, of all senders
 * @param maxBytes encoded bytes of all waiting transactions
 * @param maxPerSender waiting, of one sender
 * @param maxTransactionBytes of one transaction, encoded
 * @param queuedLifetimeMs how long a transaction behind a nonce gap, or without funds, is kept
 * @param minTipWei least priority fee (or gas price) per gas
 * @param maxFailures transactions of one sender that may turn out not to be able to run
 * @param failureRegainMs after which a sender may cause one more of them
 */
public record MempoolLimits(
    int maxTransactions,
    long maxBytes,
    int maxPerSender,
    int maxTransactionBytes,
    long queuedLifetimeMs,
    UInt256 minTipWei,
    int maxFailures,
    long failureRegainMs) {
  public static final MempoolLimits DEFAULT =
      new MempoolLimits(
          100_000, 128L << 20, 1_024, 128 << 10, 3 * 3_600_000L, UInt256.ZERO, 16, 5_000);

  public MempoolLimits {
    if (maxTransactions < 1
        || maxBytes < 1
        || maxPerSender < 1
        || maxTransactionBytes < 1
        || queuedLifetimeMs < 1
        || maxFailures < 1
        || failureRegainMs < 1) {
      throw new IllegalArgumentException("each bound of a pool is positive");
    }
  }
}
