// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.block;

import io.lockstep.execution.journal.AccountState;
import io.lockstep.execution.journal.StateReader;
import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A state of a few accounts without storage. */
final class TestState implements StateReader {
  private final Map<Address, AccountState> accounts = new HashMap<>();
  private final Map<Hash32, Bytes> codes = new HashMap<>();

  void fund(Address address, UInt256 wei) {
    accounts.put(address, new AccountState(0, wei, Keccak.EMPTY, false));
  }

  void code(Address address, Bytes code) {
    AccountState before = accounts.getOrDefault(address, AccountState.EMPTY);
    codes.put(Keccak.hash(code), code);
    accounts.put(
        address, new AccountState(before.nonce(), before.balance(), Keccak.hash(code), false));
  }

  @Override
  public @Nullable AccountState account(Address address) {
    return accounts.get(address);
  }

  @Override
  public UInt256 storage(Address address, UInt256 key) {
    return UInt256.ZERO;
  }

  @Override
  public Bytes code(Hash32 codeHash) {
    return codes.getOrDefault(codeHash, Bytes.EMPTY);
  }
}
