// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.state;

import io.lockstep.primitives.types.Hash32;

/**
 * Where a transaction of the canonical chain stands.
 *
 * @param index its place in the block, from 0
 */
public record TxLocation(Hash32 blockHash, long blockNumber, int index) {}
