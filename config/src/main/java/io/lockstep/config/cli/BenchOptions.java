// SPDX-License-Identifier: Apache-2.0
package io.lockstep.config.cli;

import java.nio.file.Path;

/**
 * A load on a running devnet, measured from sending a transaction to holding its receipt. Any
 * thread.
 *
 * @param devnet the devnet's file, which has endpoints and funded accounts
 * @param perSecond transactions sent in a second
 * @param seconds how long to send
 * @param senders accounts that send in turn
 * @param json the result as one JSON object
 */
public record BenchOptions(Path devnet, int perSecond, int seconds, int senders, boolean json) {}
