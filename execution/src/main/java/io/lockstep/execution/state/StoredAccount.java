// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.state;

import io.lockstep.execution.journal.AccountState;
import io.lockstep.execution.state.TrieNode.Ref;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.codec.RlpReader;
import io.lockstep.primitives.codec.RlpWriter;
import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import io.lockstep.storage.column.Keys;

/**
 * An account as the account trie holds it (yellow paper, 4.1), and where its storage trie lies. As
 * a flat value the RLP has empty items for the hashes of what is empty, and the id of the storage
 * root follows it where there is one.
 */
record StoredAccount(long nonce, UInt256 balance, Ref storage, Hash32 codeHash) {
  private static final byte[] NONE = new byte[0];

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

  /**
   * As it lies in the flat state: most accounts have neither code nor storage, and their hashes
   * would be three quarters of the value.
   */
  byte[] flat() {
    RlpWriter out = new RlpWriter(112).startList().integer(nonce).integer(balance);
    out = storage.isEmpty() ? out.bytes(NONE) : out.hash(storage.hash());
    out = codeHash.equals(Keccak.EMPTY) ? out.bytes(NONE) : out.hash(codeHash);
    byte[] rlp = out.endList().toArray();
    return storage.isEmpty() ? rlp : Keys.join(rlp, Keys.number(storage.id()));
  }

  static StoredAccount ofFlat(byte[] flat) throws DecodeException {
    byte[] rlp = RlpReader.over(flat).rawItem();
    RlpReader in = RlpReader.over(rlp).list();
    long nonce = in.unsignedLong();
    UInt256 balance = in.uint256();
    Hash32 storage = hashOr(Keccak.EMPTY_TRIE_ROOT, in.bytes());
    Hash32 codeHash = hashOr(Keccak.EMPTY, in.bytes());
    in.end();
    int idBytes = flat.length - rlp.length;
    boolean empty = storage.equals(Keccak.EMPTY_TRIE_ROOT);
    // The form before this one had an id of zero behind an empty storage too.
    if (idBytes != Long.BYTES && !(empty && idBytes == 0)) {
      throw new DecodeException("a flat account without the id of its storage");
    }
    Ref root = empty ? Ref.EMPTY : new Ref(storage, Keys.number(flat, rlp.length));
    return new StoredAccount(nonce, balance, root, codeHash);
  }

  private static Hash32 hashOr(Hash32 none, byte[] item) throws DecodeException {
    if (item.length == 0) {
      return none;
    }
    if (item.length != Hash32.LENGTH_BYTES) {
      throw new DecodeException("a hash of " + item.length + " bytes in a flat account");
    }
    return Hash32.read(item, 0);
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
