// SPDX-License-Identifier: Apache-2.0
package io.lockstep.config.cli;

import java.net.URI;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A measurement of how fast a running devnet takes in transactions. Any thread.
 *
 * @param devnet the devnet's file, which has endpoints and funded accounts
 * @param transfers of ether; 0 leaves them out
 * @param tokenTransfers of an ERC-20 token; 0 leaves them out
 * @param batch transactions in one JSON-RPC batch
 * @param parallel batches on their way at a time
 * @param senders accounts that send
 * @param reference a node that makes a block a second and has funded the same accounts, null for
 *     the anvil of the tests
 * @param json the result as one JSON object
 */
public record BenchRpcOptions(
    Path devnet,
    int transfers,
    int tokenTransfers,
    int batch,
    int parallel,
    int senders,
    @Nullable URI reference,
    boolean json) {}
