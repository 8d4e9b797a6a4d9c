// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.verify;

import io.lockstep.primitives.codec.RlpWriter;
import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.crypto.OrderedRoot;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A Merkle-Patricia trie in memory that proves its entries; keys are of one length. */
final class TestTrie {
  private final TreeMap<Bytes, Bytes> entries;

  TestTrie(Map<Bytes, Bytes> entries) {
    this.entries = new TreeMap<>(entries);
  }

  Hash32 root() {
    return OrderedRoot.ofEntries(
        entries.entrySet().stream()
            .map(e -> new OrderedRoot.Entry(e.getKey().toArray(), e.getValue().toArray()))
            .toArray(OrderedRoot.Entry[]::new));
  }

  /** The nodes on the way to a key, whether it is there or not. */
  List<Bytes> proof(Bytes key) {
    List<Bytes> out = new ArrayList<>();
    if (!entries.isEmpty()) {
      byte[] root = node(List.copyOf(entries.keySet()), 0, nibbles(key), out);
      if (root.length < 32) {
        out.add(Bytes.wrap(root));
      }
      Collections.reverse(out);
    }
    return out;
  }

  private static byte[] nibbles(Bytes key) {
    byte[] out = new byte[2 * key.size()];
    for (int i = 0; i < key.size(); i++) {
      out[2 * i] = (byte) ((key.get(i) & 0xff) >>> 4);
      out[2 * i + 1] = (byte) (key.get(i) & 0x0f);
    }
    return out;
  }

  /** The encoded node above these keys; if {@code way} leads here, its long nodes are added. */
  private byte[] node(List<Bytes> keys, int depth, byte[] way, List<Bytes> out) {
    byte[] first = nibbles(keys.getFirst());
    byte[] encoded;
    if (keys.size() == 1) {
      Bytes value = entries.get(keys.getFirst());
      if (value == null) {
        throw new IllegalStateException("an entry without a value");
      }
      encoded =
          new RlpWriter()
              .startList()
              .bytes(path(first, depth, first.length, 0x20))
              .bytes(value)
              .endList()
              .toArray();
    } else {
      int shared = depth;
      byte[] last = nibbles(keys.getLast());
      while (first[shared] == last[shared]) {
        shared++;
      }
      RlpWriter writer = new RlpWriter().startList();
      if (shared > depth) {
        boolean leads = Arrays.equals(first, depth, shared, way, depth, shared);
        writer.bytes(path(first, depth, shared, 0));
        reference(writer, node(keys, shared, way, leads ? out : new ArrayList<>()));
      } else {
        for (int nibble = 0; nibble < 16; nibble++) {
          int at = nibble;
          List<Bytes> below = keys.stream().filter(key -> nibbles(key)[depth] == at).toList();
          if (below.isEmpty()) {
            writer.bytes(Bytes.EMPTY);
          } else {
            boolean leads = way[depth] == nibble;
            reference(writer, node(below, depth + 1, way, leads ? out : new ArrayList<>()));
          }
        }
        writer.bytes(Bytes.EMPTY);
      }
      encoded = writer.endList().toArray();
    }
    if (encoded.length >= 32) {
      out.add(Bytes.wrap(encoded));
    }
    return encoded;
  }

  private static void reference(RlpWriter out, byte[] node) {
    if (node.length < 32) {
      out.raw(node);
    } else {
      out.hash(Keccak.hash(node));
    }
  }

  private static byte[] path(byte[] nibbles, int from, int to, int flag) {
    int length = to - from;
    byte[] out = new byte[length / 2 + 1];
    int at = from;
    out[0] = (byte) (length % 2 == 0 ? flag : flag | 0x10 | nibbles[at++]);
    for (int i = 1; i < out.length; i++) {
      out[i] = (byte) (nibbles[at++] << 4 | nibbles[at++]);
    }
    return out;
  }
}
