// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.rpc;

import io.lockstep.preconf.commitment.CommitmentDomain;
import io.lockstep.preconf.commitment.CommitmentJson;
import io.lockstep.preconf.gossip.FragMessage;
import io.lockstep.preconf.gossip.PromiseMessage;
import io.lockstep.preconf.gossip.SealMessage;
import io.lockstep.preconf.wire.SubscriptionSource;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.sequencer.head.NodeView;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The streams of {@code eth_subscribe}: frags, seals, promises, and signals of waiting transactions
 * and of each new picture, for what a chain offers by itself. Told by the sequencing thread; JSON
 * is made on a thread of its own, and only when somebody listens.
 */
public final class Streams {

  private final CommitmentDomain domain;
  private final Executor executor;
  private final List<Consumer<JsonNode>> frags = new CopyOnWriteArrayList<>();
  private final List<Consumer<JsonNode>> seals = new CopyOnWriteArrayList<>();
  private final List<Consumer<JsonNode>> promises = new CopyOnWriteArrayList<>();
  private final Map<Long, List<Consumer<Transaction>>> waiting = new ConcurrentHashMap<>();
  private final List<BiConsumer<NodeView, NodeView>> views = new CopyOnWriteArrayList<>();

  /**
   * @param executor one thread, so that order is kept
   */
  public Streams(CommitmentDomain domain, Executor executor) {
    this.domain = domain;
    this.executor = executor;
  }

  public SubscriptionSource frags() {
    return source(frags);
  }

  public SubscriptionSource seals() {
    return source(seals);
  }

  public SubscriptionSource promises() {
    return source(promises);
  }

  /** Tells {@code listener} what begins to wait for a rollup; runs on the streams' thread. */
  AutoCloseable onWaiting(long rollupId, Consumer<Transaction> listener) {
    List<Consumer<Transaction>> listeners =
        waiting.computeIfAbsent(rollupId, id -> new CopyOnWriteArrayList<>());
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  /** Tells {@code listener} the old and the new picture; runs on the streams' thread. */
  public void onViews(BiConsumer<NodeView, NodeView> listener) {
    views.add(listener);
  }

  public void onFrag(FragMessage message) {
    emit(frags, () -> json(message));
  }

  public void onSeal(SealMessage message) {
    emit(seals, () -> json(message));
  }

  public void onPromise(PromiseMessage message) {
    emit(promises, () -> ShownPromise.json(domain, message, Grades.FRAG));
  }

  /** A transaction was taken into a rollup's pool. */
  public void onWaiting(long rollupId, Transaction tx) {
    List<Consumer<Transaction>> listeners = waiting.getOrDefault(rollupId, List.of());
    if (!listeners.isEmpty()) {
      executor.execute(() -> listeners.forEach(listener -> listener.accept(tx)));
    }
  }

  public void onView(NodeView before, NodeView after) {
    if (!views.isEmpty()) {
      executor.execute(() -> views.forEach(listener -> listener.accept(before, after)));
    }
  }

  private void emit(List<Consumer<JsonNode>> sinks, Supplier<JsonNode> json) {
    if (!sinks.isEmpty()) {
      executor.execute(() -> {
        JsonNode value = json.get();
        sinks.forEach(sink -> sink.accept(value));
      });
    }
  }

  private static SubscriptionSource source(List<Consumer<JsonNode>> sinks) {
    return (params, sink) -> {
      sinks.add(sink);
      return () -> sinks.remove(sink);
    };
  }

  private ObjectNode json(FragMessage message) {
    ObjectNode out = CommitmentJson.writeSigned(domain, message.frag());
    ArrayNode leaves = out.putArray("leaves");
    message.leaves().forEach(leaf -> leaves.add(CommitmentJson.txLeaf(leaf)));
    return out;
  }

  private ObjectNode json(SealMessage message) {
    ObjectNode out = CommitmentJson.writeSigned(domain, message.seal());
    ArrayNode blocks = out.putArray("blocks");
    for (SealMessage.SealedBlock block : message.blocks()) {
      ObjectNode node = blocks.addObject();
      node.set("leaf", CommitmentJson.blockLeaf(block.leaf()));
      node.set("path", CommitmentJson.hashes(block.path()));
    }
    return out;
  }
}
