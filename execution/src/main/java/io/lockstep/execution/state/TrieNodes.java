// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.state;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.lockstep.execution.state.TrieNode.Branch;
import io.lockstep.execution.state.TrieNode.Extension;
import io.lockstep.execution.state.TrieNode.Leaf;
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
  private final Cache<Ref, TrieNode> cache;

  TrieNodes(KeyValueStore store, Column column, long cacheBytes) {
    this.store = store;
    this.column = column;
    this.cache =
        Caffeine.newBuilder()
            .maximumWeight(cacheBytes)
            .weigher((Ref ref, TrieNode node) -> 96 + weightBytes(node))
            .executor(Runnable::run)
            .build();
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
    TrieNode cached = cache.getIfPresent(ref);
    if (cached != null) {
      return cached;
    }
    byte[] stored = store.get(column, Keys.number(ref.id()));
    if (stored == null) {
      return null;
    }
    try {
      TrieNode node = TrieCodec.decodeStored(ref.hash(), stored);
      cache.put(ref, node);
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
   * Takes over a block's nodes. What they replaced goes first: by their many past uses those nodes
   * would keep the new ones, which have none yet, out of a full cache.
   */
  void moveOn(PreparedRoot root) {
    cache.invalidateAll(root.replaced());
    root.nodes().forEach(node -> cache.put(node.ref(), node.node()));
  }

  /** How much of its bound the cache uses, for measurements. */
  long cachedNodes() {
    cache.cleanUp();
    return cache.estimatedSize();
  }

  // What the objects take on the heap, roughly; a reference with its hash is 72 bytes.
  private static int weightBytes(TrieNode node) {
    return switch (node) {
      case Ref ref -> 72;
      case Leaf leaf -> 64 + leaf.path().length + leaf.value().length;
      case Extension extension -> 40 + extension.path().length + weightBytes(extension.child());
      case Branch branch -> {
        int bytes = 104 + (branch.value() == null ? 0 : branch.value().length);
        for (TrieNode child : branch.children()) {
          bytes += child == null ? 0 : weightBytes(child);
        }
        yield bytes;
      }
    };
  }
}
