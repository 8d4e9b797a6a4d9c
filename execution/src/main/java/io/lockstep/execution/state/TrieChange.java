// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.state;

import io.lockstep.primitives.types.Hash32;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One key's new value in a trie.
 *
 * @param value null (or empty) when the key is to go
 */
record TrieChange(byte[] key, byte @Nullable [] value) implements Comparable<TrieChange> {
  TrieChange {
    value = value != null && value.length == 0 ? null : value;
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
        && Arrays.equals(value, that.value);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(key);
  }
}
