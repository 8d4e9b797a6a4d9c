// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.state;

import io.lockstep.execution.state.FlatState.Word;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.codec.RlpReader;
import io.lockstep.primitives.codec.RlpWriter;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.uint.UInt256;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
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

  private StateChanges(int expectedAccounts) {
    this(LinkedHashMap.newLinkedHashMap(expectedAccounts), new LinkedHashMap<>());
  }

  private StateChanges(StateChanges other) {
    this(new LinkedHashMap<>(other.accounts), new LinkedHashMap<>(other.words));
  }

  /**
   * What a block does to the flat state, and what undoes it.
   *
   * @param cleared accounts whose storage went, whatever words it had
   */
  record Both(StateChanges forward, StateChanges undo, List<Address> cleared) {
    Both(int expectedAccounts) {
      this(
          new StateChanges(expectedAccounts),
          new StateChanges(expectedAccounts),
          new ArrayList<>());
    }

    void account(Address address, @Nullable StoredAccount before, @Nullable StoredAccount after) {
      forward.accounts.put(address, after);
      undo.accounts.put(address, before);
    }

    void word(Address address, UInt256 slot, UInt256 before, UInt256 after) {
      Word word = new Word(address, slot);
      forward.words.put(word, after);
      undo.words.put(word, before);
    }

    void cleared(Address address) {
      cleared.add(address);
    }

    /** The same with the words of cleared accounts, which the state before the block has. */
    Both withClearedWords(FlatState flat) {
      if (cleared.isEmpty()) {
        return this;
      }
      Both whole = new Both(new StateChanges(forward), new StateChanges(undo), List.of());
      for (Address address : cleared) {
        flat.eachWord(
            address,
            (slot, value) -> {
              Word word = new Word(address, slot);
              whole.forward.words.putIfAbsent(word, UInt256.ZERO);
              whole.undo.words.put(word, value);
            });
      }
      return whole;
    }
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
