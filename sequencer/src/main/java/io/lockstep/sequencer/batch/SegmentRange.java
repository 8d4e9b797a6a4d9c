// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.batch;

/**
 * Where a rollup's segment (its header included) lies in the payload, as the calldata declares it.
 *
 * @param offsetBytes from the payload's start
 */
public record SegmentRange(long rollupId, int offsetBytes, int lengthBytes) {}
