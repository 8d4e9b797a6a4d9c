// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.state;

import io.lockstep.execution.state.PreparedRoot.NewNode;
import io.lockstep.execution.state.TrieNode.Ref;
import io.lockstep.primitives.types.Hash32;
import java.util.ArrayList;
import java.util.List;

/**
 * Collects the nodes that a block adds to the trie and those that it replaces, and gives out ids.
 * One thread.
 */
final class FreshNodes implements TrieSeal.Sink {
  private final List<NewNode> nodes = new ArrayList<>();
  private final List<Ref> replaced = new ArrayList<>();
  private long nextId;

  FreshNodes(long firstId) {
    nextId = firstId;
  }

  List<NewNode> nodes() {
    return nodes;
  }

  List<Ref> replaced() {
    return replaced;
  }

  /** Above all ids given out. */
  long nextId() {
    return nextId;
  }

  @Override
  public long accept(Hash32 hash) {
    return nextId++;
  }

  @Override
  public void store(Ref ref, byte[] stored, TrieNode node) {
    nodes.add(new NewNode(ref, stored, node));
  }

  @Override
  public void replaced(Ref ref) {
    replaced.add(ref);
  }

  /** Of the ids that it is given, those of short nodes stay unused. */
  @Override
  public FreshNodes part(int count) {
    FreshNodes part = new FreshNodes(nextId);
    nextId += count;
    return part;
  }

  @Override
  public void join(TrieSeal.Sink part) {
    if (part instanceof FreshNodes fresh) {
      nodes.addAll(fresh.nodes);
      replaced.addAll(fresh.replaced);
    }
  }
}
