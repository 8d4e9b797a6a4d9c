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
   */
  record Ref(Hash32 hash, long id) implements TrieNode {
    /** The root of the trie without entries, which is not stored. */
    static final Ref EMPTY = new Ref(Keccak.EMPTY_TRIE_ROOT, 0);

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
  record Branch(@Nullable TrieNode[] children, byte @Nullable [] value) implements TrieNode {
    static final int WIDTH = 16;

    int count() {
      int count = 0;
      for (TrieNode child : children) {
        if (child != null) {
          count++;
        }
      }
      return count;
    }
  }
}
