// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.sim;

import io.lockstep.devnet.l1.BoxOptions;
import io.lockstep.devnet.l1.SteppedBox;
import io.lockstep.node.wire.NodeParts;
import io.lockstep.primitives.uint.UInt256;
import io.lockstep.sequencer.schedule.Window;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What goes wrong in a run, when, where and for how long, all of it drawn from the seed. Some runs
 * have a few faults, some have many at once. One thread.
 */
final class Faults {
  private static final long GWEI = 1_000_000_000L;
  private static final int MOST_FAULTS = 16;
  private static final int MOST_SECONDS_AHEAD = 16;

  /** What a fault leaves behind takes so long to be made up for. */
  private static final long LAG_MS = 3_000;

  private final SimTime time;
  private final SplittableRandom random;
  private final SteppedBox box;
  private final SimNetwork network;
  private final List<SimNode> nodes;
  private final List<SimNode> operators;
  private final Liar liar;
  private final Excuses excuses;
  private final Story story;
  private final Map<String, Integer> counts = new LinkedHashMap<>();
  private final Map<String, BooleanSupplier> kinds = new LinkedHashMap<>();
  private final UnaryOperator<SimNode> twins;
  private final List<SimNode> twinsUp = new ArrayList<>();
  private boolean ended;

  Faults(
      SimTime time,
      SplittableRandom random,
      SteppedBox box,
      SimNetwork network,
      List<SimNode> nodes,
      UnaryOperator<SimNode> twins,
      Liar liar,
      Excuses excuses,
      Story story) {
    this.time = time;
    this.random = random;
    this.box = box;
    this.network = network;
    this.nodes = nodes;
    this.twins = twins;
    this.operators = nodes.stream().filter(node -> node.keys() != null).toList();
    this.liar = liar;
    this.excuses = excuses;
    this.story = story;
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
    kinds.put("net-partition", this::partition);
    kinds.put("net-loss", this::loss);
    kinds.put("net-duplicates", this::duplicates);
    kinds.put("net-slow", this::slowNetwork);
    kinds.put("net-request-lost", this::requestLost);
    kinds.put("kill", this::kill);
    kinds.put("power-loss", this::powerLoss);
    kinds.put("power-loss-sequencer", this::powerLossOfOwner);
    kinds.put("kill-sequencer", () -> killOwner(false));
    kinds.put("kill-successor", () -> killOwner(true));
    kinds.put("kill-all", this::killAll);
    kinds.put("backup-restored", this::restoreBackup);
    kinds.put("twin", this::twin);
    kinds.put("clock-skew", this::skew);
    kinds.put("lie-equivocate", liar::equivocate);
    kinds.put("lie-withhold", liar::withhold);
    kinds.keySet().forEach(kind -> counts.put(kind, 0));
  }

  /** How often each kind was injected; every kind is there. */
  Map<String, Integer> counts() {
    return counts;
  }

  /** Draws the faults of a run, all of them within this time. */
  void plan(long fromMs, long untilMs) {
    int faults = 1 + random.nextInt(1 + random.nextInt(MOST_FAULTS));
    List<String> names = List.copyOf(kinds.keySet());
    for (int i = 0; i < faults; i++) {
      String kind = names.get(random.nextInt(names.size()));
      time.at(fromMs + random.nextLong(untilMs - fromMs), () -> inject(kind));
    }
  }

  private void inject(String kind) {
    BooleanSupplier fault = kinds.get(kind);
    if (!ended && fault != null && fault.getAsBoolean()) {
      counts.merge(kind, 1, Integer::sum);
    }
  }

  /** Everything works again and everybody is there. */
  void end() {
    ended = true;
    for (SimNode node : nodes) {
      heal(node);
      node.start();
    }
    twinsUp.forEach(SimNode::kill);
    network.heal();
    liar.end();
    excuses.endAll();
  }

  private static void heal(SimNode node) {
    node.trouble().execution = SimL1.Mood.WELL;
    node.trouble().beacon = SimL1.Mood.WELL;
    node.trouble().eventsSilent = false;
    node.trouble().lagBlocks = 0;
    node.skew(0);
  }

  private SimNode any() {
    return nodes.get(random.nextInt(nodes.size()));
  }

  private long between(long fromMs, long toMs) {
    return fromMs + random.nextLong(toMs - fromMs);
  }

  /** Undoes a fault after a while, unless all of them have ended. */
  private void until(long ms, Runnable undo) {
    time.after(
        ms,
        () -> {
          if (!ended) {
            undo.run();
          }
        });
  }

  private boolean tell(String what) {
    story.tell("FAULT", what);
    return true;
  }

  private long slotsMs(int slots) {
    return slots * box.clock().slotSeconds() * 1000;
  }

  private void l1Trouble(long ms) {
    excuses.during(Excuses.Trouble.L1, Excuses.EVERYBODY, ms);
  }

  // --- L1 ---

  private boolean missedSlots() {
    int slots = 1 + random.nextInt(3);
    box.skip(slots);
    l1Trouble(slotsMs(slots + 2));
    return tell("L1 misses its next " + slots + " slots");
  }

  private boolean reorg() {
    int depth = 1 + random.nextInt(5);
    boolean drop = random.nextInt(4) == 0;
    try {
      box.reorg(depth, drop);
    } catch (IllegalArgumentException e) {
      return false; // it would undo a finalized block
    }
    l1Trouble(slotsMs(depth + 3));
    return tell(
        "the next L1 block replaces %d%s"
            .formatted(depth, drop ? " and forgets their transactions" : ""));
  }

  /** The proposers of the next epoch change, as they do when a reorg crosses an epoch's edge. */
  private boolean lookaheadChange() {
    long epoch = box.currentSlot() / BoxOptions.SLOTS_PER_EPOCH + 1;
    try {
      box.proposers(epoch, PreparedL1.proposers(random));
    } catch (IllegalArgumentException e) {
      return false; // it would undo a finalized block
    }
    l1Trouble(slotsMs(BoxOptions.SLOTS_PER_EPOCH + 3));
    return tell("a reorg across an epoch's edge changes the proposers of epoch " + epoch);
  }

  /** The same while nobody sees L1's newest blocks, so that anchors lie before the edge. */
  private boolean lookaheadChangeBehind() {
    long edge = (box.currentSlot() / BoxOptions.SLOTS_PER_EPOCH + 1) * BoxOptions.SLOTS_PER_EPOCH;
    int slots = 2 + random.nextInt(4);
    time.at(PreparedL1.startMs(box, edge), () -> lagAll(3 + random.nextInt(3)));
    time.at(
        PreparedL1.startMs(box, edge + slots),
        () -> {
          lagAll(0);
          boolean _ = !ended && lookaheadChange();
        });
    l1Trouble(slotsMs(BoxOptions.SLOTS_PER_EPOCH + slots + 3));
    return tell("at the epoch's edge all execution clients fall behind for " + slots + " slots");
  }

  private void lagAll(int blocks) {
    if (!ended) {
      nodes.forEach(node -> node.trouble().lagBlocks = blocks);
    }
  }

  private boolean stall() {
    int slots = 1 + random.nextInt(3);
    box.stall(slots);
    l1Trouble(slotsMs(slots + 2));
    return tell("L1's head stands still for " + slots + " slots");
  }

  private boolean feeSpike() {
    long base = 5L + random.nextInt(60);
    long blob = 1L + random.nextInt(40);
    box.spike(UInt256.of(base * GWEI), UInt256.of(blob * GWEI));
    l1Trouble(slotsMs(6));
    return tell("L1's base fee is %d gwei, for blobs %d".formatted(base, blob));
  }

  private boolean execution(SimL1.Mood mood) {
    SimNode node = any();
    node.trouble().execution = mood;
    long ms = between(500, 6_000);
    excuses.during(Excuses.Trouble.L1, node.index(), ms + LAG_MS);
    until(ms, () -> node.trouble().execution = SimL1.Mood.WELL);
    return tell("%s: execution client %s for %d ms".formatted(node.name(), mood, ms));
  }

  private boolean beacon(SimL1.Mood mood) {
    SimNode node = any();
    node.trouble().beacon = mood;
    long ms = between(500, 10_000);
    excuses.during(Excuses.Trouble.L1, node.index(), ms + LAG_MS);
    until(ms, () -> node.trouble().beacon = SimL1.Mood.WELL);
    return tell("%s: beacon node %s for %d ms".formatted(node.name(), mood, ms));
  }

  private boolean lagging() {
    SimNode node = any();
    node.trouble().lagBlocks = 1 + random.nextInt(4);
    long ms = between(1_000, 8_000);
    excuses.during(Excuses.Trouble.L1, node.index(), ms + LAG_MS);
    until(ms, () -> node.trouble().lagBlocks = 0);
    return tell(
        "%s: execution client %d blocks behind for %d ms"
            .formatted(node.name(), node.trouble().lagBlocks, ms));
  }

  private boolean eventsSilent() {
    SimNode node = any();
    node.trouble().eventsSilent = true;
    long ms = between(2_000, 15_000);
    until(ms, () -> node.trouble().eventsSilent = false);
    return tell("%s: no beacon events for %d ms".formatted(node.name(), ms));
  }

  // --- network ---

  private boolean partition() {
    Set<Integer> island = new TreeSet<>();
    for (SimNode node : nodes) {
      if (random.nextBoolean()) {
        island.add(node.index());
      }
    }
    if (island.isEmpty() || island.size() == nodes.size()) {
      island = new TreeSet<>(Set.of(random.nextInt(nodes.size())));
    }
    network.island = island;
    long ms = between(500, 6_000);
    excuses.during(Excuses.Trouble.NETWORK, Excuses.EVERYBODY, ms + LAG_MS);
    until(ms, () -> network.island = Set.of());
    return tell("nodes " + island + " are cut off for " + ms + " ms");
  }

  private boolean loss() {
    network.lossPercent = 5 + random.nextInt(60);
    long ms = between(500, 6_000);
    excuses.during(Excuses.Trouble.NETWORK, Excuses.EVERYBODY, ms + LAG_MS);
    until(ms, () -> network.lossPercent = 0);
    return tell(network.lossPercent + "% of messages get lost for " + ms + " ms");
  }

  private boolean duplicates() {
    network.twicePercent = 50;
    long ms = between(500, 6_000);
    excuses.during(Excuses.Trouble.NETWORK, Excuses.EVERYBODY, ms + LAG_MS);
    until(ms, () -> network.twicePercent = 0);
    return tell("messages come twice for " + ms + " ms");
  }

  private boolean slowNetwork() {
    network.slowestMs = 200 + random.nextInt(1_500);
    long ms = between(500, 6_000);
    excuses.during(Excuses.Trouble.NETWORK, Excuses.EVERYBODY, ms + LAG_MS);
    until(ms, () -> network.slowestMs = SimNetwork.USUAL_SLOWEST_MS);
    return tell("messages take up to " + network.slowestMs + " ms for " + ms + " ms");
  }

  private boolean requestLost() {
    network.requestsToLose = 1 + random.nextInt(3);
    excuses.during(Excuses.Trouble.NETWORK, Excuses.EVERYBODY, LAG_MS);
    return tell("the next " + network.requestsToLose + " requests get lost");
  }

  // --- processes and machines ---

  private void startAgain(SimNode node) {
    down(node, between(50, 8_000));
  }

  private void down(SimNode node, long ms) {
    excuses.during(Excuses.Trouble.DOWN, node.index(), ms + LAG_MS);
    until(ms, node::start);
  }

  private boolean kill() {
    SimNode node = any();
    if (!node.isUp()) {
      return false;
    }
    node.kill();
    startAgain(node);
    return tell(node.name() + " is killed");
  }

  /** The operator whose turn it is, or who comes next, dies and is back at once, or too late. */
  private boolean killOwner(boolean next) {
    SimNode node = owner(next);
    if (node == null || !node.isUp()) {
      return false;
    }
    node.kill();
    down(node, random.nextBoolean() ? between(20, 1_200) : between(4_000, 10_000));
    return tell(
        node.name() + ", " + (next ? "whose turn is next," : "in its turn,") + " is killed");
  }

  private @Nullable SimNode owner(boolean next) {
    for (SimNode node : nodes) {
      NodeParts parts = node.parts();
      if (parts == null) {
        continue;
      }
      long nowSeconds = time.nowMs() / 1000;
      Window now = parts.core().turns().windowAt(nowSeconds);
      for (int later = 0; now != null && later < MOST_SECONDS_AHEAD; later++) {
        Window then = parts.core().turns().windowAt(nowSeconds + later);
        if (then != null && !then.idle() && next == (then.operatorId() != now.operatorId())) {
          return operators.get(Math.toIntExact(then.operatorId() - 1));
        }
      }
    }
    return null;
  }

  private boolean powerLoss() {
    SimNode node = any();
    if (!node.isUp()) {
      return false;
    }
    int lost = node.losePower(random);
    startAgain(node);
    return tell(node.name() + " loses power and its last " + lost + " commits");
  }

  /** A reset in the middle of a turn; the machine is back within the tick. */
  private boolean powerLossOfOwner() {
    SimNode node = owner(false);
    if (node == null || !node.isUp()) {
      return false;
    }
    int lost = node.losePower(random);
    down(node, between(20, 400));
    return tell(node.name() + ", in its turn, loses power and its last " + lost + " commits");
  }

  private boolean killAll() {
    for (SimNode node : operators) {
      node.kill();
      down(node, between(50, 4_000));
    }
    return tell("all operators are killed");
  }

  private boolean restoreBackup() {
    SimNode node = operators.get(random.nextInt(operators.size()));
    if (!node.isUp()) {
      return false;
    }
    SimNode.Backup backup = node.backUp();
    tell(node.name() + "'s disk is backed up");
    until(
        between(500, 8_000),
        () -> {
          node.kill();
          node.restore(backup);
          tell(node.name() + " is killed and its backup restored");
          down(node, between(50, 4_000));
        });
    return true;
  }

  private boolean twin() {
    SimNode node = operators.get(random.nextInt(operators.size()));
    SimNode twin = twins.apply(node);
    twin.restore(node.backUp());
    twin.start();
    twinsUp.add(twin);
    long ms = between(2_000, 12_000);
    until(ms, twin::kill);
    return tell("a twin of " + node.name() + " runs for " + ms + " ms on a copy of its disk");
  }

  private boolean skew() {
    SimNode node = any();
    long ms = random.nextInt(1_200) - 600L;
    node.skew(ms);
    return tell(node.name() + "'s clock is off by " + ms + " ms");
  }
}
