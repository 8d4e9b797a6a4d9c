// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.state;

import io.lockstep.execution.state.TrieNode.Ref;
import io.lockstep.primitives.codec.RlpWriter;
import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** State roots of whole states in memory: state tests and genesis files. Pure, any thread. */
public final class StateRoots {
  private StateRoots() {}

  /** The state root when these accounts are all there are. */
  public static Hash32 of(Map<Address, FullAccount> accounts) {
    List<TrieChange> entries = new ArrayList<>(accounts.size());
    accounts.forEach((address, full) -> {
      Ref storageRoot = new Ref(MerkleTrie.rootOf(storageChanges(full.storage())), 0);
      byte[] value = StoredAccount.of(full.account(), storageRoot).encoded();
      entries.add(TrieChange.hashed(keyOf(address), value));
    });
    return MerkleTrie.rootOf(entries);
  }

  private static List<TrieChange> storageChanges(Map<UInt256, UInt256> words) {
    List<TrieChange> changes = new ArrayList<>(words.size());
    words.forEach((slot, word) -> changes.add(storageChange(slot, word, false)));
    return changes;
  }

  /** A storage word's entry; {@code known} as in {@link TrieChange}. */
  static TrieChange storageChange(UInt256 slot, UInt256 word, boolean known) {
    return new TrieChange(keyOf(slot).toArray(), encode(word), 0, known);
  }

  /** The RLP of a storage word, null for zero: a zero is not in the trie. */
  private static byte @Nullable [] encode(UInt256 word) {
    return word.isZero() ? null : new RlpWriter(34).integer(word).toArray();
  }

  /** Where an account stands in the account trie. */
  public static Hash32 keyOf(Address address) {
    return Keccak.hash(address.toArray());
  }

  /** Where a storage word stands in its account's trie. */
  public static Hash32 keyOf(UInt256 slot) {
    return Keccak.hash(slot.toArray());
  }
}
