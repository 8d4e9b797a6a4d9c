// SPDX-License-Identifier: Apache-2.0
package io.lockstep.config.cli;

/**
 * A measurement of how few bytes batches take. Any thread.
 *
 * @param transactions of each kind
 * @param accounts that they are between
 * @param json the result as one JSON object
 */
public record BenchBatchOptions(int transactions, int accounts, boolean json) {}
