// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.execution.state.TrieNode.Ref;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.tx.BlockHeader;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.storage.column.Keys;
import io.lockstep.storage.kv.KeyValueStore;
import java.util.Collections;
import java.util.HashSet;
import java.util.Set;

/**
 * Counts trie nodes: what is on the disk must be what the kept states reach, and what a record
 * names as due, and nothing else.
 */
final class TrieCensus {
  private static final byte[] START = {};

  private TrieCensus() {}

  /** Fails unless it adds up; answers how many records should have been worked off. */
  static int check(KeyValueStore store, ChainColumns columns, ChainDb chain) {
    TrieNodes nodes = new TrieNodes(store, columns.trie(), 1 << 20);
    Set<Long> kept = new HashSet<>();
    for (long n = chain.oldestState(); n <= chain.head().number(); n++) {
      byte[] root = store.get(columns.root(), Keys.number(n));
      BlockHeader header = chain.canonicalHeader(n);
      assertThat(root).isNotNull();
      assertThat(header).isNotNull();
      assertThat(Hash32.read(root, 0)).isEqualTo(header.hash());
      reach(nodes, new Ref(header.stateRoot(), Keys.number(root, 32)), true, kept);
    }
    store.scan(
        columns.root(),
        START,
        (key, value) -> {
          if (key.length == Long.BYTES) {
            assertThat(Keys.number(key, 0)).isBetween(chain.oldestState(), chain.head().number());
          } else if (Keys.number(value, 0) > chain.oldestState()) {
            BlockHeader header = chain.headerByHash(Hash32.of(key));
            assertThat(header).isNotNull();
            reach(nodes, new Ref(header.stateRoot(), Keys.number(value, 8)), true, kept);
          }
          return true;
        });

    Set<Long> due = new HashSet<>();
    Set<Long> orphaned = new HashSet<>();
    Set<Long> named = new HashSet<>();
    int[] dueNow = {0};
    store.scan(
        columns.stale(),
        START,
        (key, value) -> {
          boolean below = Keys.number(key, 0) <= chain.oldestState();
          dueNow[0] += below ? 1 : 0;
          if (Orphan.isKey(key)) {
            assertThat(Keys.number(key, 0)).isLessThanOrEqualTo(chain.head().number() + 1);
            Orphan orphan = Orphan.decode(key, value);
            for (long id = orphan.firstId(); id < orphan.endId(); id++) {
              assertThat(named.add(id)).as("node %d is named twice", id).isTrue();
              orphaned.add(id);
            }
          } else {
            assertThat(Keys.number(key, 0)).isLessThanOrEqualTo(chain.head().number());
            for (long id : BlockNodes.decode(value).replaced()) {
              assertThat(named.add(id)).as("node %d is named twice", id).isTrue();
              if (below) {
                due.add(id);
              }
            }
          }
          return true;
        });

    Set<Long> stored = new HashSet<>();
    store.scan(columns.trie(), START, (key, value) -> stored.add(Keys.number(key, 0)));
    Set<Long> expected = new HashSet<>(kept);
    expected.addAll(due);
    expected.addAll(orphaned);
    assertThat(Collections.disjoint(kept, due)).isTrue();
    assertThat(stored).isEqualTo(expected);
    return dueNow[0];
  }

  private static void reach(TrieNodes nodes, Ref ref, boolean accounts, Set<Long> into) {
    if (ref.isEmpty() || !into.add(ref.id())) {
      return;
    }
    below(nodes, nodes.load(ref), accounts, into);
  }

  private static void below(TrieNodes nodes, TrieNode node, boolean accounts, Set<Long> into) {
    switch (node) {
      case Ref ref -> reach(nodes, ref, accounts, into);
      case TrieNode.Leaf leaf -> {
        if (accounts) {
          reach(nodes, storageOf(leaf), false, into);
        }
      }
      case TrieNode.Extension extension -> below(nodes, extension.child(), accounts, into);
      case TrieNode.Branch branch -> {
        for (TrieNode child : branch.children()) {
          if (child != null) {
            below(nodes, child, accounts, into);
          }
        }
      }
    }
  }

  private static Ref storageOf(TrieNode.Leaf leaf) {
    try {
      return StoredAccount.decode(leaf.value(), leaf.below()).storage();
    } catch (DecodeException e) {
      throw new AssertionError(e);
    }
  }
}
