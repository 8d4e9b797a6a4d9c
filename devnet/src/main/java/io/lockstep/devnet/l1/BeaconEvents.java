// SPDX-License-Identifier: Apache-2.0
package io.lockstep.devnet.l1;

import static io.lockstep.devnet.l1.BeaconJson.number;
import static io.lockstep.devnet.l1.BeaconJson.object;

import io.lockstep.devnet.l1.BeaconSide.NewHead;
import io.lockstep.preconf.wire.EventSink;
import io.lockstep.preconf.wire.HttpReply;
import io.lockstep.preconf.wire.HttpRequest;
import io.lockstep.preconf.wire.Routes;
import io.lockstep.primitives.types.Hash32;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.databind.node.ObjectNode;

/**
 * The beacon API's event stream. Events are queued by whoever makes a block, without waiting; what
 * falls into an ordered silence is lost, signs of life too. Any thread.
 */
final class BeaconEvents {
  private static final Set<String> TOPICS =
      Set.of("head", "head_v2", "block", "chain_reorg", "finalized_checkpoint");

  private final InstantSource clock;
  private final Map<EventSink, Set<String>> sinks = new ConcurrentHashMap<>();
  private volatile Instant silentUntil = Instant.EPOCH;

  BeaconEvents(InstantSource clock) {
    this.clock = clock;
  }

  void addTo(Routes routes) {
    routes.get("/eth/v1/events", Refusal.answering(this::subscribe));
  }

  void silence(long seconds) {
    silentUntil = clock.instant().plusSeconds(seconds);
  }

  /** A comment on every stream, so that nobody takes a quiet one for a dead one. */
  void keepAlive() {
    if (!isSilent()) {
      sinks.keySet().forEach(sink -> sink.comment("keep-alive"));
    }
  }

  /** Tells of a new block. */
  void onHead(NewHead change, BeaconSide chain) {
    BeaconBlock head = change.view().head();
    String slot = number(head.slot());
    send(
        "block",
        object()
            .put("slot", slot)
            .put("block", head.root().toHex())
            .put("execution_optimistic", false));
    long epoch = head.slot() / BoxOptions.SLOTS_PER_EPOCH;
    boolean transition = change.parent().slot() / BoxOptions.SLOTS_PER_EPOCH < epoch;
    BeaconBlock old = change.reorgFrom();
    if (old != null) {
      send(
          "chain_reorg",
          object()
              .put("slot", slot)
              .put("depth", number(old.slot() - change.ancestor().slot()))
              .put("old_head_block", old.root().toHex())
              .put("new_head_block", head.root().toHex())
              .put("old_head_state", old.header().stateRoot().toHex())
              .put("new_head_state", head.header().stateRoot().toHex())
              .put("epoch", number(epoch))
              .put("execution_optimistic", false));
    }
    // The roots of the duties' version 2: previous for this epoch, current for the next.
    Hash32 previous = chain.dependentRoot(epoch);
    Hash32 current = chain.dependentRoot(epoch + 1);
    send(
        "head",
        object()
            .put("slot", slot)
            .put("block", head.root().toHex())
            .put("state", head.header().stateRoot().toHex())
            .put("epoch_transition", transition)
            .put("previous_duty_dependent_root", previous.toHex())
            .put("current_duty_dependent_root", current.toHex())
            .put("execution_optimistic", false));
    ObjectNode second = object().put("version", chain.fork().version());
    second
        .putObject("data")
        .put("slot", slot)
        .put("block", head.root().toHex())
        .put("state", head.header().stateRoot().toHex())
        .put("payload_status", "full")
        .put("epoch_transition", transition)
        .put("current_epoch_dependent_root", previous.toHex())
        .put("next_epoch_dependent_root", current.toHex())
        .put("execution_optimistic", false);
    send("head_v2", second);
    if (transition && change.view().finalizedEpoch() > 0) {
      BeaconBlock finalized = change.view().finalized();
      send(
          "finalized_checkpoint",
          object()
              .put("block", finalized.root().toHex())
              .put("state", finalized.header().stateRoot().toHex())
              .put("epoch", number(change.view().finalizedEpoch()))
              .put("execution_optimistic", false));
    }
  }

  /** Streams that are open. */
  int streams() {
    return sinks.size();
  }

  void close() {
    sinks.keySet().forEach(EventSink::close);
  }

  private HttpReply subscribe(HttpRequest request) throws Refusal {
    List<String> topics =
        request.query().getOrDefault("topics", List.of()).stream()
            .flatMap(v -> Arrays.stream(v.split(",", -1)))
            .toList();
    if (topics.isEmpty()) {
      throw Refusal.badRequest("topics are missing");
    }
    for (String topic : topics) {
      if (!TOPICS.contains(topic)) {
        throw Refusal.badRequest("Invalid topic: " + BeaconIds.shorten(topic));
      }
    }
    return new HttpReply.EventStream(sink -> {
      sinks.put(sink, Set.copyOf(topics));
      sink.onClose(() -> sinks.remove(sink));
    });
  }

  private void send(String topic, ObjectNode data) {
    if (isSilent()) {
      return;
    }
    String text = data.toString();
    sinks.forEach((sink, topics) -> {
      if (topics.contains(topic)) {
        sink.send(topic, text);
      }
    });
  }

  private boolean isSilent() {
    return clock.instant().isBefore(silentUntil);
  }
}
