// SPDX-License-Identifier: Apache-2.0
package io.lockstep.primitives.crypto;

import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.codec.RlpReader;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Checks Merkle-Patricia proofs as eth_getProof (EIP-1186) gives them; nodes as the yellow paper's
 * appendix D has them. Pure, any thread.
 */
public final class TrieProof {
  /** A path has 64 nibbles and a root: more nodes prove nothing. */
  public static final int LIMIT_NODES = 65;

  private static final int BRANCH_ITEMS = 17;

  private final byte[] key;
  private final List<Bytes> proof;
  private int used;
  private int depth;

  private TrieProof(byte[] key, List<Bytes> proof) {
    this.key = key;
    this.proof = proof;
  }

  /**
   * The value that {@code proof} shows at {@code key} under {@code root}, null when it shows that
   * there is none.
   *
   * @param key as it stands in the trie: hashed, for accounts and storage
   * @param proof encoded nodes in the order of the path, root first; none of the empty trie
   * @throws DecodeException when the proof is wrong, incomplete or holds more than it needs
   */
  public static @Nullable Bytes verify(Hash32 root, byte[] key, List<Bytes> proof)
      throws DecodeException {
    if (proof.size() > LIMIT_NODES) {
      throw new DecodeException("a proof of " + proof.size() + " nodes, limit " + LIMIT_NODES);
    }
    TrieProof walk = new TrieProof(key, proof);
    Bytes value = root.equals(Keccak.EMPTY_TRIE_ROOT) ? null : walk.from(root);
    if (walk.used != proof.size()) {
      throw new DecodeException(
          "the proof has " + proof.size() + " nodes of which the path needs " + walk.used);
    }
    return value;
  }

  /** The proof's next node, which must have this hash. */
  private byte[] node(Hash32 hash) throws DecodeException {
    if (used == proof.size() || !Keccak.hash(proof.get(used)).equals(hash)) {
      throw new DecodeException("the proof lacks node " + hash);
    }
    return proof.get(used++).unsafeArray();
  }

  private @Nullable Bytes from(Hash32 root) throws DecodeException {
    byte[] node = node(root);
    while (true) {
      List<byte[]> items = items(node);
      byte[] below;
      if (items.size() == BRANCH_ITEMS) {
        if (depth == 2 * key.length) {
          return content(items.get(BRANCH_ITEMS - 1));
        }
        below = items.get(nibble(key, depth++));
      } else {
        byte[] path = RlpReader.over(items.get(0)).bytes();
        boolean isLeaf = isLeaf(path);
        if (!takes(path)) {
          return null;
        }
        if (isLeaf) {
          return depth == 2 * key.length ? content(items.get(1)) : null;
        }
        below = items.get(1);
      }
      // A short node stands in the one above it, any other one's hash does.
      RlpReader reference = RlpReader.over(below);
      if (reference.nextIsList()) {
        node = below;
        continue;
      }
      byte[] hash = reference.bytes();
      if (hash.length == 0) {
        return null;
      }
      if (hash.length != Hash32.LENGTH_BYTES) {
        throw new DecodeException("a trie node refers to " + hash.length + " bytes");
      }
      node = node(Hash32.of(hash));
    }
  }

  private static List<byte[]> items(byte[] node) throws DecodeException {
    RlpReader whole = RlpReader.over(node);
    RlpReader list = whole.list();
    whole.end();
    List<byte[]> out = new ArrayList<>();
    while (list.hasNext()) {
      out.add(list.rawItem());
    }
    if (out.size() != 2 && out.size() != BRANCH_ITEMS) {
      throw new DecodeException("a trie node of " + out.size() + " items");
    }
    return out;
  }

  /** A branch without a value holds an empty one. */
  private static @Nullable Bytes content(byte[] item) throws DecodeException {
    byte[] value = RlpReader.over(item).bytes();
    return value.length == 0 ? null : Bytes.wrap(value);
  }

  private static boolean isLeaf(byte[] path) throws DecodeException {
    int flags = path.length == 0 ? -1 : (path[0] & 0xff) >>> 4;
    boolean isPadded = (flags & 1) == 0;
    if (flags < 0 || flags > 3 || (isPadded && (path[0] & 0x0f) != 0)) {
      throw new DecodeException("a trie node with the path " + Bytes.wrap(path));
    }
    return (flags & 2) != 0;
  }

  /** Goes along a node's path; false when the key leaves it. */
  private boolean takes(byte[] path) {
    int from = (path[0] & 0x10) == 0 ? 2 : 1;
    for (int i = from; i < 2 * path.length; i++) {
      if (depth == 2 * key.length || nibble(path, i) != nibble(key, depth)) {
        return false;
      }
      depth++;
    }
    return true;
  }

  private static int nibble(byte[] octets, int index) {
    int octet = octets[index >> 1] & 0xff;
    return (index & 1) == 0 ? octet >>> 4 : octet & 0x0f;
  }
}
