// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.loop;

import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.types.Wei;

/**
 * Constants that the loop decides by.
 *
 * @param graceMs how long a successor waits for its predecessor's end-of-window seal
 * @param countedPerTransaction coverage that a transaction counts which bought none (protocol §6.2)
 * @param exposureSharePercent share of the stake that coverage may reach: λβ
 * @param earlyPostingPercent of the exposure limit, or of what one posting holds, from which on an
 *     open window is posted before its end; 100 never is
 * @param openAfterSlots a window is open to all when nobody posted for so long before it
 * @param maxAnchorLagBlocks a tick's anchor is at most so far behind, L1 blocks
 * @param peerPatienceMs how long an operator that has started waits for its peers to tell what is
 *     not posted yet; 0 when it has none
 */
public record LoopRules(
    Hash32 clusterId,
    Hash32 genesisBatchHash,
    long graceMs,
    Wei countedPerTransaction,
    int exposureSharePercent,
    int earlyPostingPercent,
    int openAfterSlots,
    int maxAnchorLagBlocks,
    long peerPatienceMs) {}
