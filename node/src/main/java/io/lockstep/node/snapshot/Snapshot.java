// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.snapshot;

import io.lockstep.primitives.types.Hash32;
import java.util.List;

/**
 * What a snapshot is of.
 *
 * @param height of all rollups
 * @param blockHashes the rollups' blocks at this height, in the cluster's order
 * @param l1Number the L1 block of the last batch that is in it
 * @param accounts of all rollups
 */
public record Snapshot(long height, List<Hash32> blockHashes, long l1Number, long accounts) {}
