// SPDX-License-Identifier: Apache-2.0
package io.lockstep.primitives.crypto;

import io.lockstep.primitives.codec.RlpWriter;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Roots of Merkle-Patricia tries (yellow paper, appendix D) that are built once from all their
 * entries and not kept: of transactions, receipts and withdrawals. Built from the leaves up, so
 * nothing but the entries is held. Any thread.
 */
public final class OrderedRoot {
  /** One entry; no key is the beginning of another. */
  public record Entry(byte[] key, byte[] value) {}

  private final Entry[] entries;

  private OrderedRoot(Entry[] entries) {
    this.entries = entries;
  }

  /** The root of the trie that maps rlp(index) to each item. */
  public static Hash32 of(List<Bytes> items) {
    Entry[] entries = new Entry[items.size()];
    for (int i = 0; i < entries.length; i++) {
      entries[i] = new Entry(new RlpWriter(16).integer(i).toArray(), items.get(i).unsafeArray());
    }
    return ofEntries(entries);
  }

  /** The root of the trie with these entries, whatever their order. */
  public static Hash32 ofEntries(Entry[] unordered) {
    if (unordered.length == 0) {
      return Keccak.EMPTY_TRIE_ROOT;
    }
    Entry[] entries = unordered.clone();
    Arrays.sort(entries, Comparator.comparing(Entry::key, Arrays::compareUnsigned));
    return Keccak.hash(new OrderedRoot(entries).node(0, entries.length, 0));
  }

  /**
   * The encoded node above entries {@code from} to {@code to}, which share {@code depth} nibbles.
   */
  private byte[] node(int from, int to, int depth) {
    byte[] first = entries[from].key;
    if (to - from == 1) {
      return new RlpWriter()
          .startList()
          .bytes(path(first, depth, first.length * 2, true))
          .bytes(entries[from].value)
          .endList()
          .toArray();
    }
    int shared = depth;
    byte[] last = entries[to - 1].key;
    while (nibble(first, shared) == nibble(last, shared)) {
      shared++;
    }
    if (shared > depth) {
      RlpWriter out = new RlpWriter().startList().bytes(path(first, depth, shared, false));
      reference(out, node(from, to, shared));
      return out.endList().toArray();
    }
    RlpWriter out = new RlpWriter(600).startList();
    int at = from;
    for (int nibble = 0; nibble < 16; nibble++) {
      int begin = at;
      while (at < to && nibble(entries[at].key, depth) == nibble) {
        at++;
      }
      if (at == begin) {
        out.bytes(Bytes.EMPTY);
      } else {
        reference(out, node(begin, at, depth + 1));
      }
    }
    return out.bytes(Bytes.EMPTY).endList().toArray();
  }

  private static void reference(RlpWriter out, byte[] node) {
    if (node.length < 32) {
      out.raw(node);
    } else {
      out.hash(Keccak.hash(node));
    }
  }

  private static int nibble(byte[] key, int index) {
    int octet = key[index >> 1] & 0xff;
    return (index & 1) == 0 ? octet >>> 4 : octet & 0x0f;
  }

  /** Hex-prefix encoding (yellow paper, appendix C). */
  private static byte[] path(byte[] key, int from, int to, boolean leaf) {
    int length = to - from;
    byte[] out = new byte[length / 2 + 1];
    out[0] = (byte) (leaf ? 0x20 : 0);
    int at = from;
    if ((length & 1) != 0) {
      out[0] |= (byte) (0x10 | nibble(key, at++));
    }
    for (int i = 1; i < out.length; i++) {
      out[i] = (byte) (nibble(key, at) << 4 | nibble(key, at + 1));
      at += 2;
    }
    return out;
  }
}
