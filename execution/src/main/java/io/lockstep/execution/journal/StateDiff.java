// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.journal;

import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a run of transactions changed, net: the way from one state to the next. Unmodifiable.
 *
 * @param accounts every account that was changed, created or deleted
 * @param newCode code first seen here, by hash
 */
public record StateDiff(Map<Address, AccountChange> accounts, Map<Hash32, Bytes> newCode) {
  public static final StateDiff EMPTY = new StateDiff(Map.of(), Map.of());

  /**
   * One account's change.
   *
   * @param after null when the account no longer exists; its {@code hasStorage} is not to be relied
   *     on
   * @param storageCleared whether all earlier storage is gone before {@code storage} applies
   * @param storage changed words, zero for a deleted one
   */
  public record AccountChange(
      @Nullable AccountState after, boolean storageCleared, Map<UInt256, UInt256> storage) {}
}
