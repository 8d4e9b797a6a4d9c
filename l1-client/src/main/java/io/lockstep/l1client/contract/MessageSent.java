// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.contract;

import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.uint.UInt256;

/**
 * The messenger's event: a message, or a deposit, on its way to a rollup (protocol §4).
 *
 * @param index among the rollup's messages, from 0 without gaps
 * @param value wei that the rollup's bridge pays to the target
 */
public record MessageSent(
    long rollupId, long index, Address sender, Address target, UInt256 value, Bytes data) {}
