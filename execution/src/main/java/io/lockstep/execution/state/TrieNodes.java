// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.state;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.lockstep.execution.state.TrieNode.Branch;
import io.lockstep.execution.state.TrieNode.Extension;
import io.lockstep.execution.state.TrieNode.Leaf;
import io.lockstep.execution.state.TrieNode.Ref;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.storage.kv.Column;
import io.lockstep.storage.kv.KeyValueStore;
import io.lockstep.storage.kv.StorageException;

/**
 * Trie nodes in a column, keyed by hash, under a cache bounded in bytes. What comes from the disk
 * must hash to its key. Any thread.
 */
final class TrieNodes implements NodeSource {
  private final KeyValueStore store;
  private final Column column;
  private final Cache<Hash32, TrieNode> cache;

  TrieNodes(KeyValueStore store, Column column, long cacheBytes) {
    this.store = store;
    this.column = column;
    this.cache =
        Caffeine.newBuilder()
            .maximumWeight(cacheBytes)
            .weigher((Hash32 hash, TrieNode node) -> 112 + weightBytes(node))
            .executor(Runnable::run)
            .build();
  }

  @Override
  public TrieNode load(Hash32 hash) {
    TrieNode cached = cache.getIfPresent(hash);
    if (cached != null) {
      return cached;
    }
    byte[] rlp = store.get(column, hash.toArray());
    if (rlp == null) {
      throw new StorageException("trie node " + hash + " is missing in " + column.name());
    }
    if (!Keccak.hash(rlp).equals(hash)) {
      throw new StorageException("trie node " + hash + " is damaged in " + column.name());
    }
    try {
      TrieNode node = TrieCodec.decode(rlp);
      cache.put(hash, node);
      return node;
    } catch (DecodeException e) {
      throw new StorageException("trie node " + hash + " cannot be read", e);
    }
  }

  /** Whether the node can be loaded, without loading it into the cache. */
  boolean has(Hash32 hash) {
    return hash.equals(Keccak.EMPTY_TRIE_ROOT)
        || cache.getIfPresent(hash) != null
        || store.get(column, hash.toArray()) != null;
  }

  /**
   * Takes over a block's nodes. What they replaced goes first: by their many past uses those nodes
   * would keep the new ones, which have none yet, out of a full cache.
   */
  void moveOn(PreparedRoot root) {
    cache.invalidateAll(root.replaced());
    root.nodes().forEach(node -> cache.put(node.hash(), node.node()));
  }

  // What the objects take on the heap, roughly; a reference with its hash is 64 bytes.
  private static int weightBytes(TrieNode node) {
    return switch (node) {
      case Ref ref -> 64;
      case Leaf leaf -> 56 + leaf.path().length + leaf.value().length;
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
