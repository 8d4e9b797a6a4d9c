// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.contract;

import io.lockstep.primitives.types.Hash32;

/**
 * What a batch declares of one rollup.
 *
 * @param rollupId its chain id
 * @param offsetBytes where its segment begins in the container's payload
 * @param lengthBytes of its segment
 */
public record RollupPart(long rollupId, Hash32 lastBlockHash, int offsetBytes, int lengthBytes) {}
