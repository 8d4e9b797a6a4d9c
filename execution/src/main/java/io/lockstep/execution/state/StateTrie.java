// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.state;

import io.lockstep.execution.journal.AccountState;
import io.lockstep.execution.journal.StateDiff;
import io.lockstep.execution.journal.StateDiff.AccountChange;
import io.lockstep.execution.parallel.Parallel;
import io.lockstep.execution.state.TrieNode.Ref;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.codec.RlpReader;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import io.lockstep.storage.kv.StorageException;
import java.util.ArrayList;
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

  /** The state that a diff changes, as it was before. Any thread. */
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
    int size = diff.accounts().size();
    StateChanges.Both flat = new StateChanges.Both(size);
    List<Map.Entry<Address, AccountChange>> all =
        KeyOrder.sorted(diff.accounts().entrySet(), entry -> entry.getKey().toArray());
    @Nullable StoredAccount[] old = new StoredAccount[size];
    TrieChange[] changes = new TrieChange[size];
    Parallel.ranges(size, i -> old[i] = before.account(all.get(i).getKey()));
    for (int i = 0; i < size; i++) {
      Address address = all.get(i).getKey();
      flat.account(
          address, old[i], apply(address, all.get(i).getValue(), old[i], before, flat, fresh));
    }
    Parallel.ranges(
        size,
        i -> {
          Address address = all.get(i).getKey();
          StoredAccount account = flat.forward().accounts().get(address);
          changes[i] =
              new TrieChange(
                  StateRoots.keyOf(address).toArray(),
                  account == null ? null : account.encoded(),
                  account == null ? 0 : account.storage().id(),
                  old[i] != null);
        });
    Ref newRoot = accounts().update(List.of(changes), fresh);
    return new PreparedRoot(parentHash, newRoot, diff, flat, firstId, fresh);
  }

  private @Nullable StoredAccount apply(
      Address address,
      AccountChange change,
      @Nullable StoredAccount old,
      Before before,
      StateChanges.Both flat,
      FreshNodes fresh) {
    AccountState state = change.after();
    Ref oldStorage = old == null ? Ref.EMPTY : old.storage();
    if ((state == null || change.storageCleared()) && !oldStorage.isEmpty()) {
      // No change of a single word leads to these nodes, so they are looked for.
      new MerkleTrie(nodes, oldStorage).eachStored((ref, node) -> fresh.replaced(ref));
      flat.cleared(address);
      oldStorage = Ref.EMPTY;
    }
    if (state == null) {
      return null;
    }
    if (change.storage().isEmpty()) {
      return StoredAccount.of(state, oldStorage);
    }
    boolean keeps = !oldStorage.isEmpty();
    List<Map.Entry<UInt256, UInt256>> words =
        KeyOrder.sorted(change.storage().entrySet(), entry -> entry.getKey().toArray());
    UInt256[] oldWords = new UInt256[words.size()];
    TrieChange[] changes = new TrieChange[words.size()];
    Parallel.ranges(
        words.size(),
        i -> {
          UInt256 slot = words.get(i).getKey();
          oldWords[i] = keeps ? before.storage(address, slot) : UInt256.ZERO;
          changes[i] =
              StateRoots.storageChange(slot, words.get(i).getValue(), !oldWords[i].isZero());
        });
    for (int i = 0; i < changes.length; i++) {
      flat.word(address, words.get(i).getKey(), oldWords[i], words.get(i).getValue());
    }
    return StoredAccount.of(
        state, new MerkleTrie(nodes, oldStorage).update(List.of(changes), fresh));
  }
}
