// SPDX-License-Identifier: Apache-2.0
package io.lockstep.primitives.ssz;

import java.util.List;

/**
 * Generalized indices: where a node stands in a hash tree, 1 the root, 2i and 2i + 1 the children
 * of i. Source: consensus-specs ssz/merkle-proofs. Pure, any thread.
 */
public final class Gindex {
  public static final long ROOT = 1;

  private Gindex() {}

  /** Where a field of a container stands under the container's root. */
  public static long ofField(SszType type, String name) {
    return switch (type) {
      case SszType.Container container ->
          ofLeaf(container.fields().size(), indexOf(container.fields(), name));
      case SszType.ProgressiveContainer container ->
          concat(2, ofProgressiveLeaf(indexOf(container.fields(), name)));
      default -> throw new IllegalArgumentException("a field of something without fields");
    };
  }

  /** Where the chunk with element {@code index} stands under a vector's or list's root. */
  public static long ofElement(SszType type, long index) {
    return switch (type) {
      case SszType.Vector vector ->
          ofLeaf(chunks(vector.element(), vector.length()), chunkOf(vector.element(), index));
      case SszType.ListOf list ->
          concat(2, ofLeaf(chunks(list.element(), list.limit()), chunkOf(list.element(), index)));
      case SszType.ProgressiveList list ->
          concat(2, ofProgressiveLeaf(chunkOf(list.element(), index)));
      default -> throw new IllegalArgumentException("an element of something without elements");
    };
  }

  /** A node at {@code below} under the node at {@code above}. */
  public static long concat(long above, long below) {
    int depth = depth(below);
    if (depth(above) + depth > 62) {
      throw new IllegalArgumentException("a generalized index deeper than 62");
    }
    return (above << depth) | (below ^ (1L << depth));
  }

  public static int depth(long gindex) {
    return 63 - Long.numberOfLeadingZeros(gindex);
  }

  /** Leaf {@code index} of a binary tree over {@code leaves}. */
  static long ofLeaf(long leaves, long index) {
    return (1L << depthOf(leaves)) + index;
  }

  /** Leaf {@code index} of a progressive tree: levels of 1, 4, 16, … leaves, each to the left. */
  static long ofProgressiveLeaf(long index) {
    int level = 0;
    long first = 0;
    long leaves = 1;
    while (index >= first + leaves) {
      first += leaves;
      leaves *= 4;
      level++;
    }
    return concat(progressiveLevel(level), ofLeaf(leaves, index - first));
  }

  static long progressiveLevel(int level) {
    return ((1L << (level + 1)) - 1) << 1;
  }

  /** Height of the binary tree that holds so many leaves. */
  static int depthOf(long leaves) {
    return leaves <= 1 ? 0 : 64 - Long.numberOfLeadingZeros(leaves - 1);
  }

  /** Chunks that so many elements take. */
  static long chunks(SszType element, long count) {
    return element instanceof SszType.Basic basic ? (count * basic.lengthBytes() + 31) / 32 : count;
  }

  private static long chunkOf(SszType element, long index) {
    return element instanceof SszType.Basic basic ? index * basic.lengthBytes() / 32 : index;
  }

  private static int indexOf(List<SszType.Field> fields, String name) {
    for (int i = 0; i < fields.size(); i++) {
      if (fields.get(i).name().equals(name)) {
        return i;
      }
    }
    throw new IllegalArgumentException("there is no field " + name);
  }
}
