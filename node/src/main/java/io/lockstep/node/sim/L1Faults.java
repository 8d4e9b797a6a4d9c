// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.sim;

import io.lockstep.devnet.l1.BoxOptions;
import io.lockstep.primitives.uint.UInt256;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/** What L1 does to everybody, and what the L1 clients of single nodes do. One thread. */
final class L1Faults {
  private static final long GWEI = 1_000_000_000L;

  private final FaultScene scene;

  L1Faults(FaultScene scene) {
    this.scene = scene;
  }

  void addTo(Map<String, BooleanSupplier> kinds) {
    kinds.put("l1-missed-slots", this::missedSlots);
    kinds.put("l1-reorg", this::reorg);
    kinds.put("l1-stall", this::stall);
    kinds.put("l1-lookahead-change", this::lookaheadChange);
    kinds.put("l1-lookahead-change-behind", this::lookaheadChangeBehind);
    kinds.put("l1-fee-spike", this::feeSpike);
    kinds.put("rpc-silent", () -> execution(SimL1.Mood.SILENT));
    kinds.put("rpc-refusing", () -> execution(SimL1.Mood.REFUSING));
    kinds.put("rpc-slow", () -> execution(SimL1.Mood.SLOW));
    kinds.put("rpc-lagging", this::lagging);
    kinds.put("beacon-silent", () -> beacon(SimL1.Mood.SILENT));
    kinds.put("beacon-refusing", () -> beacon(SimL1.Mood.REFUSING));
    kinds.put("beacon-events-silent", this::eventsSilent);
    kinds.put("syncs-late", () -> syncs(SimL1.Syncs.LATE));
    kinds.put("syncs-lost", () -> syncs(SimL1.Syncs.LOST));
  }

  private void l1Trouble(long ms) {
    scene.excuses().during(Excuses.Trouble.L1, Excuses.EVERYBODY, ms);
  }

  private boolean missedSlots() {
    int slots = 1 + scene.random().nextInt(3);
    scene.box().skip(slots);
    l1Trouble(scene.slotsMs(slots + 2));
    return scene.tell("L1 misses its next " + slots + " slots");
  }

  private boolean reorg() {
    int depth = 1 + scene.random().nextInt(5);
    boolean drop = scene.random().nextInt(4) == 0;
    try {
      scene.box().reorg(depth, drop);
    } catch (IllegalArgumentException e) {
      return false; // it would undo a finalized block
    }
    l1Trouble(scene.slotsMs(depth + 3));
    return scene.tell(
        "the next L1 block replaces %d%s"
            .formatted(depth, drop ? " and forgets their transactions" : ""));
  }

  /** The proposers of the next epoch change, as they do when a reorg crosses an epoch's edge. */
  private boolean lookaheadChange() {
    long epoch = scene.box().currentSlot() / BoxOptions.SLOTS_PER_EPOCH + 1;
    try {
      scene.box().proposers(epoch, PreparedL1.proposers(scene.random()));
    } catch (IllegalArgumentException e) {
      return false; // it would undo a finalized block
    }
    l1Trouble(scene.slotsMs(BoxOptions.SLOTS_PER_EPOCH + 3));
    return scene.tell("a reorg across an epoch's edge changes the proposers of epoch " + epoch);
  }

  /** The same while nobody sees L1's newest blocks, so that anchors lie before the edge. */
  private boolean lookaheadChangeBehind() {
    long edge =
        (scene.box().currentSlot() / BoxOptions.SLOTS_PER_EPOCH + 1) * BoxOptions.SLOTS_PER_EPOCH;
    int slots = 2 + scene.random().nextInt(4);
    scene
        .time()
        .at(PreparedL1.startMs(scene.box(), edge), () -> lagAll(3 + scene.random().nextInt(3)));
    scene
        .time()
        .at(
            PreparedL1.startMs(scene.box(), edge + slots),
            () -> {
              lagAll(0);
              boolean _ = !scene.hasEnded() && lookaheadChange();
            });
    l1Trouble(scene.slotsMs(BoxOptions.SLOTS_PER_EPOCH + slots + 3));
    return scene.tell(
        "at the epoch's edge all execution clients fall behind for " + slots + " slots");
  }

  private void lagAll(int blocks) {
    if (!scene.hasEnded()) {
      scene.nodes().forEach(node -> node.trouble().lagBlocks = blocks);
    }
  }

  private boolean stall() {
    int slots = 1 + scene.random().nextInt(3);
    scene.box().stall(slots);
    l1Trouble(scene.slotsMs(slots + 2));
    return scene.tell("L1's head stands still for " + slots + " slots");
  }

  private boolean feeSpike() {
    long base = 5L + scene.random().nextInt(60);
    long blob = 1L + scene.random().nextInt(40);
    scene.box().spike(UInt256.of(base * GWEI), UInt256.of(blob * GWEI));
    l1Trouble(scene.slotsMs(6));
    return scene.tell("L1's base fee is %d gwei, for blobs %d".formatted(base, blob));
  }

  private boolean execution(SimL1.Mood mood) {
    SimNode node = scene.any();
    node.trouble().execution = mood;
    long ms = scene.between(500, 6_000);
    scene.excuses().during(Excuses.Trouble.L1, node.index(), ms + FaultScene.LAG_MS);
    scene.until(ms, () -> node.trouble().execution = SimL1.Mood.WELL);
    return scene.tell("%s: execution client %s for %d ms".formatted(node.name(), mood, ms));
  }

  private boolean beacon(SimL1.Mood mood) {
    SimNode node = scene.any();
    node.trouble().beacon = mood;
    long ms = scene.between(500, 10_000);
    scene.excuses().during(Excuses.Trouble.L1, node.index(), ms + FaultScene.LAG_MS);
    scene.until(ms, () -> node.trouble().beacon = SimL1.Mood.WELL);
    return scene.tell("%s: beacon node %s for %d ms".formatted(node.name(), mood, ms));
  }

  private boolean lagging() {
    SimNode node = scene.any();
    node.trouble().lagBlocks = 1 + scene.random().nextInt(4);
    long ms = scene.between(1_000, 8_000);
    scene.excuses().during(Excuses.Trouble.L1, node.index(), ms + FaultScene.LAG_MS);
    scene.until(ms, () -> node.trouble().lagBlocks = 0);
    return scene.tell(
        "%s: execution client %d blocks behind for %d ms"
            .formatted(node.name(), node.trouble().lagBlocks, ms));
  }

  private boolean eventsSilent() {
    SimNode node = scene.any();
    node.trouble().eventsSilent = true;
    long ms = scene.between(2_000, 15_000);
    scene.until(ms, () -> node.trouble().eventsSilent = false);
    return scene.tell("%s: no beacon events for %d ms".formatted(node.name(), ms));
  }

  /** One operator's lookahead syncs, or those of all at once. */
  private boolean syncs(SimL1.Syncs state) {
    List<SimNode> whose =
        scene.random().nextBoolean()
            ? scene.operators()
            : List.of(scene.operators().get(scene.random().nextInt(scene.operators().size())));
    whose.forEach(node -> node.trouble().syncs = state);
    long ms = scene.between(4_000, 24_000);
    scene.until(ms, () -> whose.forEach(node -> node.trouble().syncs = SimL1.Syncs.WELL));
    return scene.tell(
        "lookahead syncs of %s are %s for %d ms"
            .formatted(whose.size() == 1 ? whose.getFirst().name() : "all", state, ms));
  }
}
