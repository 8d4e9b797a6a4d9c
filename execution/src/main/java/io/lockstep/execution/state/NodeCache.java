// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.state;

import org.jspecify.annotations.Nullable;

/**
 * Trie nodes by their ids, bounded in bytes. Two generations: what is put or found goes to the
 * young one; when that has half of the bound it becomes the old one, and what was the old one,
 * which nobody asked for since, is gone. A block brings and removes a hundred thousand nodes; a
 * general cache with its policy costs as much for them as writing them to the disk. Any thread.
 */
final class NodeCache {
  private static final int SHARDS = 16;

  private final Shard[] shards = new Shard[SHARDS];

  NodeCache(long boundBytes) {
    for (int i = 0; i < SHARDS; i++) {
      shards[i] = new Shard(boundBytes / SHARDS / 2);
    }
  }

  @Nullable TrieNode get(long id) {
    return shard(id).get(id);
  }

  void put(long id, TrieNode node) {
    shard(id).put(id, node);
  }

  void remove(long id) {
    shard(id).remove(id);
  }

  /** How many nodes it holds. */
  long size() {
    long size = 0;
    for (Shard shard : shards) {
      size += shard.size();
    }
    return size;
  }

  private Shard shard(long id) {
    return shards[(int) (id & (SHARDS - 1))];
  }

  private static final class Shard {
    private final long generationBytes;
    private Table young = new Table();
    private Table old = new Table();
    private long youngBytes;

    Shard(long generationBytes) {
      this.generationBytes = generationBytes;
    }

    synchronized @Nullable TrieNode get(long id) {
      TrieNode node = young.get(id);
      if (node == null) {
        node = old.remove(id);
        if (node != null) {
          put(id, node);
        }
      }
      return node;
    }

    synchronized void put(long id, TrieNode node) {
      TrieNode before = young.put(id, node);
      youngBytes += weightBytes(node) - (before == null ? 0 : weightBytes(before));
      if (youngBytes > generationBytes) {
        old = young;
        young = new Table();
        youngBytes = 0;
      }
    }

    synchronized void remove(long id) {
      old.remove(id);
      TrieNode gone = young.remove(id);
      youngBytes -= gone == null ? 0 : weightBytes(gone);
    }

    synchronized long size() {
      return young.live + (long) old.live;
    }
  }

  /** Open addressing with linear probing. A removed key keeps its place until the table grows. */
  private static final class Table {
    private long[] ids = new long[64];
    private @Nullable TrieNode[] nodes = new TrieNode[64];
    private int used;
    private int live;

    @Nullable TrieNode get(long id) {
      return nodes[place(ids, id)];
    }

    @Nullable TrieNode put(long id, TrieNode node) {
      int at = place(ids, id);
      if (ids[at] == 0) {
        ids[at] = id;
        used++;
      }
      TrieNode before = nodes[at];
      nodes[at] = node;
      live += before == null ? 1 : 0;
      if (used > ids.length / 2) {
        rehash();
      }
      return before;
    }

    @Nullable TrieNode remove(long id) {
      int at = place(ids, id);
      TrieNode gone = nodes[at];
      nodes[at] = null;
      live -= gone == null ? 0 : 1;
      return gone;
    }

    private void rehash() {
      int size = Math.max(64, Integer.highestOneBit(live) * 4);
      long[] newIds = new long[size];
      @Nullable TrieNode[] newNodes = new TrieNode[size];
      for (int i = 0; i < ids.length; i++) {
        if (nodes[i] != null) {
          int at = place(newIds, ids[i]);
          newIds[at] = ids[i];
          newNodes[at] = nodes[i];
        }
      }
      ids = newIds;
      nodes = newNodes;
      used = live;
    }

    /** Where the id stands or would stand; ids are never 0. */
    private static int place(long[] ids, long id) {
      int last = ids.length - 1;
      int at = (int) ((id * 0x9E3779B97F4A7C15L) >>> 32) & last;
      while (ids[at] != 0 && ids[at] != id) {
        at = (at + 1) & last;
      }
      return at;
    }
  }

  // What the objects take on the heap, roughly, with their place in the table.
  private static int weightBytes(TrieNode node) {
    return 48
        + switch (node) {
          case PackedBranch packed -> 56 + packed.stored().length;
          default -> objectBytes(node);
        };
  }

  // A reference with its hash is 80 bytes.
  private static int objectBytes(@Nullable TrieNode node) {
    return switch (node) {
      case null -> 0;
      case TrieNode.Ref ref -> 80;
      case TrieNode.Leaf leaf -> 80 + leaf.path().length + leaf.value().length;
      case TrieNode.Extension extension ->
          40 + extension.path().length + objectBytes(extension.child());
      case TrieNode.Branch branch -> {
        int bytes = 104;
        for (int i = 0; i < TrieNode.Branch.WIDTH; i++) {
          bytes += objectBytes(branch.child(i));
        }
        yield bytes;
      }
    };
  }
}
