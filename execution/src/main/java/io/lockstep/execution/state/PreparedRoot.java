// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.state;

import io.lockstep.execution.journal.StateDiff;
import io.lockstep.execution.state.TrieNode.Ref;
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
  /**
   * A trie node to be written.
   *
   * @param stored its RLP and the ids of what it names
   */
  record NewNode(Ref ref, byte[] stored, TrieNode node) {}

  private final Hash32 parentHash;
  private final Ref root;
  private final StateDiff diff;
  private final StateChanges.Both changes;
  private final long firstId;
  private final FreshNodes fresh;

  /**
   * Takes ownership of what it is given.
   *
   * @param changes what becomes of the flat state, but for the words of cleared accounts
   * @param firstId no new node has an id below it
   * @param fresh the new nodes, and those of the parent's state that are not in this one
   */
  PreparedRoot(
      Hash32 parentHash,
      Ref root,
      StateDiff diff,
      StateChanges.Both changes,
      long firstId,
      FreshNodes fresh) {
    this.parentHash = parentHash;
    this.root = root;
    this.diff = diff;
    this.changes = changes;
    this.firstId = firstId;
    this.fresh = fresh;
  }

  /** The block on whose state it stands. */
  public Hash32 parentHash() {
    return parentHash;
  }

  public Hash32 stateRoot() {
    return root.hash();
  }

  Ref root() {
    return root;
  }

  StateDiff diff() {
    return diff;
  }

  /** What becomes of the flat state, but for the words of accounts whose storage was cleared. */
  StateChanges.Both changes() {
    return changes;
  }

  /** Each account of the diff as it is afterwards, null when it is gone. */
  Map<Address, @Nullable StoredAccount> accounts() {
    return changes.forward().accounts();
  }

  long firstId() {
    return firstId;
  }

  /** Above the ids of all new nodes. */
  long endId() {
    return fresh.nextId();
  }

  List<NewNode> nodes() {
    return fresh.nodes();
  }

  List<Ref> replaced() {
    return fresh.replaced();
  }
}
