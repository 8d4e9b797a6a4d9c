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
 */
record TrieChange(byte[] key, byte @Nullable [] value, long below)
    implements Comparable<TrieChange> {
  TrieChange {
    value = value != null && value.length == 0 ? null : value;
  }

  TrieChange(byte[] key, byte @Nullable [] value) {
    this(key, value, 0);
  }

  static TrieChange hashed(Hash32 keyHash, byte @Nullable [] value) {
    return new TrieChange(keyHash.toArray(), value);
  }

  @Override
  public int compareTo(TrieChange other) {
    return Arrays.compareUnsigned(key, other.key);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof TrieChange that
        && Arrays.equals(key, that.key)
        && Arrays.equals(value, that.value)
        && below == that.below;
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(key);
  }
}
