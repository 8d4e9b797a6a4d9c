// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.schedule;

import io.lockstep.primitives.types.Slot;
import org.jspecify.annotations.Nullable;

/**
 * A maximal run of L1 slots with one owner and one name. Any thread. Source: protocol section 1.3.
 *
 * @param windowSlot its name: the last slot of a registered window (the operator's own slot), the
 *     first of a fallback window
 * @param operatorId its owner
 * @param fallback whether no registered slot was near and the owner was drawn
 * @param idle whether the owner is frozen or gone: the window stays its own, but it may not post
 * @param firstSlot null when the duties of the epoch before are not known
 * @param lastSlot null when a fallback window's end is not visible yet
 */
public record Window(
    Slot windowSlot,
    long operatorId,
    boolean fallback,
    boolean idle,
    @Nullable Slot firstSlot,
    @Nullable Slot lastSlot) {}
