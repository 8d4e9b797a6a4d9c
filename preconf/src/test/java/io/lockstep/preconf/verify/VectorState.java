// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.verify;

import io.lockstep.primitives.codec.RlpWriter;
import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/** The state of a rollup in the vectors: accounts by their nonces, one of them with storage. */
final class VectorState {
  private final Map<Bytes, Bytes> accounts = new HashMap<>();
  private final TestTrie storage;

  /**
   * @param owner who has the storage
   */
  VectorState(Map<Address, Long> nonces, Address owner, Map<Hash32, UInt256> words) {
    Map<Bytes, Bytes> entries = new HashMap<>();
    words.forEach(
        (slot, word) -> entries.put(key(slot.toBytes()), new RlpWriter().integer(word).toBytes()));
    storage = new TestTrie(entries);
    nonces.forEach((address, nonce) ->
        accounts.put(
            key(address.toBytes()),
            new RlpWriter()
                .startList()
                .integer(nonce)
                .integer(UInt256.of(1_000_000_007L))
                .hash(address.equals(owner) ? storage.root() : Keccak.EMPTY_TRIE_ROOT)
                .hash(Keccak.hash(new byte[0]))
                .endList()
                .toBytes()));
  }

  private static Bytes key(Bytes name) {
    return Keccak.hash(name).toBytes();
  }

  Hash32 root() {
    return new TestTrie(accounts).root();
  }

  /** Tells about an account, and about words as the owner of the storage has them. */
  void tell(ObjectNode proofs, Address address, boolean isOwner, List<Hash32> slots) {
    ObjectNode told = proofs.putObject(address.toHex());
    var path = told.putArray("account");
    new TestTrie(accounts).proof(key(address.toBytes())).forEach(node -> path.add(node.toHex()));
    ObjectNode words = told.putObject("storage");
    for (Hash32 slot : slots) {
      var nodes = words.putArray(slot.toHex());
      if (isOwner) {
        storage.proof(key(slot.toBytes())).forEach(node -> nodes.add(node.toHex()));
      }
    }
  }
}
