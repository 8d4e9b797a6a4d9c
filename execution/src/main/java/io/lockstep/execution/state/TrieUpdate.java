// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.state;

import io.lockstep.execution.parallel.Parallel;
import io.lockstep.execution.state.TrieNode.Branch;
import io.lockstep.execution.state.TrieNode.Extension;
import io.lockstep.execution.state.TrieNode.Leaf;
import io.lockstep.execution.state.TrieNode.OpenBranch;
import io.lockstep.execution.state.TrieNode.PatchedBranch;
import io.lockstep.execution.state.TrieNode.Ref;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Applies a sorted batch of changes to a trie in one descent, so that each touched node is rebuilt
 * once however many keys below it change. A subtree that does not change comes back as the very
 * same object; what is new has no references yet. Pure but for the loading. One thread, which gives
 * large parts to others.
 */
// Identity is what says "unchanged" here: comparing by value would walk the whole subtree.
@SuppressWarnings("ReferenceEquality")
final class TrieUpdate {
  private final NodeSource source;
  private final Consumer<Ref> replaced;

  /** Tells {@code replaced} of each stored node whose place another takes. */
  TrieUpdate(NodeSource source, Consumer<Ref> replaced) {
    this.source = source;
    this.replaced = replaced;
  }

  /**
   * The trie after the changes, null when it is empty.
   *
   * @param sorted by key, no key twice
   */
  @Nullable TrieNode apply(@Nullable TrieNode root, TrieChange[] sorted) {
    for (int i = 1; i < sorted.length; i++) {
      if (sorted[i - 1].compareTo(sorted[i]) >= 0) {
        throw new IllegalStateException("trie changes out of order or twice for one key");
      }
    }
    return update(root, sorted, 0, sorted.length, 0);
  }

  // All changes from lo to hi agree with the node's place in their first depth nibbles.
  private @Nullable TrieNode update(
      @Nullable TrieNode node, TrieChange[] changes, int lo, int hi, int depth) {
    if (lo == hi) {
      return node;
    }
    return switch (node) {
      case null -> insertAll(changes, lo, hi, depth);
      case Ref ref -> {
        TrieChange only = hi - lo == 1 ? changes[lo] : null;
        if (ref.leaf() && only != null && only.known()) {
          replaced.accept(ref);
          yield only.value() == null ? null : leaf(only, depth);
        }
        TrieNode loaded = source.load(ref);
        TrieNode updated = update(loaded, changes, lo, hi, depth);
        if (updated == loaded) {
          yield ref;
        }
        replaced.accept(ref);
        yield updated;
      }
      case Leaf leaf -> updateLeaf(leaf, changes, lo, hi, depth);
      case Extension extension -> updateExtension(extension, changes, lo, hi, depth);
      case Branch branch -> updateBranch(branch, changes, lo, hi, depth);
    };
  }

  private static @Nullable TrieNode insertAll(TrieChange[] changes, int lo, int hi, int depth) {
    TrieChange[] puts =
        Arrays.stream(changes, lo, hi)
            .filter(change -> change.value() != null)
            .toArray(TrieChange[]::new);
    return build(puts, 0, puts.length, depth);
  }

  private static @Nullable TrieNode updateLeaf(
      Leaf leaf, TrieChange[] changes, int lo, int hi, int depth) {
    TrieChange own =
        new TrieChange(
            Nibbles.key(changes[lo].key(), depth, leaf.path()), leaf.value(), leaf.below(), false);
    TrieChange[] merged = new TrieChange[hi - lo + 1];
    int size = 0;
    boolean placed = false;
    for (int i = lo; i < hi; i++) {
      TrieChange change = changes[i];
      int order = placed ? 1 : change.compareTo(own);
      if (order > 0 && !placed) {
        merged[size++] = own;
      }
      placed |= order >= 0;
      if (change.value() != null) {
        merged[size++] = change;
      }
    }
    if (!placed) {
      merged[size++] = own;
    }
    if (size == 1 && merged[0].sameEntry(own)) {
      return leaf;
    }
    return build(merged, 0, size, depth);
  }

  private @Nullable TrieNode updateExtension(
      Extension extension, TrieChange[] changes, int lo, int hi, int depth) {
    byte[] path = extension.path();
    // The changes are sorted: what the first and the last share with the path, all do.
    int shared =
        Math.min(
            Nibbles.matching(changes[lo].key(), depth, path),
            Nibbles.matching(changes[hi - 1].key(), depth, path));
    if (shared == path.length) {
      TrieNode child = update(extension.child(), changes, lo, hi, depth + shared);
      return child == extension.child() ? extension : extend(path, child);
    }
    // Split: a branch where the first of them leaves the path.
    @Nullable TrieNode[] children = new TrieNode[Branch.WIDTH];
    byte[] below = Arrays.copyOfRange(path, shared + 1, path.length);
    children[path[shared]] =
        below.length == 0 ? extension.child() : new Extension(below, extension.child());
    Branch split = new OpenBranch(children, null);
    TrieNode updated = update(split, changes, lo, hi, depth + shared);
    return updated == split ? extension : extend(Arrays.copyOf(path, shared), updated);
  }

  private @Nullable TrieNode updateBranch(
      Branch branch, TrieChange[] changes, int lo, int hi, int depth) {
    byte[] value = branch.value();
    boolean valueChanged = false;
    int from = lo;
    if (Nibbles.count(changes[lo].key()) == depth) {
      byte[] other = changes[lo].value();
      valueChanged = !Arrays.equals(other, value);
      value = other;
      from++;
    }
    @Nullable TrieNode[] before = new TrieNode[Branch.WIDTH];
    @Nullable TrieNode[] after = new TrieNode[Branch.WIDTH];
    updateChildren(branch, before, after, changes, from, hi, depth);
    boolean changed = valueChanged;
    boolean samePlaces = !valueChanged;
    for (int i = 0; i < Branch.WIDTH; i++) {
      changed |= before[i] != after[i];
      samePlaces &= (before[i] == null) == (after[i] == null);
    }
    if (!changed) {
      return branch;
    }
    if (samePlaces && branch instanceof PackedBranch packed) {
      for (int i = 0; i < Branch.WIDTH; i++) {
        after[i] = before[i] == after[i] ? null : after[i];
      }
      return new PatchedBranch(packed, after);
    }
    @Nullable TrieNode[] children = branch.children();
    for (int i = 0; i < Branch.WIDTH; i++) {
      children[i] = before[i] == after[i] ? children[i] : after[i];
    }
    return shrink(new OpenBranch(children, value));
  }

  /** Fills in each child below which something changes, as it was and as it is afterwards. */
  private void updateChildren(
      Branch branch,
      @Nullable TrieNode[] before,
      @Nullable TrieNode[] after,
      TrieChange[] changes,
      int lo,
      int hi,
      int depth) {
    boolean shared = depth == 0 && hi - lo >= Branch.WIDTH * TrieSeal.LARGE_NODES / 4;
    List<Runnable> work = new ArrayList<>();
    List<List<Ref>> replacedParts = new ArrayList<>();
    int at = lo;
    while (at < hi) {
      int nibble = Nibbles.at(changes[at].key(), depth);
      int first = at;
      int end = endOf(changes, at, hi, depth, nibble);
      TrieNode child = branch.child(nibble);
      before[nibble] = child;
      if (shared) {
        List<Ref> part = new ArrayList<>();
        TrieUpdate update = new TrieUpdate(source, part::add);
        replacedParts.add(part);
        work.add(() -> after[nibble] = update.update(child, changes, first, end, depth + 1));
      } else {
        after[nibble] = update(child, changes, first, end, depth + 1);
      }
      at = end;
    }
    if (shared) {
      Parallel.run(work);
      replacedParts.forEach(part -> part.forEach(replaced));
    }
  }

  /** A branch needs two things in it; with fewer it becomes something shorter. */
  private @Nullable TrieNode shrink(OpenBranch branch) {
    int count = branch.count();
    if (count + (branch.value() == null ? 0 : 1) >= 2) {
      return branch;
    }
    if (branch.value() != null) {
      return new Leaf(Nibbles.NONE, branch.value(), 0);
    }
    for (int i = 0; i < Branch.WIDTH; i++) {
      TrieNode only = branch.child(i);
      if (only != null) {
        return extend(new byte[] {(byte) i}, only);
      }
    }
    return null;
  }

  /** Puts {@code prefix} before {@code node}, joining paths. */
  private @Nullable TrieNode extend(byte[] prefix, @Nullable TrieNode node) {
    if (node == null || prefix.length == 0) {
      return node;
    }
    return switch (node) {
      case Leaf leaf -> new Leaf(Nibbles.join(prefix, leaf.path()), leaf.value(), leaf.below());
      case Extension below -> new Extension(Nibbles.join(prefix, below.path()), below.child());
      case Branch branch -> new Extension(prefix, branch);
      case Ref ref -> {
        TrieNode loaded = source.load(ref);
        if (loaded instanceof Branch) {
          yield new Extension(prefix, ref);
        }
        replaced.accept(ref);
        yield extend(prefix, loaded);
      }
    };
  }

  // All of them puts.
  private static @Nullable TrieNode build(TrieChange[] puts, int lo, int hi, int depth) {
    if (lo == hi) {
      return null;
    }
    byte[] first = puts[lo].key();
    if (hi - lo == 1) {
      return leaf(puts[lo], depth);
    }
    byte[] last = puts[hi - 1].key();
    int end = depth;
    int limit = Math.min(Nibbles.count(first), Nibbles.count(last));
    while (end < limit && Nibbles.at(first, end) == Nibbles.at(last, end)) {
      end++;
    }
    Branch branch = buildBranch(puts, lo, hi, end);
    return end == depth ? branch : new Extension(Nibbles.range(first, depth, end), branch);
  }

  private static Branch buildBranch(TrieChange[] puts, int lo, int hi, int depth) {
    @Nullable TrieNode[] children = new TrieNode[Branch.WIDTH];
    byte[] value = null;
    int at = lo;
    if (Nibbles.count(puts[at].key()) == depth) {
      value = puts[at++].value();
    }
    while (at < hi) {
      int nibble = Nibbles.at(puts[at].key(), depth);
      int end = endOf(puts, at, hi, depth, nibble);
      children[nibble] = build(puts, at, end, depth + 1);
      at = end;
    }
    return new OpenBranch(children, value);
  }

  private static int endOf(TrieChange[] changes, int from, int hi, int depth, int nibble) {
    int end = from + 1;
    while (end < hi && Nibbles.at(changes[end].key(), depth) == nibble) {
      end++;
    }
    return end;
  }

  private static Leaf leaf(TrieChange put, int depth) {
    return new Leaf(Nibbles.from(put.key(), depth), valueOf(put), put.below());
  }

  private static byte[] valueOf(TrieChange put) {
    if (put.value() == null) {
      throw new IllegalStateException("a deletion among the entries of a new trie");
    }
    return put.value();
  }
}
