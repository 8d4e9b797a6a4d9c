// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.state;

import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Checks Merkle-Patricia proofs as eth_getProof (EIP-1186) gives them. Pure, any thread. */
public final class TrieProof {
  /** A path has 64 nibbles and a root: more nodes prove nothing. */
  public static final int LIMIT_NODES = 65;

  private TrieProof() {}

  /**
   * The value that {@code proof} shows at {@code key} under {@code root}, null when it shows that
   * there is none.
   *
   * @param key as it stands in the trie: hashed, for accounts and storage
   * @param proof encoded nodes in the order of the path, root first
   * @throws DecodeException when the proof is wrong, incomplete or holds more than it needs
   */
  public static @Nullable Bytes verify(Hash32 root, byte[] key, List<Bytes> proof)
      throws DecodeException {
    if (proof.size() > LIMIT_NODES) {
      throw new DecodeException("a proof of " + proof.size() + " nodes, limit " + LIMIT_NODES);
    }
    Map<Hash32, TrieNode> nodes = new HashMap<>();
    for (Bytes rlp : proof) {
      nodes.put(Keccak.hash(rlp), TrieCodec.decode(rlp.unsafeArray()));
    }
    int[] used = {0};
    byte[] value;
    try {
      value =
          new MerkleTrie(
                  ref -> {
                    TrieNode node = nodes.get(ref.hash());
                    if (node == null) {
                      throw new MissingNode(ref.hash());
                    }
                    used[0]++;
                    return node;
                  },
                  root)
              .get(key);
    } catch (MissingNode missing) {
      throw new DecodeException("the proof lacks node " + missing.hash, missing);
    }
    if (used[0] != proof.size()) {
      throw new DecodeException(
          "the proof has " + proof.size() + " nodes of which the path needs " + used[0]);
    }
    return value == null ? null : Bytes.wrap(value);
  }

  private static final class MissingNode extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient Hash32 hash;

    MissingNode(Hash32 hash) {
      super(null, null, false, false);
      this.hash = hash;
    }
  }
}
