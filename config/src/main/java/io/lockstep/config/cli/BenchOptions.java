// SPDX-License-Identifier: Apache-2.0
package io.lockstep.config.cli;

import java.net.URI;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A load on a running devnet, measured from sending a transaction to holding what answers it. Any
 * thread.
 *
 * @param devnet the devnet's file, which has endpoints and funded accounts
 * @param perSecond transactions sent in a second
 * @param seconds how long to send
 * @param senders accounts that send in turn
 * @param oneByOne transactions of which each is sent when the one before is answered; 0 for a rate
 * @param reference JSON-RPC of another node that is measured in turn, one by one
 * @param json the result as one JSON object
 */
public record BenchOptions(
    Path devnet,
    int perSecond,
    int seconds,
    int senders,
    int oneByOne,
    @Nullable URI reference,
    boolean json) {}
