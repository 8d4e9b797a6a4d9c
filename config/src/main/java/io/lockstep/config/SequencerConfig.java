// SPDX-License-Identifier: Apache-2.0
package io.lockstep.config;

/**
 * How an operator fills its window, and what the mempool of every node holds. Any thread.
 *
 * @param fragMinIntervalMs least time between two frags, milliseconds; 0 closes one at every drain
 *     (protocol §2.1)
 * @param heartbeatMs an empty frag leaves after so long without one, milliseconds
 * @param mempoolMaxTransactions waiting transactions in all
 * @param mempoolMaxPerSender waiting transactions of one sender
 * @param mempoolMaxBytes encoded size of all waiting transactions
 * @param mempoolJournalBytes growth after which the file of users' own transactions is compacted; 0
 *     keeps no such file
 * @param promises what promises are priced by
 */
public record SequencerConfig(
    long fragMinIntervalMs,
    long heartbeatMs,
    int mempoolMaxTransactions,
    int mempoolMaxPerSender,
    long mempoolMaxBytes,
    long mempoolJournalBytes,
    PromiseConfig promises) {}
