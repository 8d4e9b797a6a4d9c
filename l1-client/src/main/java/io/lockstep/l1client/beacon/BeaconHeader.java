// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.beacon;

import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.types.Slot;

/** A beacon block header with its root. */
public record BeaconHeader(
    Hash32 root,
    boolean canonical,
    Slot slot,
    long proposerIndex,
    Hash32 parentRoot,
    Hash32 stateRoot,
    Hash32 bodyRoot) {}
