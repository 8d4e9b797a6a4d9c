// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.state;

import io.lockstep.storage.column.Keys;
import io.lockstep.storage.kv.StorageException;
import java.util.List;

/**
 * What a block did to the trie: the nodes that it wrote have the ids from {@code firstId} to before
 * {@code endId}; those that it replaced are named one by one. Immutable by convention.
 */
record BlockNodes(long firstId, long endId, long[] replaced) {
  static BlockNodes of(PreparedRoot root) {
    List<TrieNode.Ref> refs = root.replaced();
    long[] replaced = new long[refs.size()];
    for (int i = 0; i < replaced.length; i++) {
      replaced[i] = refs.get(i).id();
    }
    return new BlockNodes(root.firstId(), root.endId(), replaced);
  }

  byte[] encoded() {
    byte[][] parts = new byte[2 + replaced.length][];
    parts[0] = Keys.number(firstId);
    parts[1] = Keys.number(endId);
    for (int i = 0; i < replaced.length; i++) {
      parts[2 + i] = Keys.number(replaced[i]);
    }
    return Keys.join(parts);
  }

  static BlockNodes decode(byte[] value) {
    if (value.length < 2 * Long.BYTES || value.length % Long.BYTES != 0) {
      throw new StorageException("a record of replaced trie nodes is damaged");
    }
    long[] replaced = new long[value.length / Long.BYTES - 2];
    for (int i = 0; i < replaced.length; i++) {
      replaced[i] = Keys.number(value, (2 + i) * Long.BYTES);
    }
    return new BlockNodes(Keys.number(value, 0), Keys.number(value, Long.BYTES), replaced);
  }
}
