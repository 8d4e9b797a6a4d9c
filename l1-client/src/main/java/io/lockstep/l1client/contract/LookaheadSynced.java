// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.contract;

import io.lockstep.primitives.types.Epoch;
import java.util.Arrays;

/**
 * An epoch's schedule as {@code LookaheadOracle} stores and logs it. Immutable. Source: protocol
 * section 1.2.
 */
public final class LookaheadSynced {
  private final Epoch epoch;
  private final int fallbackOperatorId;
  private final int[] operatorIds;

  /**
   * @param fallbackOperatorId 0 for none
   * @param operatorIds one for each slot of the epoch, 0 where there is none
   */
  public LookaheadSynced(Epoch epoch, int fallbackOperatorId, int[] operatorIds) {
    this.epoch = epoch;
    this.fallbackOperatorId = fallbackOperatorId;
    this.operatorIds = operatorIds.clone();
  }

  public Epoch epoch() {
    return epoch;
  }

  /** The operator drawn for slots that no registered slot covers, or 0. */
  public int fallbackOperatorId() {
    return fallbackOperatorId;
  }

  /** Slots of the epoch. */
  public int slots() {
    return operatorIds.length;
  }

  /** The operator whose own slot this is, or 0. */
  public int operatorAt(int slotInEpoch) {
    return operatorIds[slotInEpoch];
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof LookaheadSynced that
        && epoch.equals(that.epoch)
        && fallbackOperatorId == that.fallbackOperatorId
        && Arrays.equals(operatorIds, that.operatorIds);
  }

  @Override
  public int hashCode() {
    return 31 * epoch.hashCode() + Arrays.hashCode(operatorIds);
  }

  @Override
  public String toString() {
    return "epoch %s: %s, fallback %d"
        .formatted(epoch, Arrays.toString(operatorIds), fallbackOperatorId);
  }
}
