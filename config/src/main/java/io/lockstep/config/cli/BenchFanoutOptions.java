// SPDX-License-Identifier: Apache-2.0
package io.lockstep.config.cli;

/**
 * A measurement of streams. Any thread.
 *
 * @param subscribers WebSockets with a subscription to frags
 * @param perSecond frags in a second
 * @param transactions in a frag
 * @param json the result as one JSON object
 */
public record BenchFanoutOptions(
    int subscribers, int perSecond, int transactions, int seconds, boolean json) {}
