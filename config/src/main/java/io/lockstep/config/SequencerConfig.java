// SPDX-License-Identifier: Apache-2.0
package io.lockstep.config;

/**
 * How an operator fills and posts its window, and what the mempool of every node holds. Any thread.
 *
 * @param fragMinIntervalMs least time between two frags, milliseconds; 0 closes one at every drain
 *     (protocol §2.1)
 * @param heartbeatMs an empty frag leaves after so long without one, milliseconds
 * @param mempoolMaxTransactions waiting transactions in all
 * @param mempoolMaxPerSender waiting transactions of one sender
 * @param mempoolMaxBytes encoded size of all waiting transactions
 * @param postMaxAgeSlots a batch is posted when its oldest tick is older, L1 slots (protocol §3)
 * @param postFillPercent a batch is posted when it fills so much of one blob, percent
 * @param postMaxBlobs blobs in one transaction
 */
public record SequencerConfig(
    long fragMinIntervalMs,
    long heartbeatMs,
    int mempoolMaxTransactions,
    int mempoolMaxPerSender,
    long mempoolMaxBytes,
    int postMaxAgeSlots,
    int postFillPercent,
    int postMaxBlobs) {}
