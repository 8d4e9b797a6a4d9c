// SPDX-License-Identifier: Apache-2.0
package io.lockstep.config.cli;

/**
 * A measurement of execution on a state in a database. Any thread.
 *
 * @param accounts in the state
 * @param transactions in a block
 * @param blocks of each kind, of which the first half warms up
 * @param json the result as one JSON object
 */
public record BenchStateOptions(int accounts, int transactions, int blocks, boolean json) {}
