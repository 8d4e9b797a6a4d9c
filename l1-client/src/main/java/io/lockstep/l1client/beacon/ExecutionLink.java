// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.beacon;

import io.lockstep.primitives.types.Hash32;

/**
 * The execution block of a beacon block.
 *
 * @param block hash of the one that it carries; from Gloas on, of the one that its bid names, which
 *     may never be revealed
 * @param parent hash of the one below
 * @param revealed whether the beacon block carries it, so that it must exist
 */
public record ExecutionLink(Hash32 block, Hash32 parent, boolean revealed) {}
