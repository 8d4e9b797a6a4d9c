// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.state;

import io.lockstep.execution.journal.AccountState;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.codec.RlpReader;
import io.lockstep.primitives.codec.RlpWriter;
import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;

/** An account as the account trie holds it (yellow paper, 4.1). Its RLP is also the flat value. */
record StoredAccount(long nonce, UInt256 balance, Hash32 storageRoot, Hash32 codeHash) {
  static StoredAccount of(AccountState state, Hash32 storageRoot) {
    return new StoredAccount(state.nonce(), state.balance(), storageRoot, state.codeHash());
  }

  AccountState toState() {
    return new AccountState(nonce, balance, codeHash, !storageRoot.equals(Keccak.EMPTY_TRIE_ROOT));
  }

  byte[] encoded() {
    return new RlpWriter(112)
        .startList()
        .integer(nonce)
        .integer(balance)
        .hash(storageRoot)
        .hash(codeHash)
        .endList()
        .toArray();
  }

  static StoredAccount decode(byte[] rlp) throws DecodeException {
    RlpReader whole = RlpReader.over(rlp);
    RlpReader in = whole.list();
    StoredAccount account =
        new StoredAccount(in.unsignedLong(), in.uint256(), in.hash(), in.hash());
    in.end();
    whole.end();
    return account;
  }
}
