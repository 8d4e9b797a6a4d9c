// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.verify;

import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.codec.RlpReader;
import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.crypto.TrieProof;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import java.util.List;

/**
 * Trie nodes that show an account, and a word of its storage, below a state root (EIP-1186).
 * Immutable.
 *
 * @param account encoded nodes from the state root on
 * @param storage encoded nodes from the account's storage root on; none when no word was asked for
 */
public record StateProof(List<Bytes> account, List<Bytes> storage) {
  private record Account(long nonce, Hash32 storageRoot) {}

  public StateProof {
    account = List.copyOf(account);
    storage = List.copyOf(storage);
  }

  /**
   * An account's nonce, 64 bits unsigned; 0 of one that does not exist.
   *
   * @throws DecodeException when this does not lead to {@code stateRoot}
   */
  public long nonce(Hash32 stateRoot, Address address) throws DecodeException {
    return read(stateRoot, address).nonce;
  }

  /**
   * A word of an account's storage; zero where nothing was ever written.
   *
   * @throws DecodeException when this does not lead to {@code stateRoot}
   */
  public UInt256 word(Hash32 stateRoot, Address address, Hash32 slot) throws DecodeException {
    Hash32 root = read(stateRoot, address).storageRoot;
    Bytes value = TrieProof.verify(root, Keccak.hash(slot.toArray()).toArray(), storage);
    if (value == null) {
      return UInt256.ZERO;
    }
    RlpReader in = RlpReader.over(value);
    UInt256 word = in.uint256();
    in.end();
    return word;
  }

  private Account read(Hash32 stateRoot, Address address) throws DecodeException {
    Bytes value = TrieProof.verify(stateRoot, Keccak.hash(address.toArray()).toArray(), account);
    if (value == null) {
      return new Account(0, Keccak.EMPTY_TRIE_ROOT);
    }
    RlpReader whole = RlpReader.over(value);
    RlpReader in = whole.list();
    whole.end();
    long nonce = in.unsignedLong();
    in.uint256();
    Hash32 storageRoot = in.hash();
    in.hash();
    in.end();
    return new Account(nonce, storageRoot);
  }
}
