// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.state;

import io.lockstep.execution.journal.AccountState;
import io.lockstep.execution.state.TrieNode.Ref;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.codec.RlpReader;
import io.lockstep.primitives.codec.RlpWriter;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import io.lockstep.storage.column.Keys;

/**
 * An account as the account trie holds it (yellow paper, 4.1), and where its storage trie lies. As
 * a flat value the id of the storage root follows the RLP.
 */
record StoredAccount(long nonce, UInt256 balance, Ref storage, Hash32 codeHash) {
  static StoredAccount of(AccountState state, Ref storage) {
    return new StoredAccount(state.nonce(), state.balance(), storage, state.codeHash());
  }

  AccountState toState() {
    return new AccountState(nonce, balance, codeHash, !storage.isEmpty());
  }

  byte[] encoded() {
    return new RlpWriter(112)
        .startList()
        .integer(nonce)
        .integer(balance)
        .hash(storage.hash())
        .hash(codeHash)
        .endList()
        .toArray();
  }

  /** As it lies in the flat state. */
  byte[] flat() {
    return Keys.join(encoded(), Keys.number(storage.id()));
  }

  static StoredAccount ofFlat(byte[] flat) throws DecodeException {
    byte[] rlp = RlpReader.over(flat).rawItem();
    if (flat.length != rlp.length + Long.BYTES) {
      throw new DecodeException("a flat account without the id of its storage");
    }
    return decode(rlp, Keys.number(flat, rlp.length));
  }

  /**
   * Reads an account of the trie.
   *
   * @param storageId what the leaf says of its storage root
   */
  static StoredAccount decode(byte[] rlp, long storageId) throws DecodeException {
    RlpReader whole = RlpReader.over(rlp);
    RlpReader in = whole.list();
    StoredAccount account =
        new StoredAccount(
            in.unsignedLong(), in.uint256(), new Ref(in.hash(), storageId), in.hash());
    in.end();
    whole.end();
    return account;
  }
}
