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
  public TrieNode load(Hash32 hash) {
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

  @Override
  public void accept(Hash32 hash, byte[] rlp, TrieNode node) {
    stored.put(hash, rlp);
  }
}
