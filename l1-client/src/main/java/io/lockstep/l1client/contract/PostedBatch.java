// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.contract;

import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;

/**
 * A batch or an open block that the Inbox took, as it stands in an L1 block. The call data is not
 * decoded here: what does not decode derives to nothing, which derivation decides.
 *
 * @param poster the transaction's sender
 * @param callData the transaction's whole input
 */
public record PostedBatch(
    InboxEvent event,
    long blockNumber,
    Hash32 blockHash,
    Hash32 txHash,
    int logIndex,
    Address poster,
    Bytes callData) {}
