// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.state;

import io.lockstep.execution.journal.AccountState;
import io.lockstep.execution.journal.StateReader;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import org.jspecify.annotations.Nullable;

/** The state at a root, read through its trie. Any thread. */
final class TrieState implements StateReader {
  private final StateTrie trie;
  private final CodeStore codes;

  TrieState(StateTrie trie, CodeStore codes) {
    this.trie = trie;
    this.codes = codes;
  }

  @Override
  public @Nullable AccountState account(Address address) {
    StoredAccount account = trie.account(address);
    return account == null ? null : account.toState();
  }

  @Override
  public UInt256 storage(Address address, UInt256 key) {
    StoredAccount account = trie.account(address);
    return account == null ? UInt256.ZERO : trie.storage(account, key);
  }

  @Override
  public Bytes code(Hash32 codeHash) {
    return codes.get(codeHash);
  }
}
