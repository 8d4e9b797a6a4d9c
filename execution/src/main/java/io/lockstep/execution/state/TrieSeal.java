// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.state;

import io.lockstep.execution.state.TrieNode.Branch;
import io.lockstep.execution.state.TrieNode.Extension;
import io.lockstep.execution.state.TrieNode.Leaf;
import io.lockstep.execution.state.TrieNode.Ref;
import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.types.Hash32;
import org.jspecify.annotations.Nullable;

/** Hashes what an update made new, from the leaves up. One thread. */
final class TrieSeal {
  /** Receives each node that must be stored; its children are references or short nodes. */
  @FunctionalInterface
  interface Sink {
    Sink NONE = (hash, rlp, node) -> new Ref(hash, 0);

    /** Gives what is to stand for the node. */
    Ref accept(Hash32 hash, byte[] rlp, TrieNode node);

    /** Told, once, of each stored node of the old trie that the new one does not have. */
    default void replaced(Ref ref) {}
  }

  private final Sink sink;

  TrieSeal(Sink sink) {
    this.sink = sink;
  }

  /** What stands for the trie below {@code root}. */
  Ref root(@Nullable TrieNode root) {
    return switch (root) {
      case null -> Ref.EMPTY;
      case Ref ref -> ref;
      case Leaf leaf -> store(leaf, TrieCodec.encode(leaf));
      case Extension extension -> {
        Extension sealed = seal(extension);
        yield store(sealed, TrieCodec.encode(sealed));
      }
      case Branch branch -> {
        Branch sealed = seal(branch);
        yield store(sealed, TrieCodec.encode(sealed));
      }
    };
  }

  /** What stands in a parent for {@code node}. */
  private TrieNode reference(TrieNode node) {
    TrieNode sealed =
        switch (node) {
          case Ref ref -> ref;
          case Leaf leaf -> leaf;
          case Extension extension -> seal(extension);
          case Branch branch -> seal(branch);
        };
    if (sealed instanceof Ref) {
      return sealed;
    }
    byte[] rlp = TrieCodec.encode(sealed);
    return rlp.length < TrieCodec.HASHED_FROM_BYTES ? sealed : store(sealed, rlp);
  }

  private Extension seal(Extension extension) {
    return new Extension(extension.path(), reference(extension.child()));
  }

  private Branch seal(Branch branch) {
    @Nullable TrieNode[] sealed = new TrieNode[Branch.WIDTH];
    for (int i = 0; i < Branch.WIDTH; i++) {
      TrieNode child = branch.children()[i];
      sealed[i] = child == null ? null : reference(child);
    }
    return new Branch(sealed, branch.value());
  }

  private Ref store(TrieNode node, byte[] rlp) {
    Hash32 hash = Keccak.hash(rlp);
    return sink.accept(hash, rlp, node);
  }
}
