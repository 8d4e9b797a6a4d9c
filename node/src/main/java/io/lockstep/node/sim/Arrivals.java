// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.sim;

import io.lockstep.config.cluster.ClusterFile;
import io.lockstep.devnet.l1.SteppedBox;
import io.lockstep.l1client.L1Exception;
import io.lockstep.l1client.contract.ForcedEnqueued;
import io.lockstep.l1client.contract.InboundEvents;
import io.lockstep.l1client.contract.InboundReader;
import io.lockstep.l1client.contract.InboxReader;
import io.lockstep.l1client.contract.MessageSent;
import io.lockstep.l1client.contract.PostedBatch;
import io.lockstep.l1client.execution.ExecutionClient;
import io.lockstep.l1client.execution.L1Block;
import io.lockstep.primitives.types.Hash32;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;

/**
 * What L1's canonical blocks have for the rollup of a run, as somebody reads it who forgets nothing
 * and to whom L1 never lies. One thread.
 */
final class Arrivals {
  /** No reorg goes so far back beyond a run's start. */
  private static final long DEEPEST_REORG = 64;

  private final SteppedBox box;
  private final ExecutionClient execution;
  private final InboundReader reader;
  private final InboxReader inbox;
  private final long first;
  private final TreeMap<Long, Held> blocks = new TreeMap<>();
  private Hash32 head = Hash32.ZERO;
  private List<Message> messages = List.of();
  private List<Item> items = List.of();

  private record Held(
      Hash32 hash, long seconds, InboundEvents events, List<PostedBatch> postings) {}

  /** A message with the L1 block that holds it. */
  record Message(long l1Number, MessageSent sent) {}

  /** A forced transaction with the number and time of the L1 block that holds it. */
  record Item(long l1Number, long l1Seconds, ForcedEnqueued enqueued) {}

  Arrivals(SteppedBox box, ExecutionClient execution, ClusterFile cluster) {
    this.box = box;
    this.execution = execution;
    this.reader = new InboundReader(execution, cluster.clusterInbox(), cluster.l1Messenger());
    this.inbox = new InboxReader(execution, cluster.clusterInbox());
    this.first = Math.max(1, box.headNumber() - DEEPEST_REORG);
  }

  /** All messages, by their index. */
  List<Message> messages() {
    refresh();
    return messages;
  }

  /** All forced transactions, by their index. */
  List<Item> items() {
    refresh();
    return items;
  }

  /** What the inbox took, by its index. */
  List<PostedBatch> postings() {
    refresh();
    return blocks.values().stream().flatMap(held -> held.postings.stream()).toList();
  }

  private void refresh() {
    if (head.equals(box.headHash())) {
      return;
    }
    head = box.headHash();
    blocks.tailMap(box.headNumber(), false).clear();
    for (long number = box.headNumber(); number >= first && !isHeld(number); number--) {
      hold(number);
    }
    List<Message> nowMessages = new ArrayList<>();
    List<Item> nowItems = new ArrayList<>();
    blocks.forEach((number, held) -> {
      held.events.messages().forEach(sent -> nowMessages.add(new Message(number, sent)));
      held.events.forced().forEach(item -> nowItems.add(new Item(number, held.seconds, item)));
    });
    messages = nowMessages;
    items = nowItems;
  }

  private boolean isHeld(long number) {
    Held held = blocks.get(number);
    return held != null && held.hash.equals(box.canonicalHash(number));
  }

  private void hold(long number) {
    try {
      Hash32 hash = Objects.requireNonNull(box.canonicalHash(number));
      L1Block block = Objects.requireNonNull(execution.blockByHash(hash));
      blocks.put(
          number, new Held(hash, block.timestampSeconds(), reader.of(hash), inbox.batchesOf(hash)));
    } catch (L1Exception e) {
      throw new IllegalStateException("the L1 of a run gives no answer", e);
    }
  }
}
