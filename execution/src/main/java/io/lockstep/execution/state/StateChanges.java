// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.state;

import io.lockstep.execution.journal.StateDiff.AccountChange;
import io.lockstep.execution.state.FlatState.Word;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.codec.RlpReader;
import io.lockstep.primitives.codec.RlpWriter;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.uint.UInt256;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * New values of flat entries: what a block brings, or, taken before it, what brings back the state
 * under it. One thread.
 *
 * @param accounts null for an account that is not there
 * @param words zero for a word that is not there
 */
record StateChanges(Map<Address, @Nullable StoredAccount> accounts, Map<Word, UInt256> words) {
  StateChanges() {
    this(new LinkedHashMap<>(), new LinkedHashMap<>());
  }

  /** What a block does to the flat state, and what undoes it. */
  record Both(StateChanges forward, StateChanges undo) {
    private void add(
        Address address, AccountChange change, @Nullable StoredAccount after, FlatState flat) {
      StoredAccount before = flat.account(address);
      forward.accounts.put(address, after);
      undo.accounts.put(address, before);
      boolean hadStorage = before != null && !before.storage().isEmpty();
      boolean cleared = after == null || change.storageCleared();
      if (cleared && hadStorage) {
        flat.eachWord(
            address,
            (slot, value) -> {
              Word word = new Word(address, slot);
              forward.words.put(word, UInt256.ZERO);
              undo.words.put(word, value);
            });
      }
      if (after == null) {
        return;
      }
      change
          .storage()
          .forEach((slot, value) -> {
            Word word = new Word(address, slot);
            forward.words.put(word, value);
            // A cleared word that is written again has its old value noted already.
            undo.words.computeIfAbsent(
                word, w -> hadStorage ? flat.storage(address, slot) : UInt256.ZERO);
          });
    }
  }

  static Both of(PreparedRoot root, FlatState flat) {
    Both both = new Both(new StateChanges(), new StateChanges());
    root.diff()
        .accounts()
        .forEach(
            (address, change) -> both.add(address, change, root.accounts().get(address), flat));
    return both;
  }

  /** Adds {@code later}'s entries, which win. */
  void addAll(StateChanges later) {
    accounts.putAll(later.accounts);
    words.putAll(later.words);
  }

  byte[] encoded() {
    RlpWriter out = new RlpWriter(256 + accounts.size() * 110 + words.size() * 90);
    out.startList().startList();
    accounts.forEach((address, account) ->
        out.startList()
            .address(address)
            .bytes(account == null ? new byte[0] : account.flat())
            .endList());
    out.endList().startList();
    words.forEach((word, value) ->
        out.startList().address(word.address()).integer(word.slot()).integer(value).endList());
    return out.endList().endList().toArray();
  }

  static StateChanges decode(byte[] rlp) throws DecodeException {
    StateChanges changes = new StateChanges();
    RlpReader whole = RlpReader.over(rlp);
    RlpReader in = whole.list();
    whole.end();
    RlpReader accountList = in.list();
    while (accountList.hasNext()) {
      RlpReader entry = accountList.list();
      Address address = entry.address();
      byte[] account = entry.bytes();
      changes.accounts.put(address, account.length == 0 ? null : StoredAccount.ofFlat(account));
      entry.end();
    }
    RlpReader wordList = in.list();
    while (wordList.hasNext()) {
      RlpReader entry = wordList.list();
      changes.words.put(new Word(entry.address(), entry.uint256()), entry.uint256());
      entry.end();
    }
    in.end();
    return changes;
  }
}
