// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.journal;

import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.LimbMath;
import io.lockstep.primitives.uint.UInt256;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Takes the net difference out of the tables of a {@link JournaledState}. Its thread. */
final class DiffBuilder {
  private DiffBuilder() {}

  static StateDiff build(AccountTable accounts, SlotTable slots, Map<Hash32, Bytes> newCode) {
    Map<Integer, Map<UInt256, UInt256>> storageById = changedSlots(slots);
    Map<Address, StateDiff.AccountChange> changes = new HashMap<>();
    Map<Hash32, Bytes> code = new HashMap<>();
    for (int i = 0; i < accounts.size(); i++) {
      Account account = accounts.get(i);
      Map<UInt256, UInt256> storage =
          account.exists() ? storageById.getOrDefault(account.storageId, Map.of()) : Map.of();
      boolean cleared =
          (account.flags & Account.CLEARED) != 0
              && account.original != null
              && account.original.hasStorage();
      if (storage.isEmpty() && !cleared && !differs(account)) {
        continue;
      }
      AccountState after = account.exists() ? stateOf(account) : null;
      changes.put(account.address, new StateDiff.AccountChange(after, cleared, storage));
      Bytes bytes = after == null ? null : newCode.get(after.codeHash());
      if (bytes != null) {
        code.put(account.codeHash, bytes);
      }
    }
    return new StateDiff(Collections.unmodifiableMap(changes), Collections.unmodifiableMap(code));
  }

  static AccountState stateOf(Account account) {
    AccountState original = account.original;
    boolean hasStorage =
        original != null && original.hasStorage() && (account.flags & Account.CLEARED) == 0;
    return new AccountState(account.nonce, account.balance(), account.codeHash, hasStorage);
  }

  private static boolean differs(Account account) {
    @Nullable AccountState before = account.original;
    if (before == null || !account.exists()) {
      return before != null || account.exists();
    }
    return before.nonce() != account.nonce
        || !before.balance().equals(account.balance())
        || !before.codeHash().equals(account.codeHash);
  }

  private static Map<Integer, Map<UInt256, UInt256>> changedSlots(SlotTable slots) {
    Map<Integer, Map<UInt256, UInt256>> byId = new HashMap<>();
    for (int entry = 0; entry < slots.size(); entry++) {
      int at = entry * SlotTable.STRIDE;
      UInt256 now = LimbMath.get(slots.words, at + SlotTable.CURRENT);
      if (!now.equals(LimbMath.get(slots.words, at + SlotTable.BELOW))) {
        byId.computeIfAbsent(slots.owner[entry], id -> new HashMap<>())
            .put(LimbMath.get(slots.words, at), now);
      }
    }
    byId.replaceAll((id, storage) -> Collections.unmodifiableMap(storage));
    return byId;
  }
}
