// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.state;

import io.lockstep.primitives.codec.DecodeException;
import java.util.Arrays;

/** Keys as half bytes and their compact form (yellow paper, appendix C). Pure. */
final class Nibbles {
  static final byte[] NONE = new byte[0];

  private Nibbles() {}

  static int count(byte[] key) {
    return key.length * 2;
  }

  static int at(byte[] key, int index) {
    int octet = key[index >> 1];
    return ((index & 1) == 0 ? octet >> 4 : octet) & 0x0f;
  }

  /** The nibbles of {@code key} from {@code from} to its end. */
  static byte[] from(byte[] key, int from) {
    return range(key, from, count(key));
  }

  static byte[] range(byte[] key, int from, int to) {
    byte[] out = new byte[to - from];
    for (int i = from; i < to; i++) {
      out[i - from] = (byte) at(key, i);
    }
    return out;
  }

  static byte[] join(byte[] first, byte[] second) {
    byte[] out = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, out, first.length, second.length);
    return out;
  }

  /** How many nibbles of {@code key} from {@code depth} on agree with {@code path}. */
  static int matching(byte[] key, int depth, byte[] path) {
    int limit = Math.min(path.length, count(key) - depth);
    int i = 0;
    while (i < limit && at(key, depth + i) == path[i]) {
      i++;
    }
    return i;
  }

  /** The whole key whose first {@code depth} nibbles are those of {@code start}. */
  static byte[] key(byte[] start, int depth, byte[] path) {
    byte[] out = new byte[(depth + path.length) / 2];
    for (int i = 0; i < out.length * 2; i++) {
      int nibble = i < depth ? at(start, i) : path[i - depth];
      out[i >> 1] |= (byte) ((i & 1) == 0 ? nibble << 4 : nibble);
    }
    return out;
  }

  static byte[] toCompact(byte[] path, boolean leaf) {
    byte[] out = new byte[path.length / 2 + 1];
    boolean odd = (path.length & 1) == 1;
    out[0] = (byte) ((leaf ? 0x20 : 0) | (odd ? 0x10 | path[0] : 0));
    int from = odd ? 1 : 0;
    for (int i = 1; i < out.length; i++, from += 2) {
      out[i] = (byte) (path[from] << 4 | path[from + 1]);
    }
    return out;
  }

  static boolean isLeaf(byte[] compact) {
    return compact.length > 0 && (compact[0] & 0x20) != 0;
  }

  static byte[] fromCompact(byte[] compact) throws DecodeException {
    if (compact.length == 0 || (compact[0] & 0xc0) != 0) {
      throw new DecodeException("a trie path without a valid flag");
    }
    boolean odd = (compact[0] & 0x10) != 0;
    if (!odd && (compact[0] & 0x0f) != 0) {
      throw new DecodeException("a trie path with a padding that is not zero");
    }
    return from(compact, odd ? 1 : 2);
  }
}
