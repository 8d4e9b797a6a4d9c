// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.tick;

import io.lockstep.l1client.execution.L1Block;

/**
 * All that fixes the headers of a tick's blocks besides parents and bodies (protocol §2.1).
 *
 * @param tick number of the tick
 * @param timestampSeconds its start, Unix seconds
 * @param anchor the L1 block that the tick is anchored to
 * @param operatorId who sequences it
 */
public record TickPlan(long tick, long timestampSeconds, L1Block anchor, int operatorId) {}
