// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.state;

import io.lockstep.execution.journal.AccountState;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.uint.UInt256;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Gathers an exported state in memory, and sees that it comes in order. */
final class WholeState implements StateVisitor {
  /** An account and its words, which come after it. */
  private record Told(AccountState account, Map<UInt256, UInt256> words) {}

  private final Map<Address, Told> told = new HashMap<>();
  private @Nullable Address last;
  private @Nullable UInt256 lastSlot;

  @Override
  public void code(Bytes code) {}

  @Override
  public void account(Address address, AccountState account) {
    if (last != null && last.compareTo(address) >= 0) {
      throw new IllegalStateException(address + " after " + last);
    }
    last = address;
    lastSlot = null;
    told.put(address, new Told(account, new HashMap<>()));
  }

  @Override
  public void word(UInt256 slot, UInt256 value) {
    Told account = last == null ? null : told.get(last);
    if (account == null || (lastSlot != null && lastSlot.compareTo(slot) >= 0)) {
      throw new IllegalStateException(slot + " after " + lastSlot);
    }
    lastSlot = slot;
    account.words.put(slot, value);
  }

  Map<Address, FullAccount> accounts() {
    Map<Address, FullAccount> accounts = new HashMap<>();
    told.forEach(
        (address, each) -> accounts.put(address, new FullAccount(each.account, each.words)));
    return accounts;
  }
}
