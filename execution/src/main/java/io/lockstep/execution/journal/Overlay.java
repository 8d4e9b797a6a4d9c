// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.journal;

import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import org.jspecify.annotations.Nullable;

/** A state with a difference laid over it. An immutable view, any thread. */
public final class Overlay implements StateReader {
  private final StateReader below;
  private final StateDiff diff;

  public Overlay(StateReader below, StateDiff diff) {
    this.below = below;
    this.diff = diff;
  }

  @Override
  public @Nullable AccountState account(Address address) {
    StateDiff.AccountChange change = diff.accounts().get(address);
    if (change == null) {
      return below.account(address);
    }
    AccountState after = change.after();
    if (after == null) {
      return null;
    }
    boolean hasStorage = change.storage().values().stream().anyMatch(word -> !word.isZero());
    if (!hasStorage && !change.storageCleared()) {
      AccountState before = below.account(address);
      hasStorage = before != null && before.hasStorage();
    }
    return new AccountState(after.nonce(), after.balance(), after.codeHash(), hasStorage);
  }

  @Override
  public UInt256 storage(Address address, UInt256 key) {
    StateDiff.AccountChange change = diff.accounts().get(address);
    if (change == null) {
      return below.storage(address, key);
    }
    UInt256 word = change.storage().get(key);
    if (word != null) {
      return word;
    }
    return change.storageCleared() || change.after() == null
        ? UInt256.ZERO
        : below.storage(address, key);
  }

  @Override
  public Bytes code(Hash32 codeHash) {
    Bytes fresh = diff.newCode().get(codeHash);
    return fresh != null ? fresh : below.code(codeHash);
  }
}
