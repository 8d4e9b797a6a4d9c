// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.state;

import io.lockstep.primitives.types.Hash32;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One key's new value in a trie.
 *
 * @param value null (or empty) when the key is to go
 * @param below as in {@link TrieNode.Leaf}
 * @param known whether the trie is known to hold the key: then a leaf found where it must lie is
 *     its leaf, and need not be loaded
 */
record TrieChange(byte[] key, byte @Nullable [] value, long below, boolean known)
    implements Comparable<TrieChange> {
  TrieChange {
    value = value != null && value.length == 0 ? null : value;
  }

  TrieChange(byte[] key, byte @Nullable [] value) {
    this(key, value, 0, false);
  }

  static TrieChange hashed(Hash32 keyHash, byte @Nullable [] value) {
    return new TrieChange(keyHash.toArray(), value);
  }

  @Override
  public int compareTo(TrieChange other) {
    return Arrays.compareUnsigned(key, other.key);
  }

  /** Whether both leave the same entry behind. */
  boolean sameEntry(TrieChange other) {
    return Arrays.equals(key, other.key)
        && Arrays.equals(value, other.value)
        && below == other.below;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof TrieChange that && sameEntry(that) && known == that.known;
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(key);
  }
}
