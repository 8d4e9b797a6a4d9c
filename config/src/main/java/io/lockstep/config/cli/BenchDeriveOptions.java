// SPDX-License-Identifier: Apache-2.0
package io.lockstep.config.cli;

/**
 * A measurement of derivation from L1 data. Any thread.
 *
 * @param batches to derive, of which a fifth warms up
 * @param transactions in a second of L2 time
 * @param accounts that they are between
 * @param json the result as one JSON object
 */
public record BenchDeriveOptions(int batches, int transactions, int accounts, boolean json) {}
