// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.beacon;

import io.lockstep.primitives.types.Slot;

/** What {@code /eth/v1/node/syncing} says. */
public record SyncStatus(
    Slot headSlot, long syncDistanceSlots, boolean syncing, boolean optimistic, boolean elOffline) {

  /** Whether promises may be built on what this node reports (no optimistic or stale head). */
  public boolean isReady() {
    return !syncing && !optimistic && !elOffline;
  }
}
