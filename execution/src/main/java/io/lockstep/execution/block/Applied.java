// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.block;

import io.lockstep.execution.evm.Outcome;
import io.lockstep.primitives.tx.Log;
import java.util.List;

/**
 * What applying a message did.
 *
 * @param gasUsed after refunds and the floor of EIP-7623
 * @param gasSpent before them: what must be there while it runs
 */
record Applied(Outcome outcome, long gasUsed, long gasSpent, List<Log> logs) {}
