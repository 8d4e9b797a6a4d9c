// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.state;

import io.lockstep.execution.journal.AccountState;
import io.lockstep.execution.journal.StateDiff;
import io.lockstep.execution.journal.StateDiff.AccountChange;
import io.lockstep.execution.state.TrieNode.Ref;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.codec.RlpReader;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import io.lockstep.storage.kv.StorageException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The two-layered secure trie of a state: accounts by Keccak of the address, each with a trie of
 * its storage. Any thread.
 */
final class StateTrie {
  private final NodeSource nodes;
  private final Ref root;

  StateTrie(NodeSource nodes, Ref root) {
    this.nodes = nodes;
    this.root = root;
  }

  @Nullable StoredAccount account(Address address) {
    TrieNode.Leaf found = accounts().find(StateRoots.keyOf(address).toArray());
    try {
      return found == null ? null : StoredAccount.decode(found.value(), found.below());
    } catch (DecodeException e) {
      throw new StorageException(
          "account " + address + " in trie " + root.hash() + " is damaged", e);
    }
  }

  UInt256 storage(StoredAccount account, UInt256 slot) {
    byte[] rlp = storageOf(account).get(StateRoots.keyOf(slot).toArray());
    try {
      return rlp == null ? UInt256.ZERO : RlpReader.over(rlp).uint256();
    } catch (DecodeException e) {
      throw new StorageException(
          "a word in storage trie " + account.storage().hash() + " is damaged", e);
    }
  }

  AccountProof prove(Address address, List<UInt256> slots) {
    List<Bytes> proof = accounts().prove(StateRoots.keyOf(address).toArray());
    StoredAccount found = account(address);
    StoredAccount shown = found == null ? StoredAccount.of(AccountState.EMPTY, Ref.EMPTY) : found;
    List<AccountProof.StorageProof> words = new ArrayList<>(slots.size());
    for (UInt256 slot : slots) {
      words.add(
          new AccountProof.StorageProof(
              slot,
              storage(shown, slot),
              storageOf(shown).prove(StateRoots.keyOf(slot).toArray())));
    }
    return new AccountProof(
        address,
        shown.nonce(),
        shown.balance(),
        shown.storage().hash(),
        shown.codeHash(),
        List.copyOf(proof),
        List.copyOf(words));
  }

  private MerkleTrie accounts() {
    return new MerkleTrie(nodes, root);
  }

  private MerkleTrie storageOf(StoredAccount account) {
    return new MerkleTrie(nodes, account.storage());
  }

  /** The state that a diff changes, as it was before; asked by one thread. */
  interface Before {
    Before NOTHING = address -> null;

    @Nullable StoredAccount account(Address address);

    /** Of an account that keeps its storage; zero when it is not known. */
    default UInt256 storage(Address address, UInt256 slot) {
      return UInt256.ZERO;
    }
  }

  /** This state as what a diff changes. */
  Before before() {
    return new Before() {
      @Override
      public @Nullable StoredAccount account(Address address) {
        return StateTrie.this.account(address);
      }

      @Override
      public UInt256 storage(Address address, UInt256 slot) {
        StoredAccount known = account(address);
        return known == null ? UInt256.ZERO : StateTrie.this.storage(known, slot);
      }
    };
  }

  /**
   * Applies a diff: storage tries first, then the account trie.
   *
   * @param firstId new nodes get ids from here on
   */
  PreparedRoot prepare(Hash32 parentHash, StateDiff diff, Before before, long firstId) {
    FreshNodes fresh = new FreshNodes(firstId);
    Map<Address, @Nullable StoredAccount> after = HashMap.newHashMap(diff.accounts().size());
    List<TrieChange> changes = new ArrayList<>(diff.accounts().size());
    diff.accounts()
        .forEach((address, change) -> {
          StoredAccount old = before.account(address);
          StoredAccount account = apply(address, change, old, before, fresh);
          after.put(address, account);
          changes.add(
              new TrieChange(
                  StateRoots.keyOf(address).toArray(),
                  account == null ? null : account.encoded(),
                  account == null ? 0 : account.storage().id(),
                  old != null));
        });
    Ref newRoot = accounts().update(changes, fresh);
    return new PreparedRoot(parentHash, newRoot, diff, after, firstId, fresh);
  }

  private @Nullable StoredAccount apply(
      Address address,
      AccountChange change,
      @Nullable StoredAccount old,
      Before before,
      FreshNodes fresh) {
    AccountState state = change.after();
    Ref oldStorage = old == null ? Ref.EMPTY : old.storage();
    if (state == null || change.storageCleared()) {
      // No change of a single word leads to these nodes, so they are looked for.
      new MerkleTrie(nodes, oldStorage).eachStored((ref, node) -> fresh.replaced(ref));
      oldStorage = Ref.EMPTY;
    }
    if (state == null) {
      return null;
    }
    if (change.storage().isEmpty()) {
      return StoredAccount.of(state, oldStorage);
    }
    List<TrieChange> words = new ArrayList<>(change.storage().size());
    boolean keeps = !oldStorage.isEmpty();
    change
        .storage()
        .forEach((slot, word) -> {
          boolean known = keeps && !before.storage(address, slot).isZero();
          words.add(StateRoots.storageChange(slot, word, known));
        });
    return StoredAccount.of(state, new MerkleTrie(nodes, oldStorage).update(words, fresh));
  }
}
