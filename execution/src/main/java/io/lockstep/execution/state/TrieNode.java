// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.state;

import io.lockstep.primitives.types.Hash32;
import org.jspecify.annotations.Nullable;

/**
 * A node of a Merkle-Patricia trie (yellow paper, appendix D). Immutable once it is out of the
 * update that made it. Paths hold one nibble a byte. Any thread.
 */
sealed interface TrieNode {
  /** What stands for a stored node: its hash. */
  record Ref(Hash32 hash) implements TrieNode {}

  /** The rest of a key and its value. */
  record Leaf(byte[] path, byte[] value) implements TrieNode {}

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
