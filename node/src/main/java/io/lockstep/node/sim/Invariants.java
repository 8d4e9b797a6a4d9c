// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.sim;

import io.lockstep.config.cluster.ProtocolParameters;
import io.lockstep.devnet.l1.SteppedBox;
import io.lockstep.node.wire.NodeParts;
import io.lockstep.preconf.commitment.Ctx;
import io.lockstep.preconf.commitment.Frag;
import io.lockstep.preconf.commitment.Seal;
import io.lockstep.preconf.gossip.FragMessage;
import io.lockstep.preconf.gossip.SealMessage;
import io.lockstep.preconf.gossip.Topics;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.tx.Block;
import io.lockstep.primitives.tx.BlockHeader;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.sequencer.derive.DerivationLog;
import io.lockstep.sequencer.head.Cluster;
import io.lockstep.sequencer.tick.HeaderExtra;
import io.lockstep.sequencer.tick.Rollup;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What must hold after every step and at the end (architecture §6), each with a name; the first
 * violation ends the run. One thread.
 */
final class Invariants {
  private final SimTime time;
  private final long startMs;
  private final SteppedBox box;
  private final Story story;
  private final Excuses excuses;
  private final Set<Integer> lying = new TreeSet<>();
  private @Nullable Violation violation;
  private int excused;

  private record Place(int operatorId, long tick, long fragIdx) {}

  private record Said(Hash32 identity, Ctx ctx) {}

  private record OwnWindow(int operatorId, long windowSlot) {}

  private static final long SEAL_PLACE = -1;
  private final AnchoredTurns turns;
  private final Following following;
  private final Map<Hash32, Long> slotOfL1 = new HashMap<>();
  private final Map<Place, Said> said = new LinkedHashMap<>();
  private final Map<OwnWindow, Long> endOfWindow = new HashMap<>();
  private final List<Promised> promises = new ArrayList<>();

  private record Promised(FragMessage message, long atMs) {}

  private final List<SealedAt> sealed = new ArrayList<>();

  private record SealedAt(SealMessage message, long atMs) {}

  private record BatchAt(Hash32 l1Hash, long batchIndex) {}

  private record Derived(String node, long height, Hash32 blockHash, String skipped) {}

  private final Map<BatchAt, Derived> derived = new LinkedHashMap<>();
  private final Map<String, DerivationLog.Entry> lastOf = new LinkedHashMap<>();

  Invariants(SimTime time, SteppedBox box, ProtocolParameters rules, Excuses excuses, Story story) {
    this.time = time;
    this.startMs = time.nowMs();
    this.box = box;
    this.story = story;
    this.excuses = excuses;
    this.turns = new AnchoredTurns(box, rules);
    this.following = new Following(box, excuses);
  }

  /** The first violation, or null. */
  @Nullable Violation violation() {
    return violation;
  }

  /** From now on nothing is expected of this operator. */
  void lies(int operatorId) {
    lying.add(operatorId);
  }

  void fail(String invariant, String what) {
    if (violation == null) {
      violation = new Violation(invariant, what, time.nowMs() - startMs);
      story.tell("INVARIANT", invariant + ": " + what);
    }
  }

  int promisesSeen() {
    return promises.size();
  }

  int sealsSeen() {
    return (int) said.keySet().stream().filter(place -> place.fragIdx == SEAL_PLACE).count();
  }

  // --- what is signed ---

  /** A node sends something of its own accord. */
  void sent(SimNode node, byte topic, Bytes payload) {
    try {
      switch (topic) {
        case Topics.FRAG -> onFrag(node, FragMessage.decode(payload));
        case Topics.SEAL -> onSeal(node, SealMessage.decode(payload));
        default -> {}
      }
    } catch (DecodeException e) {
      fail("releases-what-decodes", node.name() + ": " + e.getMessage());
    }
  }

  private void onFrag(SimNode node, FragMessage message) {
    Frag frag = message.frag().object();
    if (story.isTold() && !message.parts().isEmpty()) {
      story.tell(
          node.name(),
          "frag %d.%d window %d block %d, %d transactions%s"
              .formatted(
                  frag.tick(),
                  frag.fragIdx(),
                  frag.windowSlot(),
                  message.parts().getFirst().number(),
                  message.parts().getFirst().transactions().size(),
                  message.frag().ctx().isProvisional() ? ", provisional" : ""));
    }
    if (lying.contains(message.operatorId())) {
      return;
    }
    once(
        node,
        new Place(message.operatorId(), frag.tick(), frag.fragIdx()),
        new Said(frag.identity(), message.frag().ctx()));
    durable(node, frag.identity(), "frag " + frag.tick() + "." + frag.fragIdx());
    turns.signed(message.operatorId(), frag.windowSlot(), frag.tick(), message.frag().ctx());
    if (!message.parts().isEmpty()) {
      promises.add(new Promised(message, time.nowMs()));
    }
  }

  private void onSeal(SimNode node, SealMessage message) {
    Seal seal = message.seal().object();
    story.tell(
        node.name(),
        "seal %d window %d block %d%s%s anchor %d"
            .formatted(
                seal.tick(),
                seal.windowSlot(),
                message.blocks().getFirst().leaf().number(),
                seal.eop() ? ", end of window" : "",
                message.seal().ctx().isProvisional() ? ", provisional" : "",
                message.seal().ctx().anchorNumber()));
    if (lying.contains(message.operatorId())) {
      return;
    }
    once(
        node,
        new Place(message.operatorId(), seal.tick(), SEAL_PLACE),
        new Said(seal.identity(), message.seal().ctx()));
    durable(node, seal.identity(), "seal " + seal.tick());
    turns.signed(message.operatorId(), seal.windowSlot(), seal.tick(), message.seal().ctx());
    OwnWindow window = new OwnWindow(message.operatorId(), seal.windowSlot());
    Long end = endOfWindow.get(window);
    if (end != null && seal.tick() > end) {
      fail(
          "nothing-after-the-own-end",
          "%s sealed tick %d of window %d after its end in tick %d"
              .formatted(node.name(), seal.tick(), seal.windowSlot(), end));
    }
    sealed.add(new SealedAt(message, time.nowMs()));
    following.sealed(seal.tick(), message.seal().ctx(), time.nowMs());
    if (seal.eop()) {
      endOfWindow.put(window, seal.tick());
    }
  }

  private void once(SimNode node, Place place, Said now) {
    Said before = said.putIfAbsent(place, now);
    if (before != null && !before.identity.equals(now.identity)) {
      fail(
          "no-contradiction",
          "%s signed two statements for %s: %s and %s".formatted(node.name(), place, before, now));
    }
  }

  private void durable(SimNode node, Hash32 identity, String what) {
    if (node.survivesLossOfPower() && node.signingDisk().isUnsynced(identity.toArray())) {
      fail("durable-before-released", node.name() + " released " + what + " before it was synced");
    }
  }

  /** An L1 slot has passed. */
  void slotPassed() {
    slotOfL1.putIfAbsent(box.headHash(), box.currentSlot());
    String broken = turns.broken();
    if (broken != null) {
      fail("a-live-anchor-has-its-turn", broken);
    }
  }

  // --- what is derived ---

  /** A node has finished a turn. */
  void stepped(SimNode node) {
    NodeParts parts = node.parts();
    if (parts == null) {
      return;
    }
    Cluster cluster = parts.core().cluster();
    boolean isTwin = node.index() > PreparedL1.OPERATORS;
    String missing =
        isTwin || !lying.isEmpty()
            ? null
            : following.missing(node.name(), cluster.headTick(), time.nowMs());
    if (missing != null) {
      fail("what-is-sealed-is-followed", missing);
    }
    DerivationLog.Entry entry = parts.core().derivationLog().last();
    long derivedHeight = entry == null ? 0 : entry.heightAfter();
    if (cluster.safeHeight() > derivedHeight) {
      fail(
          "safe-is-derived",
          "%s: safe %d, derived %d".formatted(node.name(), cluster.safeHeight(), derivedHeight));
    }
    if (cluster.safeHeight() > cluster.height()) {
      fail("safe-is-on-the-chain", node.name() + ": safe " + cluster.safeHeight());
    }
    if (entry == null || entry.equals(lastOf.get(node.name()))) {
      return;
    }
    lastOf.put(node.name(), entry);
    Hash32 hash = cluster.first().chain().canonicalHash(entry.heightAfter());
    Derived now =
        new Derived(
            node.name(), entry.heightAfter(), hash == null ? Hash32.ZERO : hash, entry.skipped());
    story.tell(
        node.name(),
        "batch %d in L1 block %d %s"
            .formatted(
                entry.batchIndex(),
                entry.l1Number(),
                entry.skipped().isEmpty()
                    ? "makes block " + entry.heightAfter() + " safe"
                    : "derives to nothing: " + entry.skipped()));
    if (hash != null && entry.skipped().isEmpty()) {
      landed(entry, cluster.first().chain().canonicalHeader(entry.heightAfter()));
    }
    Derived before = derived.putIfAbsent(new BatchAt(entry.l1Hash(), entry.batchIndex()), now);
    if (before != null
        && !(before.height == now.height
            && before.blockHash.equals(now.blockHash)
            && before.skipped.isEmpty() == now.skipped.isEmpty())) {
      fail("all-derive-the-same", "batch " + entry.batchIndex() + ": " + before + ", " + now);
    }
  }

  private void landed(DerivationLog.Entry entry, @Nullable BlockHeader last) {
    long ownSlot = last == null ? -1 : turns.ownSlot(HeaderExtra.of(last).tick());
    Long landedIn = slotOfL1.get(entry.l1Hash());
    if (ownSlot != AnchoredTurns.FALLBACK && landedIn != null && landedIn > ownSlot) {
      excuses.latePosting(PreparedL1.startMs(box, ownSlot + 1));
    }
  }

  // --- at the end ---

  /** Everybody who is up stands where L1 is, and the promises stand. */
  void atEnd(List<SimNode> nodes, long calmHeight) {
    SimNode best = null;
    NodeParts bestParts = null;
    long bestHeight = -1;
    List<NodeParts> up = new ArrayList<>();
    for (SimNode node : nodes) {
      NodeParts parts = node.parts();
      if (parts == null) {
        fail("all-come-back", node.name() + " is not up at the end");
        return;
      }
      up.add(parts);
      long safe = parts.core().cluster().safeHeight();
      if (safe > bestHeight) {
        bestHeight = safe;
        best = node;
        bestParts = parts;
      }
    }
    if (best == null || bestParts == null) {
      return;
    }
    if (bestHeight <= calmHeight) {
      fail(
          "the-chain-goes-on",
          "safe block %d at the end, %d when the faults ended".formatted(bestHeight, calmHeight));
    }
    DerivationLog.Entry furthest = bestParts.core().derivationLog().last();
    for (int i = 0; i < up.size(); i++) {
      DerivationLog.Entry last = up.get(i).core().derivationLog().last();
      if (furthest != null && (last == null || last.batchIndex() < furthest.batchIndex() - 1)) {
        fail(
            "derivation-goes-on",
            "%s derived up to batch %s, %s up to %d"
                .formatted(
                    nodes.get(i).name(),
                    last == null ? "none" : last.batchIndex(),
                    best.name(),
                    furthest.batchIndex()));
      }
    }
    Rollup rollup = bestParts.core().cluster().first();
    for (Promised promise : promises) {
      check(promise, rollup, bestHeight);
    }
    for (SealedAt one : sealed) {
      check(one, rollup, bestHeight);
    }
  }

  /** A final seal promises every block of its tick. */
  private void check(SealedAt one, Rollup rollup, long safeHeight) {
    SealMessage message = one.message;
    if (isVoid(message.seal().ctx(), message.operatorId())) {
      return;
    }
    var leaf = message.blocks().getFirst().leaf();
    if (leaf.number() > safeHeight
        || leaf.blockHash().equals(rollup.chain().canonicalHash(leaf.number()))) {
      return;
    }
    if (isExcused(
        message.operatorId(),
        message.seal().object().windowSlot(),
        message.tick(),
        leaf.number(),
        one.atMs)) {
      excused++;
      return;
    }
    fail(
        "final-seals-are-kept",
        "operator %d, window %d, tick %d: block %d was sealed as %s and is %s"
            .formatted(
                message.operatorId(),
                message.seal().object().windowSlot(),
                message.tick(),
                leaf.number(),
                leaf.blockHash(),
                rollup.chain().canonicalHash(leaf.number())));
  }

  private boolean isVoid(Ctx ctx, int operatorId) {
    return ctx.isProvisional()
        || lying.contains(operatorId)
        || !ctx.anchorHash().equals(box.canonicalHash(ctx.anchorNumber()));
  }

  /**
   * From a second before the promise to two slots after the last in which its window posts, and on
   * to when somebody else builds that block.
   */
  private boolean isExcused(int operatorId, long windowSlot, long tick, long number, long atMs) {
    long lastSlotMs = PreparedL1.startMs(box, windowSlot);
    long slotMs = box.clock().slotSeconds() * 1000;
    long builtMs =
        sealed.stream()
            .filter(one ->
                one.message.tick() > tick
                    && one.message.blocks().getFirst().leaf().number() == number)
            .mapToLong(SealedAt::atMs)
            .findFirst()
            .orElse(atMs);
    return excuses.excuse(operatorId - 1, atMs - 1_000, Math.max(builtMs, lastSlotMs + 2 * slotMs));
  }

  /** Promises that could not be kept for faults that came together. */
  int excused() {
    return excused;
  }

  private void check(Promised promised, Rollup rollup, long safeHeight) {
    FragMessage promise = promised.message;
    Ctx ctx = promise.frag().ctx();
    if (isVoid(ctx, promise.operatorId())) {
      return;
    }
    for (FragMessage.Part part : promise.parts()) {
      if (part.number() > safeHeight) {
        continue;
      }
      Hash32 hash = rollup.chain().canonicalHash(part.number());
      Block block = hash == null ? null : rollup.chain().block(hash);
      for (int i = 0; i < part.transactions().size(); i++) {
        int at = (int) part.firstTxIdx() + i;
        boolean kept =
            block != null
                && at < block.transactions().size()
                && block.transactions().get(at).hash().equals(part.transactions().get(i).hash());
        if (!kept) {
          if (isExcused(
              promise.operatorId(),
              promise.frag().object().windowSlot(),
              promise.frag().object().tick(),
              part.number(),
              promised.atMs)) {
            excused++;
            continue;
          }
          fail(
              "final-promises-are-kept",
              "operator %d, window %d, frag %d.%d: transaction %s was promised at %d of block %d"
                  .formatted(
                      promise.operatorId(),
                      promise.frag().object().windowSlot(),
                      promise.frag().object().tick(),
                      promise.frag().object().fragIdx(),
                      part.transactions().get(i).hash(),
                      at,
                      part.number()));
          return;
        }
      }
    }
  }
}
