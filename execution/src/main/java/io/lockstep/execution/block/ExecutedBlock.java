// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.block;

import io.lockstep.execution.journal.StateDiff;
import io.lockstep.primitives.tx.Receipt;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Hash32;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All that executing a block gives but the state root, which the state store adds.
 *
 * @param blobGasUsed zero before Cancun
 * @param requestsHash EIP-7685; null before Prague
 */
public record ExecutedBlock(
    BlockEnv env,
    List<Transaction> transactions,
    List<Receipt> receipts,
    long gasUsed,
    long blobGasUsed,
    @Nullable Hash32 requestsHash,
    StateDiff diff) {}
