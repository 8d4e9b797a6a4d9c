// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.state;

import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;

/**
 * Sorts what has keys of bytes by their unsigned order. Of each key its first bits and its place
 * make a number, and numbers sort many times faster than objects through a comparator; those that
 * begin alike are compared as a whole. Any thread.
 */
final class KeyOrder {
  private static final int PLACE_BITS = 24;

  /** With the places it fills a long but for the sign. */
  private static final int PREFIX_BITS = Long.SIZE - 1 - PLACE_BITS;

  private KeyOrder() {}

  static <T> void sort(T[] items, Function<? super T, byte[]> keyOf) {
    Comparator<T> whole = (a, b) -> Arrays.compareUnsigned(keyOf.apply(a), keyOf.apply(b));
    if (items.length > 1 << PLACE_BITS) {
      Arrays.sort(items, whole);
      return;
    }
    long[] order = new long[items.length];
    for (int i = 0; i < order.length; i++) {
      order[i] = prefix(keyOf.apply(items[i])) << PLACE_BITS | i;
    }
    Arrays.parallelSort(order);

    T[] unsorted = items.clone();
    int alike = 0;
    for (int i = 0; i < order.length; i++) {
      items[i] = unsorted[(int) order[i] & ((1 << PLACE_BITS) - 1)];
      if (order[i] >>> PLACE_BITS != order[alike] >>> PLACE_BITS) {
        Arrays.sort(items, alike, i, whole);
        alike = i;
      }
    }
    Arrays.sort(items, alike, items.length, whole);
  }

  static <T> List<T> sorted(Collection<T> items, Function<? super T, byte[]> keyOf) {
    @SuppressWarnings("unchecked") // The array never leaves as one of T.
    T[] all = (T[]) items.toArray();
    sort(all, keyOf);
    return Arrays.asList(all);
  }

  private static long prefix(byte[] key) {
    long bits = 0;
    for (int i = 0; i < Long.BYTES; i++) {
      bits = bits << Byte.SIZE | (i < key.length ? key[i] & 0xff : 0);
    }
    return bits >>> (Long.SIZE - PREFIX_BITS);
  }
}
