// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.execution;

import io.lockstep.primitives.tx.Log;
import io.lockstep.primitives.types.Hash32;

/** A log with its place in the L1 chain. */
public record L1Log(
    Log log, long blockNumber, Hash32 blockHash, Hash32 txHash, int txIndex, int logIndex) {}
