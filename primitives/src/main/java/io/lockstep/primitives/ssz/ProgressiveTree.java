// SPDX-License-Identifier: Apache-2.0
package io.lockstep.primitives.ssz;

import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Levels of 1, 4, 16, … leaves, each the left child of a spine that goes on to the right. One
 * thread. Source: EIP-7916.
 */
final class ProgressiveTree implements LeafTree {
  private final long gindex;
  private final WantedNodes nodes;
  private final MessageDigest sha256;
  private final List<byte[]> full = new ArrayList<>();
  private @Nullable ChunkTree level;

  ProgressiveTree(long gindex, WantedNodes nodes, MessageDigest sha256) {
    this.gindex = gindex;
    this.nodes = nodes;
    this.sha256 = sha256;
  }

  @Override
  public void add(byte[] leaf) {
    ChunkTree open = level;
    if (open == null) {
      int number = full.size();
      open = new ChunkTree(2 * number, gindexOfLevel(number), nodes, sha256);
      level = open;
    }
    open.add(leaf);
    if (open.isFull()) {
      full.add(open.root());
      level = null;
    }
  }

  @Override
  public long gindexOf(long index) {
    return Gindex.concat(gindex, Gindex.ofProgressiveLeaf(index));
  }

  @Override
  public byte[] root() {
    if (level != null) {
      full.add(level.root());
      level = null;
    }
    byte[] rest = new byte[ChunkTree.CHUNK];
    for (int i = full.size() - 1; i >= 0; i--) {
      long at = gindexOfLevel(i);
      nodes.saw(at, full.get(i));
      nodes.saw(at + 1, rest);
      rest = ChunkTree.pair(sha256, full.get(i), rest);
    }
    return rest;
  }

  private long gindexOfLevel(int number) {
    return Gindex.concat(gindex, Gindex.progressiveLevel(number));
  }
}
