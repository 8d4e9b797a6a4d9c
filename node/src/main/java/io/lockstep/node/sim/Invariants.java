// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.sim;

import io.lockstep.config.cluster.ProtocolParameters;
import io.lockstep.devnet.l1.SteppedBox;
import io.lockstep.node.wire.NodeParts;
import io.lockstep.preconf.commitment.CommitmentDomain;
import io.lockstep.preconf.commitment.Ctx;
import io.lockstep.preconf.commitment.Frag;
import io.lockstep.preconf.commitment.Seal;
import io.lockstep.preconf.commitment.Signed;
import io.lockstep.preconf.commitment.SignedObject;
import io.lockstep.preconf.gossip.FragMessage;
import io.lockstep.preconf.gossip.SealMessage;
import io.lockstep.preconf.gossip.Topics;
import io.lockstep.primitives.codec.DecodeException;
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

  private record Place(int operatorId, long tick, long fragIdx) {}

  private record Said(Hash32 identity, Ctx ctx) {}

  private record OwnWindow(int operatorId, long windowSlot) {}

  private static final long SEAL_PLACE = -1;
  private final AnchoredTurns turns;
  private final Following following;
  private final Insertions insertions;
  private final Registrations registrations;
  private final CommitmentDomain domain;
  private final Map<Hash32, Long> slotOfL1 = new HashMap<>();
  private final Map<Place, Said> said = new LinkedHashMap<>();
  private final Map<OwnWindow, Long> endOfWindow = new HashMap<>();
  private final Promises promises;
  private final Outcomes outcomes;
  private final Map<String, DerivationLog.Entry> lastOf = new LinkedHashMap<>();

  Invariants(
      SimTime time,
      SteppedBox box,
      ProtocolParameters rules,
      Registrations registrations,
      CommitmentDomain domain,
      Insertions insertions,
      Excuses excuses,
      Story story) {
    this.time = time;
    this.startMs = time.nowMs();
    this.box = box;
    this.story = story;
    this.excuses = excuses;
    this.registrations = registrations;
    this.domain = domain;
    this.turns = new AnchoredTurns(box, rules, registrations);
    this.following = new Following(box, excuses);
    this.insertions = insertions;
    this.promises =
        new Promises(time, box, rules.windowCapSlots(), excuses, lying::contains, this::fail);
    this.outcomes = new Outcomes(this::fail);
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
    return promises.seen();
  }

  /** Promises that could not be kept for faults that came together. */
  int excused() {
    return promises.excused();
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
    signedByItsKey(node, message.operatorId(), frag.windowSlot(), message.frag());
    turns.signed(message.operatorId(), frag.windowSlot(), frag.tick(), message.frag().ctx());
    promises.take(message);
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
    signedByItsKey(node, message.operatorId(), seal.windowSlot(), message.seal());
    turns.signed(message.operatorId(), seal.windowSlot(), seal.tick(), message.seal().ctx());
    OwnWindow window = new OwnWindow(message.operatorId(), seal.windowSlot());
    Long end = endOfWindow.get(window);
    if (end != null && seal.tick() > end) {
      fail(
          "nothing-after-the-own-end",
          "%s sealed tick %d of window %d after its end in tick %d"
              .formatted(node.name(), seal.tick(), seal.windowSlot(), end));
    }
    promises.take(message);
    following.sealed(message, time.nowMs());
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

  /** The keys of a window are those of its epoch (protocol §1.1.4). */
  private void signedByItsKey(
      SimNode node, int operatorId, long windowSlot, Signed<? extends SignedObject> signed) {
    Ctx ctx = signed.ctx();
    if (ctx.anchorHash().equals(box.canonicalHash(ctx.anchorNumber()))
        && !registrations.committer(operatorId, windowSlot).equals(domain.signer(signed))) {
      fail(
          "signed-by-the-windows-key",
          "%s signed for window %d with a key that is not that window's"
              .formatted(node.name(), windowSlot));
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

  Outcomes outcomes() {
    return outcomes;
  }

  /** A node has finished a turn. */
  void stepped(SimNode node) {
    NodeParts parts = node.parts();
    if (parts == null) {
      return;
    }
    Cluster cluster = parts.core().cluster();
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
    if (entry != null && !entry.equals(lastOf.put(node.name(), entry))) {
      derived(node, cluster, entry);
    }
    // Only now, for what L1 put in its place is not missed.
    boolean isTwin = node.index() > PreparedL1.OPERATORS;
    String missing =
        isTwin || !lying.isEmpty()
            ? null
            : following.missing(node.name(), cluster.headTick(), time.nowMs());
    if (missing != null) {
      fail("what-is-sealed-is-followed", missing);
    }
  }

  /** A node has applied a batch. */
  private void derived(SimNode node, Cluster cluster, DerivationLog.Entry entry) {
    Hash32 hash = cluster.first().chain().canonicalHash(entry.heightAfter());
    story.tell(
        node.name(),
        "batch %d in L1 block %d %s"
            .formatted(
                entry.batchIndex(),
                entry.l1Number(),
                entry.skipped().isEmpty()
                    ? "makes block " + entry.heightAfter() + " safe"
                    : "derives to nothing: " + entry.skipped()));
    String inserted = insertions.fault(cluster.first().chain(), cluster.safeHeight());
    if (inserted != null) {
      fail("what-l1-sends-is-in-its-block", node.name() + ": " + inserted);
    }
    if (entry.l1Hash().equals(box.canonicalHash(entry.l1Number()))) {
      following.derived(cluster);
    }
    if (hash != null && entry.skipped().isEmpty()) {
      landed(entry, cluster.first().chain().canonicalHeader(entry.heightAfter()));
    }
    outcomes.take(node.name(), entry, hash);
  }

  private void landed(DerivationLog.Entry entry, @Nullable BlockHeader last) {
    long ownSlot = last == null ? -1 : turns.ownSlot(HeaderExtra.of(last).tick());
    if (last != null && HeaderExtra.of(last).operatorId() == 0) {
      promises.openBlock(last.number());
    }
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
    String inserted = insertions.faultAtEnd(rollup.chain(), bestHeight);
    if (inserted != null) {
      fail("a-deposit-is-credited-once", inserted);
    }
    promises.check(rollup, bestHeight);
  }
}
