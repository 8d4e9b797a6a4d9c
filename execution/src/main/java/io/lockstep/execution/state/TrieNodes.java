// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.state;

import io.lockstep.execution.state.TrieNode.Ref;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.storage.column.Keys;
import io.lockstep.storage.kv.Column;
import io.lockstep.storage.kv.KeyValueStore;
import io.lockstep.storage.kv.StorageException;
import org.jspecify.annotations.Nullable;

/**
 * Trie nodes in a column, keyed by ids that grow and are never reused, under a cache bounded in
 * bytes. A node has one parent, so it can be deleted when that one goes. What comes from the disk
 * must hash to what its parent says. Any thread.
 */
final class TrieNodes implements NodeSource {
  private final KeyValueStore store;
  private final Column column;
  private final NodeCache cache;

  TrieNodes(KeyValueStore store, Column column, long cacheBytes) {
    this.store = store;
    this.column = column;
    this.cache = new NodeCache(cacheBytes);
  }

  @Override
  public TrieNode load(Ref ref) {
    TrieNode node = find(ref);
    if (node == null) {
      throw new StorageException(
          "trie node %d %s is missing in %s".formatted(ref.id(), ref.hash(), column.name()));
    }
    return node;
  }

  /** As {@link #load}, but null for a node that is not there. */
  @Nullable TrieNode find(Ref ref) {
    TrieNode cached = cache.get(ref.id());
    if (cached != null) {
      return cached;
    }
    byte[] stored = store.get(column, Keys.number(ref.id()));
    if (stored == null) {
      return null;
    }
    try {
      TrieNode node = TrieCodec.decodeStored(ref.hash(), stored);
      cache.put(ref.id(), node);
      return node;
    } catch (DecodeException e) {
      throw new StorageException(
          "trie node %d %s is damaged in %s".formatted(ref.id(), ref.hash(), column.name()), e);
    }
  }

  void write(KeyValueStore.Batch batch, PreparedRoot root) {
    root.nodes().forEach(node -> batch.put(column, Keys.number(node.ref().id()), node.stored()));
  }

  void delete(KeyValueStore.Batch batch, long id) {
    batch.delete(column, Keys.number(id));
  }

  /**
   * Takes over a block's nodes. Leaves stay away: an update knows them by their key, and what reads
   * the head reads the flat state.
   */
  void moveOn(PreparedRoot root) {
    for (Ref ref : root.replaced()) {
      if (!ref.leaf()) {
        cache.remove(ref.id());
      }
    }
    for (PreparedRoot.NewNode fresh : root.nodes()) {
      if (!(fresh.node() instanceof TrieNode.Leaf)) {
        cache.put(fresh.ref().id(), fresh.node());
      }
    }
  }

  /** How many nodes are cached, for measurements. */
  long cachedNodes() {
    return cache.size();
  }
}
