// SPDX-License-Identifier: Apache-2.0
package io.lockstep.primitives.crypto;

import io.lockstep.primitives.types.Hash32;
import java.util.ArrayList;
import java.util.List;

/**
 * The Keccak Merkle tree over which frags, seals and header tables are signed or posted: leaves are
 * hashed twice (so that no inner node can pass for a leaf), a pair is hashed in sorted order, an
 * odd node goes up as it is. Its paths are what OpenZeppelin's MerkleProof takes. Any thread.
 */
public final class MerkleTree {
  private final List<List<Hash32>> levels = new ArrayList<>();

  /** A tree over leaf contents (ABI-encoded words). No leaf: the root is zero. */
  public MerkleTree(List<byte[]> leaves) {
    List<Hash32> level = new ArrayList<>(leaves.size());
    for (byte[] leaf : leaves) {
      level.add(leafHash(leaf));
    }
    levels.add(level);
    while (level.size() > 1) {
      List<Hash32> above = new ArrayList<>((level.size() + 1) / 2);
      for (int i = 0; i + 1 < level.size(); i += 2) {
        above.add(parent(level.get(i), level.get(i + 1)));
      }
      if (level.size() % 2 == 1) {
        above.add(level.getLast());
      }
      levels.add(above);
      level = above;
    }
  }

  public static Hash32 leafHash(byte[] leaf) {
    return Keccak.hash(Keccak.hash(leaf).toArray());
  }

  public Hash32 root() {
    return levels.getLast().isEmpty() ? Hash32.ZERO : levels.getLast().getFirst();
  }

  /** The siblings from leaf {@code index} up to the root. */
  public List<Hash32> path(int index) {
    List<Hash32> siblings = new ArrayList<>();
    int at = index;
    for (int depth = 0; depth < levels.size() - 1; depth++) {
      List<Hash32> level = levels.get(depth);
      int sibling = at ^ 1;
      if (sibling < level.size()) {
        siblings.add(level.get(sibling));
      }
      at /= 2;
    }
    return siblings;
  }

  /** The root that {@code leaf} and {@code path} lead to. */
  public static Hash32 fold(byte[] leaf, List<Hash32> path) {
    Hash32 node = leafHash(leaf);
    for (Hash32 sibling : path) {
      node = parent(node, sibling);
    }
    return node;
  }

  private static Hash32 parent(Hash32 a, Hash32 b) {
    byte[] both = new byte[64];
    boolean ordered = a.compareTo(b) <= 0;
    (ordered ? a : b).write(both, 0);
    (ordered ? b : a).write(both, 32);
    return Keccak.hash(both);
  }
}
