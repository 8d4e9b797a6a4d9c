// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.state;

import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * Values of a store by their keys, bounded in number. Two generations: what is put or found goes to
 * the young one; when that has half of the bound it becomes the old one, and what was the old one,
 * which nobody asked for since, is gone. A block asks for tens of thousands of accounts and words
 * and most of them once: what a general cache writes down about each for its policy takes longer
 * than finding it.
 *
 * <p>Any thread reads and loads, one writes. When {@link #put} has returned, no load that saw the
 * store before the writer changed it leaves its value where a reader finds it: in one generation
 * the two exclude each other, and a writer puts into the youngest, which is asked first.
 */
final class GenerationCache<K, V> {
  private final long generationEntries;
  private volatile Generations<K, V> generations = new Generations<>(new ConcurrentHashMap<>());

  private static final class Generations<K, V> {
    final ConcurrentHashMap<K, V> young = new ConcurrentHashMap<>();
    final ConcurrentHashMap<K, V> old;

    Generations(ConcurrentHashMap<K, V> old) {
      this.old = old;
    }
  }

  GenerationCache(long boundEntries) {
    generationEntries = Math.max(1, boundEntries / 2);
  }

  /** The value of the key, loaded where it is not known; loads of one key exclude each other. */
  V get(K key, Function<? super K, ? extends V> load) {
    Generations<K, V> now = generations;
    V value = now.young.get(key);
    if (value != null) {
      return value;
    }
    V older = now.old.get(key);
    V found = now.young.computeIfAbsent(key, older == null ? load : k -> older);
    turnOver(now);
    return found;
  }

  boolean contains(K key) {
    Generations<K, V> now = generations;
    return now.young.containsKey(key) || now.old.containsKey(key);
  }

  /** Replaces the value of a key, or adds it: called by the writer after the store has changed. */
  synchronized void put(K key, V value) {
    Generations<K, V> now = generations;
    now.young.put(key, value);
    turnOver(now);
  }

  /** How many entries there are, those found again twice. */
  long size() {
    Generations<K, V> now = generations;
    return now.young.mappingCount() + now.old.mappingCount();
  }

  private void turnOver(Generations<K, V> full) {
    if (full.young.mappingCount() >= generationEntries) {
      synchronized (this) {
        if (generations == full) {
          generations = new Generations<>(full.young);
        }
      }
    }
  }
}
