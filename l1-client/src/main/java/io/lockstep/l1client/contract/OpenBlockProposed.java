// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.contract;

import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.types.Slot;

/**
 * The Inbox's event: somebody let an open window have its open block.
 *
 * @param tick the last tick before the window
 */
public record OpenBlockProposed(long batchIndex, Slot windowSlot, long tick, Hash32 batchHash)
    implements InboxEvent {
  @Override
  public int operatorId() {
    return 0;
  }

  @Override
  public Hash32 declaredHead() {
    return batchHash;
  }
}
