// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.state;

import io.lockstep.execution.parallel.Parallel;
import io.lockstep.execution.state.TrieNode.Branch;
import io.lockstep.execution.state.TrieNode.Extension;
import io.lockstep.execution.state.TrieNode.Leaf;
import io.lockstep.execution.state.TrieNode.OpenBranch;
import io.lockstep.execution.state.TrieNode.PatchedBranch;
import io.lockstep.execution.state.TrieNode.Ref;
import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.types.Hash32;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Hashes what an update made new, from the leaves up. One thread, and its helpers. */
final class TrieSeal {
  /** Receives each node that must be stored; its children are references or short nodes. */
  @FunctionalInterface
  interface Sink {
    Sink NONE = hash -> 0;

    /** Gives the id for a node that is to be stored. */
    long accept(Hash32 hash);

    /**
     * Told, after {@link #accept}, what there is to store.
     *
     * @param stored the node's RLP and the ids of what it names
     */
    default void store(Ref ref, byte[] stored, TrieNode node) {}

    /** Told, once, of each stored node of the old trie that the new one does not have. */
    default void replaced(Ref ref) {}

    /**
     * A sink for a part of the trie that another thread seals, with ids for so many nodes; null
     * when there is no such thing. {@link #join} is called with it when it is complete.
     */
    default @Nullable Sink part(int nodes) {
      return null;
    }

    /** Takes over what a {@link #part} received. */
    default void join(Sink part) {}
  }

  /** So many new nodes pay for handing them to another thread. */
  static final int LARGE_NODES = 128;

  private final Sink sink;

  TrieSeal(Sink sink) {
    this.sink = sink;
  }

  /** What stands for the trie below {@code root}. */
  Ref root(@Nullable TrieNode root) {
    return switch (root) {
      case null -> Ref.EMPTY;
      case Ref ref -> new Ref(ref.hash(), ref.id());
      case Leaf leaf -> store(leaf, TrieCodec.encode(leaf), false);
      case Extension extension -> {
        Extension sealed = seal(extension);
        yield store(sealed, TrieCodec.encode(sealed), false);
      }
      case Branch branch -> store(sealTop(branch));
    };
  }

  /** What stands in a parent for {@code node}. */
  private TrieNode reference(TrieNode node) {
    return switch (node) {
      case Ref ref -> ref;
      case Leaf leaf -> storeIfLong(leaf, true);
      case Extension extension -> storeIfLong(seal(extension), false);
      case Branch branch -> {
        Branch sealed = seal(branch);
        // Two hashes alone are longer than what stands in its parent.
        yield sealed instanceof PackedBranch ? store(sealed) : storeIfLong(sealed, false);
      }
    };
  }

  private Extension seal(Extension extension) {
    return new Extension(extension.path(), reference(extension.child()));
  }

  private Branch seal(Branch branch) {
    @Nullable TrieNode[] sealed = new TrieNode[Branch.WIDTH];
    for (int i = 0; i < Branch.WIDTH; i++) {
      TrieNode child = fresh(branch, i);
      sealed[i] = child == null ? null : reference(child);
    }
    return sealed(branch, sealed);
  }

  /** As {@link #seal(Branch)}, but large parts below are given to other threads. */
  private Branch sealTop(Branch branch) {
    List<Runnable> work = new ArrayList<>();
    List<Sink> parts = new ArrayList<>();
    @Nullable TrieNode[] sealed = new TrieNode[Branch.WIDTH];
    for (int i = 0; i < Branch.WIDTH; i++) {
      int at = i;
      TrieNode child = fresh(branch, i);
      int nodes = child == null ? 0 : newNodes(child);
      Sink part = nodes < LARGE_NODES ? null : sink.part(nodes);
      if (child == null || part == null) {
        sealed[i] = child == null ? null : reference(child);
      } else {
        parts.add(part);
        work.add(() -> sealed[at] = new TrieSeal(part).reference(child));
      }
    }
    Parallel.run(work);
    parts.forEach(sink::join);
    return sealed(branch, sealed);
  }

  /** A child that must be sealed; null too where a patched branch keeps its own. */
  private static @Nullable TrieNode fresh(Branch branch, int nibble) {
    return switch (branch) {
      case PatchedBranch patched -> patched.changed()[nibble];
      case OpenBranch open -> open.child(nibble);
      case PackedBranch packed -> null;
    };
  }

  /** The branch with these in the places of its {@link #fresh} children. */
  private static Branch sealed(Branch branch, @Nullable TrieNode[] sealed) {
    switch (branch) {
      case PackedBranch packed -> {
        return packed;
      }
      case OpenBranch open -> {
        return new OpenBranch(sealed, open.value());
      }
      case PatchedBranch patched -> {
        @Nullable Ref[] refs = new Ref[Branch.WIDTH];
        for (int i = 0; i < Branch.WIDTH; i++) {
          switch (sealed[i]) {
            case null -> {}
            case Ref ref -> refs[i] = ref;
            // A short node goes into its parent, which has another form from then on.
            default -> {
              return new OpenBranch(new PatchedBranch(patched.base(), sealed).children(), null);
            }
          }
        }
        return patched.base().with(refs);
      }
    }
  }

  private static int newNodes(TrieNode node) {
    return switch (node) {
      case Ref ref -> 0;
      case Leaf leaf -> 1;
      case Extension extension -> 1 + newNodes(extension.child());
      case Branch branch -> {
        int nodes = 1;
        for (int i = 0; i < Branch.WIDTH; i++) {
          TrieNode child = fresh(branch, i);
          nodes += child == null ? 0 : newNodes(child);
        }
        yield nodes;
      }
    };
  }

  private TrieNode storeIfLong(TrieNode sealed, boolean leaf) {
    byte[] rlp = TrieCodec.encode(sealed);
    return rlp.length < TrieCodec.HASHED_FROM_BYTES ? sealed : store(sealed, rlp, leaf);
  }

  private Ref store(Branch sealed) {
    if (sealed instanceof PackedBranch packed) {
      Hash32 hash = Keccak.hash(packed.stored(), 0, packed.rlpBytes());
      Ref ref = new Ref(hash, sink.accept(hash));
      sink.store(ref, packed.stored(), packed);
      return ref;
    }
    return store(sealed, TrieCodec.encode(sealed), false);
  }

  private Ref store(TrieNode node, byte[] rlp, boolean leaf) {
    Hash32 hash = Keccak.hash(rlp);
    Ref ref = new Ref(hash, sink.accept(hash), leaf);
    byte[] stored = TrieCodec.stored(rlp, node);
    PackedBranch packed = node instanceof Branch ? PackedBranch.of(stored, rlp.length) : null;
    sink.store(ref, stored, packed == null ? node : packed);
    return ref;
  }
}
