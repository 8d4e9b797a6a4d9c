// SPDX-License-Identifier: Apache-2.0
package io.lockstep.devnet.l1;

import io.lockstep.primitives.crypto.Sha256;
import io.lockstep.primitives.types.Hash32;
import java.util.Arrays;
import java.util.List;

/**
 * The little of SSZ merkleization (consensus-specs, ssz/simple-serialize) that headers and
 * validators need. Any thread.
 */
final class Ssz {
  private static final int MAX_DEPTH = 64;
  private static final Hash32[] ZERO_SUBTREES = zeroSubtrees();

  private Ssz() {}

  /** A uint64 as a chunk: little-endian, padded. */
  static Hash32 uint64(long value) {
    return Hash32.ofWords(Long.reverseBytes(value), 0, 0, 0);
  }

  static Hash32 bool(boolean value) {
    return uint64(value ? 1 : 0);
  }

  /** A byte vector, for instance a public key of 48 bytes. */
  static Hash32 vector(byte[] bytes) {
    int chunks = (bytes.length + 31) / 32;
    byte[] padded = Arrays.copyOf(bytes, chunks * 32);
    Hash32[] leaves = new Hash32[chunks];
    for (int i = 0; i < chunks; i++) {
      leaves[i] = Hash32.read(padded, i * 32);
    }
    return merkleize(Arrays.asList(leaves), depthOf(chunks));
  }

  static Hash32 container(Hash32... fieldRoots) {
    return merkleize(Arrays.asList(fieldRoots), depthOf(fieldRoots.length));
  }

  /** A list of composite elements whose limit is {@code 2^limitDepth}. */
  static Hash32 list(List<Hash32> elementRoots, int limitDepth) {
    return Sha256.pair(merkleize(elementRoots, limitDepth), uint64(elementRoots.size()));
  }

  private static Hash32 merkleize(List<Hash32> leaves, int depth) {
    if (leaves.isEmpty()) {
      return ZERO_SUBTREES[depth];
    }
    Hash32[] level = leaves.toArray(Hash32[]::new);
    for (int height = 0; height < depth; height++) {
      Hash32[] above = new Hash32[(level.length + 1) / 2];
      for (int i = 0; i < above.length; i++) {
        Hash32 right = 2 * i + 1 < level.length ? level[2 * i + 1] : ZERO_SUBTREES[height];
        above[i] = Sha256.pair(level[2 * i], right);
      }
      level = above;
    }
    return level[0];
  }

  private static int depthOf(int leaves) {
    return leaves <= 1 ? 0 : 32 - Integer.numberOfLeadingZeros(leaves - 1);
  }

  private static Hash32[] zeroSubtrees() {
    Hash32[] roots = new Hash32[MAX_DEPTH];
    roots[0] = Hash32.ZERO;
    for (int i = 1; i < MAX_DEPTH; i++) {
      roots[i] = Sha256.pair(roots[i - 1], roots[i - 1]);
    }
    return roots;
  }
}
