// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.contract;

import io.lockstep.primitives.types.Slot;

/**
 * A run of ticks of an earlier window that a batch carries (protocol, section 1.4).
 *
 * @param firstTick tick number, included
 * @param lastTick tick number, included
 */
public record Carried(Slot windowSlot, int operatorId, long firstTick, long lastTick) {}
