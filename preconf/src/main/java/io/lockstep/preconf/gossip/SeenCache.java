// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.gossip;

import io.lockstep.primitives.types.Hash32;
import java.util.HashSet;
import java.util.Set;

/**
 * Remembers between one and two times half its capacity of the latest hashes: when the younger half
 * is full the older is forgotten. Any thread.
 */
final class SeenCache {
  private final int half;
  private Set<Hash32> young = new HashSet<>();
  private Set<Hash32> old = new HashSet<>();

  SeenCache(int capacity) {
    half = Math.max(1, capacity / 2);
  }

  /** Remembers; false when it was known. */
  synchronized boolean add(Hash32 hash) {
    if (young.contains(hash) || old.contains(hash)) {
      return false;
    }
    if (young.size() >= half) {
      old = young;
      young = new HashSet<>();
    }
    return young.add(hash);
  }
}
