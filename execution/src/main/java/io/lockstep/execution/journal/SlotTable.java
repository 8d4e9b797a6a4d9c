// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.journal;

import java.util.Arrays;

/**
 * Storage words keyed by storage id and slot, in flat arrays: open addressing over an index of
 * entries that never move, so that an entry's number names it for the table's lifetime. One thread.
 */
final class SlotTable {
  /** Longs of an entry: key, current value, value at the transaction's start, value below. */
  static final int STRIDE = 16;

  static final int CURRENT = 4;
  static final int ORIGINAL = 8;
  static final int BELOW = 12;

  private static final int INITIAL_ENTRIES = 64;

  long[] words = new long[INITIAL_ENTRIES * STRIDE];
  int[] owner = new int[INITIAL_ENTRIES];

  /** The transaction in which the slot was last warmed. */
  int[] warmIn = new int[INITIAL_ENTRIES];

  /** The transaction for which ORIGINAL holds. */
  int[] originalOf = new int[INITIAL_ENTRIES];

  private int size;
  private int[] index = new int[INITIAL_ENTRIES * 2];

  int size() {
    return size;
  }

  /** The entry, or -1 when there is none. */
  int find(int storageId, long k0, long k1, long k2, long k3) {
    int mask = index.length - 1;
    for (int at = hash(storageId, k0, k1, k2, k3) & mask; ; at = (at + 1) & mask) {
      int entry = index[at] - 1;
      if (entry < 0 || matches(entry, storageId, k0, k1, k2, k3)) {
        return entry;
      }
    }
  }

  /** Adds an entry that is not there yet, with all its values zero. */
  int add(int storageId, long k0, long k1, long k2, long k3) {
    if (size == owner.length) {
      grow();
    }
    int entry = size++;
    int at = entry * STRIDE;
    words[at] = k0;
    words[at + 1] = k1;
    words[at + 2] = k2;
    words[at + 3] = k3;
    Arrays.fill(words, at + 4, at + STRIDE, 0);
    owner[entry] = storageId;
    warmIn[entry] = 0;
    originalOf[entry] = 0;
    insert(entry);
    return entry;
  }

  void clear() {
    if (size == 0) {
      return;
    }
    size = 0;
    if (index.length > 1 << 14) {
      index = new int[INITIAL_ENTRIES * 2];
    } else {
      Arrays.fill(index, 0);
    }
  }

  private boolean matches(int entry, int storageId, long k0, long k1, long k2, long k3) {
    int at = entry * STRIDE;
    return owner[entry] == storageId
        && words[at] == k0
        && words[at + 1] == k1
        && words[at + 2] == k2
        && words[at + 3] == k3;
  }

  private void insert(int entry) {
    int at = entry * STRIDE;
    int mask = index.length - 1;
    int place = hash(owner[entry], words[at], words[at + 1], words[at + 2], words[at + 3]) & mask;
    while (index[place] != 0) {
      place = (place + 1) & mask;
    }
    index[place] = entry + 1;
  }

  private void grow() {
    int capacity = owner.length * 2;
    words = Arrays.copyOf(words, capacity * STRIDE);
    owner = Arrays.copyOf(owner, capacity);
    warmIn = Arrays.copyOf(warmIn, capacity);
    originalOf = Arrays.copyOf(originalOf, capacity);
    index = new int[capacity * 2];
    for (int i = 0; i < size; i++) {
      insert(i);
    }
  }

  private static int hash(int storageId, long k0, long k1, long k2, long k3) {
    // Keys are chosen by contracts: every limb is multiplied so that none can be left out cheaply.
    long h = (k0 ^ storageId) * 0x9E3779B97F4A7C15L;
    h = (h ^ (h >>> 32) ^ k1) * 0xC2B2AE3D27D4EB4FL;
    h = (h ^ (h >>> 29) ^ k2) * 0xBF58476D1CE4E5B9L;
    h = (h ^ (h >>> 31) ^ k3) * 0x94D049BB133111EBL;
    return (int) (h >>> 32);
  }
}
