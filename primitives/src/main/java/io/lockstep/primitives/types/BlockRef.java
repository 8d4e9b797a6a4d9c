// SPDX-License-Identifier: Apache-2.0
package io.lockstep.primitives.types;

/**
 * Names one block of an execution chain.
 *
 * @param timestampSeconds Unix seconds
 */
public record BlockRef(long number, Hash32 hash, Hash32 parentHash, long timestampSeconds) {}
