// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.state;

import io.lockstep.execution.journal.StateDiff;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Hash32;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The state that a diff leads to on top of one block, hashed but not written: what {@link
 * ChainDb#append} writes. Immutable.
 */
public final class PreparedRoot {
  /** A trie node to be written. */
  record NewNode(Hash32 hash, byte[] rlp, TrieNode node) {}

  private final Hash32 parentHash;
  private final Hash32 stateRoot;
  private final StateDiff diff;
  private final Map<Address, @Nullable StoredAccount> accounts;
  private final List<NewNode> nodes;
  private final List<Hash32> replaced;

  /**
   * Takes ownership of the collections.
   *
   * @param accounts each account of the diff as it is afterwards, null when it is gone
   * @param replaced nodes of the parent's state that others take the place of
   */
  PreparedRoot(
      Hash32 parentHash,
      Hash32 stateRoot,
      StateDiff diff,
      Map<Address, @Nullable StoredAccount> accounts,
      List<NewNode> nodes,
      List<Hash32> replaced) {
    this.parentHash = parentHash;
    this.stateRoot = stateRoot;
    this.diff = diff;
    this.accounts = accounts;
    this.nodes = nodes;
    this.replaced = replaced;
  }

  /** The block on whose state it stands. */
  public Hash32 parentHash() {
    return parentHash;
  }

  public Hash32 stateRoot() {
    return stateRoot;
  }

  StateDiff diff() {
    return diff;
  }

  Map<Address, @Nullable StoredAccount> accounts() {
    return accounts;
  }

  List<NewNode> nodes() {
    return nodes;
  }

  List<Hash32> replaced() {
    return replaced;
  }
}
