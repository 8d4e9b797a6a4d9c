// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.state;

import io.lockstep.execution.state.TrieNode.Branch;
import io.lockstep.execution.state.TrieNode.Extension;
import io.lockstep.execution.state.TrieNode.Leaf;
import io.lockstep.execution.state.TrieNode.Ref;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A Merkle-Patricia trie at one root (yellow paper, appendix D); its nodes come from a {@link
 * NodeSource}. Never changes: an update gives the next root. Keys are taken as they are; a secure
 * trie's callers hash them. Any thread.
 */
public final class MerkleTrie {
  private final NodeSource source;
  private final Ref root;

  MerkleTrie(NodeSource source, Ref root) {
    this.source = source;
    this.root = root;
  }

  /** A trie whose nodes are found by their hashes alone. */
  MerkleTrie(NodeSource source, Hash32 root) {
    this(source, new Ref(root, 0));
  }

  /** The root of the trie with these entries; an entry with an empty value is none. */
  public static Hash32 rootOf(Map<Bytes, Bytes> entries) {
    List<TrieChange> changes = new ArrayList<>(entries.size());
    entries.forEach(
        (key, value) -> changes.add(new TrieChange(key.unsafeArray(), value.unsafeArray())));
    return rootOf(changes);
  }

  static Hash32 rootOf(Collection<TrieChange> entries) {
    return new MerkleTrie(NodeSource.NONE, Ref.EMPTY).update(entries, TrieSeal.Sink.NONE).hash();
  }

  /**
   * The root after the changes, in any order, no key twice.
   *
   * @param sink takes the nodes that are new and hears of those that are no more
   */
  Ref update(Collection<TrieChange> changes, TrieSeal.Sink sink) {
    TrieChange[] sorted = changes.toArray(TrieChange[]::new);
    KeyOrder.sort(sorted, TrieChange::key);
    TrieUpdate update = new TrieUpdate(source, sink::replaced);
    return new TrieSeal(sink).root(update.apply(rootNode(), sorted));
  }

  byte @Nullable [] get(byte[] key) {
    Leaf found = find(key);
    return found == null ? null : found.value();
  }

  /** The leaf of {@code key}, or one made of what a branch holds; its path is of no use. */
  @Nullable Leaf find(byte[] key) {
    return walk(key, null);
  }

  /** The encoded nodes on the way to {@code key}, root first; they prove its value or absence. */
  List<Bytes> prove(byte[] key) {
    List<Bytes> nodes = new ArrayList<>();
    walk(key, nodes);
    return nodes;
  }

  /** Visits every stored node and what stands for it, parents first. */
  void eachStored(BiConsumer<Ref, TrieNode> visitor) {
    visit(rootNode(), visitor);
  }

  private void visit(@Nullable TrieNode node, BiConsumer<Ref, TrieNode> visitor) {
    switch (node) {
      case null -> {}
      case Ref ref -> {
        TrieNode loaded = source.load(ref);
        visitor.accept(ref, loaded);
        visit(loaded, visitor);
      }
      case Leaf leaf -> {}
      case Extension extension -> visit(extension.child(), visitor);
      case Branch branch -> {
        for (int i = 0; i < Branch.WIDTH; i++) {
          visit(branch.child(i), visitor);
        }
      }
    }
  }

  private @Nullable Leaf walk(byte[] key, @Nullable List<Bytes> proof) {
    TrieNode node = rootNode();
    int depth = 0;
    while (node != null) {
      switch (node) {
        case Ref ref -> {
          node = source.load(ref);
          if (proof != null) {
            proof.add(Bytes.wrap(TrieCodec.encode(node)));
          }
        }
        case Leaf leaf -> {
          boolean here =
              Nibbles.count(key) - depth == leaf.path().length
                  && Nibbles.matching(key, depth, leaf.path()) == leaf.path().length;
          return here ? leaf : null;
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
            byte[] value = branch.value();
            return value == null ? null : new Leaf(Nibbles.NONE, value, 0);
          }
          node = branch.child(Nibbles.at(key, depth++));
        }
      }
    }
    return null;
  }

  private @Nullable TrieNode rootNode() {
    return root.isEmpty() ? null : root;
  }
}
