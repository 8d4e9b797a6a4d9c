// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.state;

import io.lockstep.execution.journal.AccountState;
import io.lockstep.execution.journal.StateReader;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * The state of the block that was the head when this was taken. While it still is the head it reads
 * the flat state; once the head has moved it reads the trie at its root, so it never changes and
 * holds nothing back on the disk. Any thread.
 */
final class HeadState implements StateReader {
  private final FlatState flat;
  private final long generation;
  private final TrieState trie;

  HeadState(FlatState flat, long generation, TrieState trie) {
    this.flat = flat;
    this.generation = generation;
    this.trie = trie;
  }

  @Override
  public @Nullable AccountState account(Address address) {
    if (flat.generation() == generation) {
      StoredAccount account = flat.account(address);
      if (flat.generation() == generation) {
        return account == null ? null : account.toState();
      }
    }
    return trie.account(address);
  }

  @Override
  public void expect(Collection<Address> accounts) {
    if (flat.generation() == generation) {
      flat.readAhead(accounts);
    }
  }

  @Override
  public UInt256 storage(Address address, UInt256 key) {
    if (flat.generation() == generation) {
      UInt256 word = flat.storage(address, key);
      if (flat.generation() == generation) {
        return word;
      }
    }
    return trie.storage(address, key);
  }

  @Override
  public Bytes code(Hash32 codeHash) {
    return trie.code(codeHash);
  }
}
