// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.state;

import io.lockstep.primitives.types.Hash32;

/** Where trie nodes come from. Any thread. */
@FunctionalInterface
interface NodeSource {
  /** For tries that are wholly in memory: there is nothing to load. */
  NodeSource NONE =
      hash -> {
        throw new IllegalStateException("no node is stored, asked for " + hash);
      };

  /**
   * The node with this hash.
   *
   * @throws io.lockstep.storage.kv.StorageException when it is not there or damaged
   */
  TrieNode load(Hash32 hash);
}
