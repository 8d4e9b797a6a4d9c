// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.state;

import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.types.Hash32;
import java.util.HashMap;
import java.util.Map;

/** Encoded nodes in a map: what an update did not hand out cannot be loaded afterwards. */
final class InMemoryNodes implements NodeSource, TrieSeal.Sink {
  private final Map<Hash32, byte[]> stored = new HashMap<>();

  @Override
  public TrieNode load(TrieNode.Ref ref) {
    Hash32 hash = ref.hash();
    byte[] rlp = stored.get(hash);
    if (rlp == null) {
      throw new AssertionError("node " + hash + " was never stored");
    }
    try {
      return TrieCodec.decode(rlp);
    } catch (DecodeException e) {
      throw new AssertionError(e);
    }
  }

  void keep(TrieNode.Ref ref, TrieNode node) {
    stored.put(ref.hash(), TrieCodec.encode(node));
  }

  @Override
  public long accept(Hash32 hash) {
    return 0;
  }

  @Override
  public void store(TrieNode.Ref ref, byte[] bytes, TrieNode node) {
    stored.put(ref.hash(), TrieCodec.encode(node));
  }
}
