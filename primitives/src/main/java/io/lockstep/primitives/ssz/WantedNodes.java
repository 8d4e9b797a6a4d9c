// SPDX-License-Identifier: Apache-2.0
package io.lockstep.primitives.ssz;

import io.lockstep.primitives.types.Hash32;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The nodes of a tree that branches need, filled in while the tree is hashed: millions of nodes
 * pass, a few are kept. One thread.
 */
final class WantedNodes {
  private final LongTable wanted;
  private final LongTable above;
  private final @Nullable Hash32[] nodes;

  WantedNodes(Collection<Long> leaves) {
    List<Long> needed = new ArrayList<>();
    List<Long> ancestors = new ArrayList<>();
    for (long leaf : leaves) {
      if (leaf < Gindex.ROOT) {
        throw new IllegalArgumentException("a generalized index of " + leaf);
      }
      needed.add(leaf);
      for (long at = leaf; at > Gindex.ROOT; at >>= 1) {
        needed.add(at ^ 1);
        ancestors.add(at >> 1);
      }
    }
    this.wanted = new LongTable(needed);
    this.above = new LongTable(ancestors);
    this.nodes = new Hash32[wanted.keys.length];
  }

  /** Whether something below this node is wanted. */
  boolean wantsBelow(long gindex) {
    return above.find(gindex) >= 0;
  }

  void saw(long gindex, byte[] node) {
    int at = wanted.find(gindex);
    if (at >= 0) {
      nodes[at] = Hash32.read(node, 0);
    }
  }

  /** The branch of a leaf, or null when the object has no node there. */
  @Nullable Branch branch(long leaf) {
    Hash32 node = at(leaf);
    List<Hash32> siblings = new ArrayList<>();
    for (long at = leaf; at > Gindex.ROOT; at >>= 1) {
      Hash32 sibling = at(at ^ 1);
      if (sibling == null) {
        return null;
      }
      siblings.add(sibling);
    }
    return node == null ? null : new Branch(leaf, node, siblings);
  }

  private @Nullable Hash32 at(long gindex) {
    int at = wanted.find(gindex);
    return at < 0 ? null : nodes[at];
  }

  /** A set of positive numbers that is asked often and boxes none. */
  private static final class LongTable {
    private final long[] keys;

    LongTable(Collection<Long> all) {
      int size = Math.max(16, Integer.highestOneBit(all.size() * 2) * 2);
      keys = new long[size];
      for (long key : all) {
        int at = slot(key);
        while (keys[at] != 0 && keys[at] != key) {
          at = (at + 1) & (keys.length - 1);
        }
        keys[at] = key;
      }
    }

    int find(long key) {
      int at = slot(key);
      while (keys[at] != 0) {
        if (keys[at] == key) {
          return at;
        }
        at = (at + 1) & (keys.length - 1);
      }
      return -1;
    }

    private int slot(long key) {
      long mixed = key * 0x9e37_79b9_7f4a_7c15L;
      return (int) (mixed >>> 32) & (keys.length - 1);
    }
  }
}
