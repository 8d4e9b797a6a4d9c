// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.state;

import io.lockstep.execution.state.TrieNode.Ref;

/** Where trie nodes come from. Any thread. */
@FunctionalInterface
interface NodeSource {
  /** For tries that are wholly in memory: there is nothing to load. */
  NodeSource NONE =
      ref -> {
        throw new IllegalStateException("no node is stored, asked for " + ref);
      };

  /**
   * The node that {@code ref} stands for.
   *
   * @throws io.lockstep.storage.kv.StorageException when it is not there or damaged
   * @throws StatePrunedException when it belonged to a state that has been given up
   */
  TrieNode load(Ref ref);
}
