// SPDX-License-Identifier: Apache-2.0
package io.lockstep.primitives.ssz;

import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Hashes chunks of 32 bytes into a binary tree of a given depth as they come, the rest of it being
 * zeros. Holds one node a level. One thread.
 */
final class ChunkTree implements LeafTree {
  static final int CHUNK = 32;
  private static final int MAX_DEPTH = 62;
  private static final byte[][] ZEROS = zeros();

  private final int depth;
  private final long gindex;
  private final WantedNodes nodes;
  private final boolean watched;
  private final MessageDigest sha256;
  // A pair of nodes a level: the left one waits for the right one.
  private final byte[] pairs;
  private final byte[] node = new byte[CHUNK];
  private long count;

  /**
   * @param gindex where the tree's root stands
   */
  ChunkTree(int depth, long gindex, WantedNodes nodes, MessageDigest sha256) {
    this.depth = depth;
    this.gindex = gindex;
    this.nodes = nodes;
    this.watched = nodes.wantsBelow(gindex);
    this.sha256 = sha256;
    this.pairs = new byte[(depth + 1) * 2 * CHUNK];
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  @Override
  public long gindexOf(long index) {
    return (gindex << depth) + index;
  }

  boolean isFull() {
    return count == 1L << depth;
  }

  @Override
  public void add(byte[] leaf) {
    if (isFull()) {
      throw new IllegalStateException("more chunks than 2^" + depth);
    }
    System.arraycopy(leaf, 0, node, 0, CHUNK);
    long position = count++;
    for (int height = 0; ; height++, position >>= 1) {
      if (watched && height < depth) {
        nodes.saw(gindexAt(height, position), node);
      }
      int pair = height * 2 * CHUNK;
      if ((position & 1) == 0) {
        System.arraycopy(node, 0, pairs, pair, CHUNK);
        return;
      }
      System.arraycopy(node, 0, pairs, pair + CHUNK, CHUNK);
      hash(sha256, pairs, pair, node);
    }
  }

  @Override
  public byte[] root() {
    if (count == 0) {
      return ZEROS[depth].clone();
    }
    if (isFull()) {
      byte[] out = new byte[CHUNK];
      System.arraycopy(pairs, depth * 2 * CHUNK, out, 0, CHUNK);
      return out;
    }
    boolean open = false; // whether node holds the last, unfinished node of this height
    for (int height = 0; height < depth; height++) {
      int pair = height * 2 * CHUNK;
      long position = count >> height;
      boolean waits = (position & 1) == 1;
      if (!open && !waits) {
        continue;
      }
      if (!waits) {
        // The open node is a left one.
        System.arraycopy(node, 0, pairs, pair, CHUNK);
      }
      if (waits && open) {
        System.arraycopy(node, 0, pairs, pair + CHUNK, CHUNK);
      } else {
        System.arraycopy(ZEROS[height], 0, pairs, pair + CHUNK, CHUNK);
        sawAt(height, position | 1, ZEROS[height]);
      }
      hash(sha256, pairs, pair, node);
      open = true;
      if (height + 1 < depth) {
        sawAt(height + 1, position >> 1, node);
      }
    }
    return node.clone();
  }

  private void sawAt(int height, long position, byte[] value) {
    if (watched) {
      nodes.saw(gindexAt(height, position), value);
    }
  }

  private long gindexAt(int height, long position) {
    return (gindex << (depth - height)) + position;
  }

  /** The hash of the 64 bytes at {@code offset}. */
  private static void hash(MessageDigest sha256, byte[] pair, int offset, byte[] out) {
    try {
      sha256.update(pair, offset, 2 * CHUNK);
      sha256.digest(out, 0, CHUNK);
    } catch (DigestException e) {
      throw new IllegalStateException("32 bytes hold a SHA-256", e);
    }
  }

  static byte[] pair(MessageDigest sha256, byte[] left, byte[] right) {
    byte[] both = new byte[2 * CHUNK];
    System.arraycopy(left, 0, both, 0, CHUNK);
    System.arraycopy(right, 0, both, CHUNK, CHUNK);
    byte[] out = new byte[CHUNK];
    hash(sha256, both, 0, out);
    return out;
  }

  private static byte[][] zeros() {
    MessageDigest sha256 = sha256();
    byte[][] out = new byte[MAX_DEPTH + 1][CHUNK];
    byte[] pair = new byte[2 * CHUNK];
    for (int i = 1; i <= MAX_DEPTH; i++) {
      System.arraycopy(out[i - 1], 0, pair, 0, CHUNK);
      System.arraycopy(out[i - 1], 0, pair, CHUNK, CHUNK);
      hash(sha256, pair, 0, out[i]);
    }
    return out;
  }
}
