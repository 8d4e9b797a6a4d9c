// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.verify;

import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.crypto.TrieProof;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Trie proofs, good and bad, with what they prove: short keys, so that nodes stand in others. */
final class VectorProofs {
  private static final byte[][] ABSENT = {{0x11, 0x34}, {0x12, 0x40}, {0x20, 0}, {(byte) 0xf0, 1}};

  private final ArrayNode out = JsonNodeFactory.instance.arrayNode();

  private VectorProofs() {}

  static ArrayNode all() {
    VectorProofs made = new VectorProofs();
    Map<Bytes, Bytes> entries = new HashMap<>();
    made.around(entries, List.of(Bytes.of(1, 2)));
    entries.put(Bytes.of(0x11, 0x33), Bytes.of(7));
    made.around(entries, List.of(Bytes.of(0x11, 0x33)));
    entries.put(Bytes.of(0x12, 0x34), Bytes.of(0x80));
    entries.put(Bytes.of(0x12, 0x35), Bytes.wrap(new byte[40]));
    entries.put(Bytes.of(0x12, 0x44), Bytes.of(1, 2, 3));
    for (int i = 0; i < 30; i++) {
      entries.put(Bytes.of(0xf0 + i % 3, 8 * i), Bytes.wrap(new byte[1 + i]));
    }
    made.around(entries, List.copyOf(entries.keySet()));
    return made.out;
  }

  private void around(Map<Bytes, Bytes> entries, List<Bytes> keys) {
    TestTrie trie = new TestTrie(entries);
    List<Bytes> all = new ArrayList<>(keys);
    all.sort(null);
    for (byte[] absent : ABSENT) {
      all.add(Bytes.wrap(absent));
    }
    for (Bytes key : all) {
      List<Bytes> proof = trie.proof(key);
      told(trie.root(), key, proof);
      List<Bytes> longer = new ArrayList<>(proof);
      longer.add(Bytes.of(0x80));
      told(trie.root(), key, longer);
      if (!proof.isEmpty()) {
        told(trie.root(), key, proof.subList(0, proof.size() - 1));
        told(Hash32.ofWords(1, 2, 3, 4), key, proof);
      }
    }
  }

  /** {@code value} is null for proven absence; {@code good} is false when nothing is proven. */
  private void told(Hash32 root, Bytes key, List<Bytes> proof) {
    ObjectNode one = out.addObject().put("root", root.toHex()).put("key", key.toHex());
    ArrayNode nodes = one.putArray("proof");
    proof.forEach(node -> nodes.add(node.toHex()));
    try {
      Bytes value = TrieProof.verify(root, key.toArray(), proof);
      one.put("good", true).put("value", value == null ? null : value.toHex());
    } catch (DecodeException e) {
      one.put("good", false);
    }
  }
}
