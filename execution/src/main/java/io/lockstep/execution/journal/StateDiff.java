// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.journal;

import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import java.util.HashMap;
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

  /** Both ways one after the other. */
  public StateDiff then(StateDiff next) {
    Map<Address, AccountChange> all = new HashMap<>(accounts);
    next.accounts.forEach(
        (address, change) -> all.merge(address, change, (before, after) -> before.then(after)));
    Map<Hash32, Bytes> codes = new HashMap<>(newCode);
    codes.putAll(next.newCode);
    return new StateDiff(Map.copyOf(all), Map.copyOf(codes));
  }

  /**
   * One account's change.
   *
   * @param after null when the account no longer exists; its {@code hasStorage} is not to be relied
   *     on
   * @param storageCleared whether all earlier storage is gone before {@code storage} applies
   * @param storage changed words, zero for a deleted one
   */
  public record AccountChange(
      @Nullable AccountState after, boolean storageCleared, Map<UInt256, UInt256> storage) {
    private AccountChange then(AccountChange next) {
      if (next.storageCleared || next.after == null || after == null) {
        // What was gone in between comes back empty.
        return new AccountChange(next.after, true, next.storage);
      }
      Map<UInt256, UInt256> words = new HashMap<>(storage);
      words.putAll(next.storage);
      return new AccountChange(next.after, storageCleared, Map.copyOf(words));
    }
  }
}
