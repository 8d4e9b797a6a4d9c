// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.beacon;

import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;

/**
 * What {@code /eth/v1/beacon/genesis} says.
 *
 * @param timeSeconds Unix seconds
 * @param forkVersion four bytes
 */
public record BeaconGenesis(long timeSeconds, Hash32 validatorsRoot, Bytes forkVersion) {}
