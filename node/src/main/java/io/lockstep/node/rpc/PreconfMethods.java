// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.rpc;

import io.lockstep.preconf.commitment.Commitment;
import io.lockstep.preconf.commitment.CommitmentDomain;
import io.lockstep.preconf.commitment.CommitmentJson;
import io.lockstep.preconf.gossip.SealMessage;
import io.lockstep.preconf.ledger.ReleasedLedger;
import io.lockstep.primitives.rpc.Params;
import io.lockstep.primitives.rpc.RpcError;
import io.lockstep.primitives.rpc.RpcMethod;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Epoch;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.types.Slot;
import io.lockstep.sequencer.head.NodeStatus;
import io.lockstep.sequencer.head.NodeView;
import io.lockstep.sequencer.head.RollupView;
import io.lockstep.sequencer.schedule.Operator;
import io.lockstep.sequencer.schedule.ProposerSchedule;
import io.lockstep.sequencer.schedule.SlotOwner;
import io.lockstep.sequencer.schedule.Window;
import io.lockstep.sequencer.window.WindowClock;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** {@code preconf_*}: commitments, whose turn it is, what this node is. Any thread. */
public final class PreconfMethods {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final CommitmentDomain domain;
  private final ReleasedLedger ledger;
  private final WindowClock clock;
  private final Supplier<NodeView> view;
  private final LongSupplier clockMs;
  private final Grades grades;

  public PreconfMethods(
      CommitmentDomain domain,
      ReleasedLedger ledger,
      WindowClock clock,
      Supplier<NodeView> view,
      LongSupplier clockMs) {
    this.domain = domain;
    this.ledger = ledger;
    this.clock = clock;
    this.view = view;
    this.clockMs = clockMs;
    this.grades = new Grades(view);
  }

  public void addTo(Map<String, RpcMethod> methods) {
    methods.put("preconf_getCommitment", this::getCommitment);
    methods.put("preconf_getSeal", this::getSeal);
    methods.put("preconf_schedule", this::schedule);
    methods.put("preconf_status", params -> status());
  }

  private JsonNode getCommitment(JsonNode params) throws RpcError {
    Hash32 txHash = Params.hash(Params.required(params, 0), "transaction hash");
    Commitment commitment = ledger.commitment(txHash);
    return commitment == null
        ? JSON.nullNode()
        : CommitmentJson.write(domain, commitment, grades.of(commitment));
  }

  private JsonNode getSeal(JsonNode params) throws RpcError {
    SealMessage message = ledger.seal(Params.number(Params.required(params, 0), "tick"));
    if (message == null) {
      return JSON.nullNode();
    }
    ObjectNode out = CommitmentJson.writeSigned(domain, message.seal());
    ArrayNode blocks = out.putArray("blocks");
    for (SealMessage.SealedBlock block : message.blocks()) {
      ObjectNode node = blocks.addObject();
      node.set("leaf", CommitmentJson.blockLeaf(block.leaf()));
      node.set("path", CommitmentJson.hashes(block.path()));
    }
    return out;
  }

  private JsonNode schedule(JsonNode params) throws RpcError {
    ProposerSchedule schedule = view.get().schedule();
    long nowSeconds = Math.floorDiv(clockMs.getAsLong(), 1000);
    Slot nowSlot = clock.slots().slotAt(nowSeconds);
    JsonNode asked = Params.optional(params, 0);
    Epoch epoch =
        asked == null ? clock.slots().epochOf(nowSlot) : new Epoch(Params.number(asked, "epoch"));
    if (!schedule.knows(epoch)) {
      throw RpcError.invalidParams(
          "epoch " + epoch + " is not known here; known: " + schedule.knownEpochs());
    }
    ObjectNode out = JSON.objectNode();
    out.set("epoch", Params.quantity(epoch.value()));
    ArrayNode slots = out.putArray("slots");
    Slot first = clock.slots().firstSlotOf(epoch);
    for (int i = 0; i < clock.slots().slotsPerEpoch(); i++) {
      Slot slot = first.plus(i);
      Window window = windowOf(schedule.owner(slot));
      ObjectNode node = slots.addObject();
      node.set("slot", Params.quantity(slot.value()));
      node.set("startTime", Params.quantity(clock.slots().startSeconds(slot)));
      node.set("operator", committer(schedule, window));
      node.put("fallback", window != null && window.fallback());
    }
    out.set("current", current(schedule, nowSlot, nowSeconds));
    return out;
  }

  private JsonNode current(ProposerSchedule schedule, Slot nowSlot, long nowSeconds) {
    Window window = windowOf(clock.sequencingWindowAt(schedule, nowSeconds));
    ObjectNode out = JSON.objectNode();
    out.set("slot", Params.quantity(nowSlot.value()));
    out.set(
        "windowSlot",
        window == null ? JSON.nullNode() : Params.quantity(window.windowSlot().value()));
    out.set("operator", committer(schedule, window));
    out.set(
        "endsAt",
        window == null || clock.lastTick(window).isEmpty()
            ? JSON.nullNode()
            : Params.quantity(clock.timestampSeconds(clock.lastTick(window).getAsLong() + 1)));
    return out;
  }

  private static @Nullable Window windowOf(SlotOwner owner) {
    return owner instanceof SlotOwner.Owner known ? known.window() : null;
  }

  private JsonNode committer(ProposerSchedule schedule, @Nullable Window window) {
    Operator operator = window == null ? null : schedule.operators().operator(window.operatorId());
    return window == null || operator == null
        ? JSON.nullNode()
        : JSON.stringNode(
            operator.keysAt(clock.slots().epochOf(window.windowSlot())).committer().toHex());
  }

  private JsonNode status() {
    NodeView current = view.get();
    NodeStatus status = current.status();
    RollupView rollup = current.first();
    ObjectNode out = JSON.objectNode();
    out.put("role", status.ownCommitter() == null ? "follower" : "operator");
    out.put("state", status.state().name());
    out.put("why", status.why());
    out.put("sequencing", status.sequencing());
    out.set(
        "windowSlot",
        status.windowSlot() < 0 ? JSON.nullNode() : Params.quantity(status.windowSlot()));
    out.set("committer", text(status.ownCommitter()));
    out.set("unsafe", Params.quantity(rollup.head().number()));
    out.set("safe", Params.quantity(rollup.safe().number()));
    out.set("finalized", Params.quantity(rollup.finalized().number()));
    out.set("exposureWei", Params.quantity(status.exposureWei().amount()));
    out.set("exposureLimitWei", Params.quantity(status.exposureLimitWei().amount()));
    out.set("promiseMismatches", Params.quantity(status.promiseMismatches()));
    return out;
  }

  private static JsonNode text(@Nullable Address address) {
    return address == null ? JSON.nullNode() : JSON.stringNode(address.toHex());
  }
}
