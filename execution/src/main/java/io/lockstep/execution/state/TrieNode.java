// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.state;

import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.types.Hash32;
import org.jspecify.annotations.Nullable;

/**
 * A node of a Merkle-Patricia trie (yellow paper, appendix D). Immutable once it is out of the
 * update that made it. Paths hold one nibble a byte. Any thread.
 */
sealed interface TrieNode {
  /**
   * What stands for a stored node.
   *
   * @param id the key that it is stored under, never reused; 0 where nodes are found by their hash,
   *     and for the empty trie
   * @param leaf whether it is known to stand for a leaf; never for a root
   */
  record Ref(Hash32 hash, long id, boolean leaf) implements TrieNode {
    /** The root of the trie without entries, which is not stored. */
    static final Ref EMPTY = new Ref(Keccak.EMPTY_TRIE_ROOT, 0);

    Ref(Hash32 hash, long id) {
      this(hash, id, false);
    }

    boolean isEmpty() {
      return hash.equals(Keccak.EMPTY_TRIE_ROOT);
    }
  }

  /**
   * The rest of a key and its value.
   *
   * @param below the id of the root of the trie that the value names (an account's storage); 0 when
   *     there is none
   */
  record Leaf(byte[] path, byte[] value, long below) implements TrieNode {}

  /** Nibbles that all keys below have in common; {@code child} is or stands for a branch. */
  record Extension(byte[] path, TrieNode child) implements TrieNode {}

  /** Sixteen children, null where none is, and the value of the key that ends here. */
  sealed interface Branch extends TrieNode permits OpenBranch, PatchedBranch, PackedBranch {
    int WIDTH = 16;

    @Nullable TrieNode child(int nibble);

    byte @Nullable [] value();

    /** The children one by one, the caller's own. */
    default @Nullable TrieNode[] children() {
      @Nullable TrieNode[] children = new TrieNode[WIDTH];
      for (int i = 0; i < WIDTH; i++) {
        children[i] = child(i);
      }
      return children;
    }
  }

  /** A branch of any form. Nothing changes the array. */
  record OpenBranch(@Nullable TrieNode[] slots, byte @Nullable [] value) implements Branch {
    @Override
    public @Nullable TrieNode child(int nibble) {
      return slots[nibble];
    }

    int count() {
      int count = 0;
      for (TrieNode child : slots) {
        if (child != null) {
          count++;
        }
      }
      return count;
    }
  }

  /**
   * A stored branch some of whose children gave place to others: no child came and none went.
   *
   * @param changed null where the child is that of {@code base}
   */
  record PatchedBranch(PackedBranch base, @Nullable TrieNode[] changed) implements Branch {
    @Override
    public @Nullable TrieNode child(int nibble) {
      TrieNode other = changed[nibble];
      return other == null ? base.child(nibble) : other;
    }

    @Override
    public byte @Nullable [] value() {
      return null;
    }
  }
}
