// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.state;

import io.lockstep.execution.state.TrieNode.Branch;
import io.lockstep.execution.state.TrieNode.Extension;
import io.lockstep.execution.state.TrieNode.Leaf;
import io.lockstep.execution.state.TrieNode.Ref;
import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A Merkle-Patricia trie at one root (yellow paper, appendix D); its nodes come from a {@link
 * NodeSource}. Never changes: an update gives the next root. Keys are taken as they are; a secure
 * trie's callers hash them. Any thread.
 */
public final class MerkleTrie {
  private final NodeSource source;
  private final Hash32 root;

  MerkleTrie(NodeSource source, Hash32 root) {
    this.source = source;
    this.root = root;
  }

  /** The root of the trie with these entries; an entry with an empty value is none. */
  public static Hash32 rootOf(Map<Bytes, Bytes> entries) {
    List<TrieChange> changes = new ArrayList<>(entries.size());
    entries.forEach(
        (key, value) -> changes.add(new TrieChange(key.unsafeArray(), value.unsafeArray())));
    return rootOf(changes);
  }

  static Hash32 rootOf(Collection<TrieChange> entries) {
    return new MerkleTrie(NodeSource.NONE, Keccak.EMPTY_TRIE_ROOT)
        .update(entries, TrieSeal.Sink.NONE);
  }

  Hash32 root() {
    return root;
  }

  /**
   * The root after the changes, in any order, no key twice.
   *
   * @param sink takes the nodes that are new; some may be stored already
   */
  Hash32 update(Collection<TrieChange> changes, TrieSeal.Sink sink) {
    TrieChange[] sorted = changes.toArray(TrieChange[]::new);
    Arrays.sort(sorted);
    TrieUpdate update = new TrieUpdate(source, sink::replaced);
    return new TrieSeal(sink).root(update.apply(rootNode(), sorted));
  }

  byte @Nullable [] get(byte[] key) {
    return walk(key, null);
  }

  /** The encoded nodes on the way to {@code key}, root first; they prove its value or absence. */
  List<Bytes> prove(byte[] key) {
    List<Bytes> nodes = new ArrayList<>();
    walk(key, nodes);
    return nodes;
  }

  private byte @Nullable [] walk(byte[] key, @Nullable List<Bytes> proof) {
    TrieNode node = rootNode();
    int depth = 0;
    while (node != null) {
      switch (node) {
        case Ref ref -> {
          node = source.load(ref.hash());
          if (proof != null) {
            proof.add(Bytes.wrap(TrieCodec.encode(node)));
          }
        }
        case Leaf leaf -> {
          boolean here =
              Nibbles.count(key) - depth == leaf.path().length
                  && Nibbles.matching(key, depth, leaf.path()) == leaf.path().length;
          return here ? leaf.value() : null;
        }
        case Extension extension -> {
          int length = extension.path().length;
          if (Nibbles.matching(key, depth, extension.path()) < length) {
            return null;
          }
          depth += length;
          node = extension.child();
        }
        case Branch branch -> {
          if (depth == Nibbles.count(key)) {
            return branch.value();
          }
          node = branch.children()[Nibbles.at(key, depth++)];
        }
      }
    }
    return null;
  }

  private @Nullable TrieNode rootNode() {
    return root.equals(Keccak.EMPTY_TRIE_ROOT) ? null : new Ref(root);
  }
}
