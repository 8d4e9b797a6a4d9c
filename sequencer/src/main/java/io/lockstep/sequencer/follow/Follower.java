// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.follow;

import io.lockstep.execution.block.TxOutcome;
import io.lockstep.l1client.execution.L1Block;
import io.lockstep.preconf.commitment.CommitmentDomain;
import io.lockstep.preconf.commitment.Ctx;
import io.lockstep.preconf.commitment.Frag;
import io.lockstep.preconf.commitment.Promise;
import io.lockstep.preconf.commitment.PromiseBody;
import io.lockstep.preconf.commitment.Seal;
import io.lockstep.preconf.gossip.FragMessage;
import io.lockstep.preconf.gossip.PromiseMessage;
import io.lockstep.preconf.gossip.SealMessage;
import io.lockstep.preconf.ledger.CommitmentLedger;
import io.lockstep.primitives.tx.BlockHeader;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Epoch;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.types.Slot;
import io.lockstep.sequencer.derive.DerivationRules;
import io.lockstep.sequencer.head.Cluster;
import io.lockstep.sequencer.head.L1View;
import io.lockstep.sequencer.head.Turns;
import io.lockstep.sequencer.schedule.Window;
import io.lockstep.sequencer.tick.HeaderExtra;
import io.lockstep.sequencer.tick.OpenTick;
import io.lockstep.sequencer.tick.Rollup;
import io.lockstep.sequencer.tick.TickPlan;
import io.lockstep.sequencer.watch.ContradictionWatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Applies what other operators sign. A frag is executed at once, so that its receipts can be served
 * here; a seal ends the tick. What does not fit is refused with its reason and changes nothing.
 * Owner: the sequencing thread.
 */
public final class Follower {
  private static final Logger LOG = LoggerFactory.getLogger(Follower.class);

  private final Cluster cluster;
  private final L1View l1;
  private final Turns turns;
  private final CommitmentDomain domain;
  private final Hash32 clusterId;
  private final CommitmentLedger ledger;
  private final DerivationRules rules;
  private final ContradictionWatch watch;

  private @Nullable OpenTick open;
  private long nextFragIdx;
  private Hash32 prevFragHash = Hash32.ZERO;
  private long mismatches;

  /** What became of a message. */
  public sealed interface Outcome {
    /** A frag was executed: its transactions can be shown. */
    record FragApplied(List<Hash32> transactions) implements Outcome {}

    /**
     * A seal's blocks are the heads now.
     *
     * @param droppedFrom lowest height at which other unsafe blocks gave way, or -1
     * @param ticks those put on the chain, oldest first: the one that came and those below it that
     *     were known but had no place
     * @param displaced those that gave way
     */
    record SealApplied(long droppedFrom, List<SealMessage> ticks, List<SealMessage> displaced)
        implements Outcome {}

    /** Known already, or of the past. */
    record Old() implements Outcome {}

    /**
     * Its parent, an earlier frag, its anchor or the duties are not here yet: keep it and try
     * again.
     *
     * @param firstMissingTick sealed ticks from this one up are missing; -1 when it is not that
     */
    record Early(long firstMissingTick) implements Outcome {}

    /** Wrong: not to be kept or passed on. */
    record Refused(String why) implements Outcome {}
  }

  private static final Outcome OLD = new Outcome.Old();
  private static final long NOTHING_MISSING = -1;

  public Follower(
      Cluster cluster,
      L1View l1,
      Turns turns,
      CommitmentDomain domain,
      Hash32 clusterId,
      CommitmentLedger ledger,
      DerivationRules rules,
      ContradictionWatch watch) {
    this.cluster = cluster;
    this.l1 = l1;
    this.turns = turns;
    this.domain = domain;
    this.clusterId = clusterId;
    this.ledger = ledger;
    this.rules = rules;
    this.watch = watch;
  }

  /** The followed tick as far as its frags are here, or null. */
  public @Nullable OpenTick openTick() {
    return open;
  }

  /** Times that a signed receipt or block was not what execution gives; stays 0. */
  public long mismatches() {
    return mismatches;
  }

  /** Forgets the followed tick: the heads have moved under it. */
  public void reset() {
    open = null;
  }

  public Outcome onFrag(FragMessage message) {
    Frag frag = message.frag().object();
    Outcome fault =
        authorityFault(
            message.operatorId(),
            frag.clusterId(),
            frag.windowSlot(),
            frag.tick(),
            domain.signer(message.frag()));
    if (fault == null) {
      watch.saw(message);
      fault = distrust(message.operatorId(), frag.windowSlot());
    }
    if (frag.tick() <= cluster.headTick()) {
      if (!(fault instanceof Outcome.Refused) && isOfOurChain(message)) {
        ledger.record(message);
      }
      return OLD;
    }
    if ((open != null && frag.tick() < open.plan().tick())
        || (open != null && frag.tick() == open.plan().tick() && frag.fragIdx() < nextFragIdx)) {
      return OLD;
    }
    if (fault != null) {
      return fault;
    }
    for (FragMessage.Part part : message.parts()) {
      Rollup rollup = cluster.rollup(part.rollupId());
      if (rollup == null) {
        return new Outcome.Refused("no rollup " + part.rollupId() + " in this cluster");
      }
      if (!rollup.chain().headHash().equals(part.parentHash())) {
        return new Outcome.Early(
            part.number() > cluster.height() + 1 ? cluster.headTick() + 1 : NOTHING_MISSING);
      }
    }
    if (open == null || open.plan().tick() != frag.tick()) {
      if (frag.fragIdx() != 0) {
        return new Outcome.Early(NOTHING_MISSING);
      }
      Ctx ctx = message.frag().ctx();
      long anchorBefore = cluster.anchorAt(cluster.height()).number();
      String wrong = anchorFault(frag.tick(), ctx, anchorBefore);
      if (wrong != null) {
        return new Outcome.Refused(wrong);
      }
      TickPlan plan = plan(message.operatorId(), frag.tick(), ctx);
      if (plan == null) {
        return new Outcome.Early(NOTHING_MISSING);
      }
      open = OpenTick.open(plan, cluster.rollups());
      nextFragIdx = 0;
      prevFragHash = Hash32.ZERO;
      if (open == null) {
        return new Outcome.Refused("the system transaction does not succeed");
      }
    }
    if (frag.fragIdx() > nextFragIdx) {
      return new Outcome.Early(NOTHING_MISSING);
    }
    if (!frag.prevFragHash().equals(prevFragHash)) {
      return new Outcome.Refused("frag " + frag.fragIdx() + " does not follow the one before it");
    }
    return execute(message, open);
  }

  /**
   * Whether a frag is of a tick on our chain, which its seal or L1 brought before it: it is kept
   * then, as users ask any node for their commitments. One of a tick that gave way would hide what
   * came in its place.
   */
  private boolean isOfOurChain(FragMessage message) {
    Frag frag = message.frag().object();
    if (!isCommitter(
        domain.signer(message.frag()), message.operatorId(), new Slot(frag.windowSlot()))) {
      return false;
    }
    for (FragMessage.Part part : message.parts()) {
      Rollup rollup = cluster.rollup(part.rollupId());
      BlockHeader header = rollup == null ? null : rollup.chain().canonicalHeader(part.number());
      if (header == null
          || !header.parentHash().equals(part.parentHash())
          || HeaderExtra.of(header).tick() != frag.tick()
          || HeaderExtra.of(header).operatorId() != message.operatorId()) {
        return false;
      }
    }
    return true;
  }

  private Outcome execute(FragMessage message, OpenTick tick) {
    List<Hash32> shown = new ArrayList<>();
    for (FragMessage.Part part : message.parts()) {
      OpenTick.RollupBlock block = tick.block(part.rollupId());
      if (block.transactions().size() != part.firstTxIdx()
          || block.env().number() != part.number()) {
        return mismatch(
            message, "frag begins at " + part.firstTxIdx() + " of block " + part.number());
      }
      block.expect(part.transactions());
      for (int i = 0; i < part.transactions().size(); i++) {
        Transaction tx = part.transactions().get(i);
        switch (block.execute(tx)) {
          case TxOutcome.Included included -> {
            if (!included.receipt().hash().equals(part.receiptHashes().get(i))) {
              return mismatch(message, "another receipt for transaction " + tx.hash());
            }
          }
          case TxOutcome.Refused refused -> {
            return mismatch(
                message, "transaction " + tx.hash() + " is refused: " + refused.message());
          }
        }
        shown.add(tx.hash());
      }
    }
    nextFragIdx++;
    prevFragHash = message.frag().object().identity();
    ledger.record(message);
    return new Outcome.FragApplied(shown);
  }

  private Outcome mismatch(FragMessage message, String why) {
    notKept(message.operatorId(), message.frag().object().tick(), why);
    open = null;
    return new Outcome.Refused(why);
  }

  private void notKept(int operatorId, long tick, String why) {
    mismatches++;
    LOG.error("not kept: tick {} of operator {}: {}", tick, operatorId, why);
  }

  /**
   * Keeps a frag of a tick that began while this node did not listen. Those before it may be
   * missing for good, as nobody keeps heartbeats, and then it cannot be followed; but whoever
   * builds on its parent begins with what it has released.
   */
  public void keep(FragMessage message) {
    Frag frag = message.frag().object();
    if (frag.tick() > cluster.headTick()
        && message.parts().stream().allMatch(part -> cluster.rollup(part.rollupId()) != null)
        && authorityFault(
                message.operatorId(),
                frag.clusterId(),
                frag.windowSlot(),
                frag.tick(),
                domain.signer(message.frag()))
            == null) {
      ledger.record(message);
    }
  }

  /**
   * Keeps a promise that was heard, when it is of the operator of its tick and about what it says.
   *
   * @return why it is not kept, or null
   */
  public @Nullable String onPromise(PromiseMessage message) {
    Promise promise = message.promise().object();
    Outcome fault =
        authorityFault(
            message.operatorId(),
            promise.clusterId(),
            promise.windowSlot(),
            message.tick(),
            domain.signer(message.promise()));
    if (fault instanceof Outcome.Refused refused) {
      return refused.why();
    }
    PromiseBody said = message.said();
    Hash32 about =
        switch (said) {
          case PromiseBody.Inclusion inclusion -> inclusion.txHash();
          case PromiseBody.Placed placed -> placed.txHash();
          case PromiseBody.StateLock _ -> null;
        };
    Transaction tx = message.transaction();
    if (fault != null || cluster.rollup(said.rollupId()) == null) {
      return "its window or its rollup is not known here";
    }
    if (!Objects.equals(about, tx == null ? null : tx.hash())) {
      return "it comes with another transaction than its own";
    }
    return ledger.record(message) ? null : "it is known";
  }

  public Outcome onSeal(SealMessage message) {
    Seal seal = message.seal().object();
    Outcome fault =
        authorityFault(
            message.operatorId(),
            seal.clusterId(),
            seal.windowSlot(),
            seal.tick(),
            domain.signer(message.seal()));
    if (fault == null) {
      watch.saw(message);
    }
    if (isOnChain(message)) {
      if (isSignedByItsOperator(message)) {
        ledger.record(message); // L1 was faster
      }
      return OLD;
    }
    if (fault == null) {
      fault = distrust(message.operatorId(), seal.windowSlot());
    }
    Outcome shape = fault instanceof Outcome.Refused ? fault : shapeFault(message);
    if (shape != null) {
      return shape;
    }
    if (fault != null) {
      if (isOfAnEarlierEpoch(message)) {
        ledger.record(message);
        return OLD;
      }
      return fault;
    }
    if (SealBranch.number(message) <= cluster.safeHeight()) {
      return OLD;
    }
    ledger.record(message);
    SealBranch branch = SealBranch.to(message, cluster, ledger);
    if (branch == null) {
      return new Outcome.Early(firstMissingTick(message));
    }
    if (!branch.isPreferred(cluster, ledger, l1)) {
      return OLD;
    }
    return apply(branch);
  }

  /**
   * Whether nobody here can say any more whose turn a seal was: its epoch had passed when this node
   * started, and the beacon API tells of the current one and the next. It counts once a seal that
   * can be judged stands on it.
   */
  private boolean isOfAnEarlierEpoch(SealMessage message) {
    List<Epoch> known = turns.schedule().knownEpochs();
    Epoch epoch = turns.clock().slots().epochOf(turns.clock().slotForTick(message.tick()));
    return !known.isEmpty()
        && epoch.compareTo(known.getFirst()) < 0
        && isSignedByItsOperator(message);
  }

  private boolean isSignedByItsOperator(SealMessage message) {
    return isCommitter(
        domain.signer(message.seal()),
        message.operatorId(),
        new Slot(message.seal().object().windowSlot()));
  }

  private boolean isCommitter(@Nullable Address signer, int operatorId, Slot windowSlot) {
    return signer != null && signer.equals(turns.committer(operatorId, windowSlot));
  }

  /** Right above our head, or, when the seal is of another branch, above the safe head. */
  private long firstMissingTick(SealMessage message) {
    return SealBranch.number(message) > cluster.height() + 1
        ? cluster.headTick() + 1
        : HeaderExtra.of(cluster.safe(cluster.first())).tick() + 1;
  }

  private Outcome apply(SealBranch branch) {
    List<TickPlan> plans = new ArrayList<>();
    long anchorBefore = cluster.anchorAt(branch.forkHeight()).number();
    long windowBefore = branch.windowBelow(cluster, ledger);
    for (SealMessage tick : branch.ticks()) {
      long window = SealBranch.windowSlot(tick);
      if (window < windowBefore) {
        return new Outcome.Refused("window %d after window %d".formatted(window, windowBefore));
      }
      windowBefore = window;
      String wrong = anchorFault(tick.tick(), tick.seal().ctx(), anchorBefore);
      if (wrong != null) {
        return new Outcome.Refused(wrong);
      }
      anchorBefore = tick.seal().ctx().anchorNumber();
      TickPlan plan = plan(tick.operatorId(), tick.tick(), tick.seal().ctx());
      if (plan == null) {
        return new Outcome.Early(NOTHING_MISSING);
      }
      plans.add(plan);
    }
    List<SealMessage> displaced = branch.ours(cluster, ledger);
    long droppedFrom = -1;
    if (branch.forkHeight() < cluster.height()) {
      droppedFrom = branch.forkHeight() + 1;
      open = null;
      cluster.rewindTo(branch.forkHeight());
    }
    for (int i = 0; i < plans.size(); i++) {
      String fault = apply(branch.ticks().get(i), plans.get(i));
      if (fault != null) {
        restore(branch.forkHeight(), displaced);
        return new Outcome.Refused(fault);
      }
    }
    return new Outcome.SealApplied(droppedFrom, branch.ticks(), displaced);
  }

  /** Puts back what had given way to a branch that does not hold. */
  private void restore(long forkHeight, List<SealMessage> displaced) {
    cluster.rewindTo(forkHeight);
    for (SealMessage tick : displaced) {
      TickPlan plan = plan(tick.operatorId(), tick.tick(), tick.seal().ctx());
      if (plan == null) {
        return; // its anchor is gone: it would have had to give way anyhow
      }
      String fault = apply(tick, plan);
      if (fault != null) {
        throw new IllegalStateException(
            "tick " + tick.tick() + " was on the chain and cannot be put back: " + fault);
      }
    }
  }

  /** Puts one sealed tick on the head; the reason when it does not hold, and nothing is changed. */
  private @Nullable String apply(SealMessage message, TickPlan plan) {
    OpenTick tick = open != null && continues(open, message) ? open : null;
    open = null;
    if (tick == null) {
      List<Long> gasLimits =
          message.blocks().stream().map(SealMessage.SealedBlock::gasLimit).toList();
      for (int i = 0; i < gasLimits.size(); i++) {
        String fault = cluster.rollups().get(i).gasLimitFault(gasLimits.get(i));
        if (fault != null) {
          return fault;
        }
      }
      tick = OpenTick.open(plan, cluster.rollups(), gasLimits);
    }
    if (tick == null) {
      return "the system transaction does not succeed";
    }
    List<OpenTick.FinishedBlock> finished = new ArrayList<>();
    for (int i = 0; i < message.blocks().size(); i++) {
      SealMessage.SealedBlock sealed = message.blocks().get(i);
      OpenTick.RollupBlock block = tick.blocks().get(i);
      int known = block.bodySize();
      List<Transaction> missing =
          sealed.transactions().subList(known, sealed.transactions().size());
      block.expect(missing);
      for (Transaction tx : missing) {
        if (block.execute(tx) instanceof TxOutcome.Refused refused) {
          return sealNotKept(
              message, "transaction " + tx.hash() + " is refused: " + refused.message());
        }
      }
      OpenTick.FinishedBlock done = block.finish();
      if (!done.hash().equals(sealed.leaf().blockHash())) {
        return sealNotKept(
            message,
            "tick %d executes to %s, sealed %s"
                .formatted(message.tick(), done.hash(), sealed.leaf().blockHash()));
      }
      finished.add(done);
    }
    finished.forEach(OpenTick.FinishedBlock::append);
    return null;
  }

  private String sealNotKept(SealMessage message, String why) {
    notKept(message.operatorId(), message.tick(), why);
    return why;
  }

  /** Whether the followed tick is the beginning of the sealed one. */
  private static boolean continues(OpenTick open, SealMessage message) {
    if (open.plan().tick() != message.tick()
        || open.plan().operatorId() != message.operatorId()
        || open.plan().anchor().number() != message.seal().ctx().anchorNumber()) {
      return false;
    }
    for (int i = 0; i < message.blocks().size(); i++) {
      OpenTick.RollupBlock block = open.blocks().get(i);
      SealMessage.SealedBlock sealed = message.blocks().get(i);
      List<Transaction> known = block.body();
      if (block.env().gasLimit() != sealed.gasLimit()
          || known.size() > sealed.transactions().size()
          || !known.equals(sealed.transactions().subList(0, known.size()))) {
        return false;
      }
    }
    return true;
  }

  /** Whether the blocks of a seal are on our chain. */
  public boolean isOnChain(SealMessage message) {
    for (SealMessage.SealedBlock block : message.blocks()) {
      Rollup rollup = cluster.rollup(block.leaf().rollupId());
      if (rollup == null
          || !block
              .leaf()
              .blockHash()
              .equals(rollup.chain().canonicalHash(block.leaf().number()))) {
        return false;
      }
    }
    return true;
  }

  private Outcome.@Nullable Refused shapeFault(SealMessage message) {
    if (message.blocks().size() != cluster.rollups().size()) {
      return new Outcome.Refused(
          message.blocks().size() + " blocks, the cluster has " + cluster.rollups().size());
    }
    long number = message.blocks().getFirst().leaf().number();
    for (int i = 0; i < message.blocks().size(); i++) {
      SealMessage.SealedBlock block = message.blocks().get(i);
      if (block.leaf().rollupId() != cluster.rollups().get(i).id()
          || block.leaf().number() != number) {
        return new Outcome.Refused("blocks of other rollups or heights than expected");
      }
    }
    return null;
  }

  /** Two things signed for one place: others may stand on the other one, so L1 decides. */
  private Outcome.@Nullable Refused distrust(int operatorId, long windowSlot) {
    return watch.isDistrusted(operatorId, windowSlot)
        ? new Outcome.Refused(
            "operator %d has signed contradictions in window %d".formatted(operatorId, windowSlot))
        : null;
  }

  private @Nullable Outcome authorityFault(
      int operatorId, Hash32 cluster, long windowSlot, long tick, @Nullable Address signer) {
    if (!cluster.equals(clusterId)) {
      return new Outcome.Refused("signed for another cluster");
    }
    Window window = turns.windowAt(rules.timestampOf(tick));
    if (window == null) {
      return new Outcome.Early(NOTHING_MISSING); // whose turn it is, is not known here yet
    }
    if (window.operatorId() != operatorId || window.windowSlot().value() != windowSlot) {
      return new Outcome.Refused(
          "tick " + tick + " belongs to operator " + window.operatorId() + ", not " + operatorId);
    }
    Address committer = turns.committer(window);
    if (signer == null || !signer.equals(committer)) {
      return new Outcome.Refused("not signed by operator " + operatorId);
    }
    return null;
  }

  /** Why derivation would never take a tick on this anchor, or null (protocol §1.7). */
  private @Nullable String anchorFault(long tick, Ctx ctx, long anchorBefore) {
    if (ctx.anchorNumber() < anchorBefore) {
      return "anchor %d of tick %d goes back, %d was used before"
          .formatted(ctx.anchorNumber(), tick, anchorBefore);
    }
    L1Block anchor = l1.canonical(ctx.anchorNumber());
    if (anchor == null || !anchor.hash().equals(ctx.anchorHash())) {
      return null; // not known here yet
    }
    if (!rules.isOldEnough(anchor, tick)) {
      return "anchor %d is too young for tick %d".formatted(ctx.anchorNumber(), tick);
    }
    L1Block expiry = l1.canonical(rules.expiryOf(ctx.anchorNumber()));
    return expiry != null && rules.isExpired(expiry, tick)
        ? "anchor %d is too old for tick %d".formatted(ctx.anchorNumber(), tick)
        : null;
  }

  private @Nullable TickPlan plan(int operatorId, long tick, Ctx ctx) {
    L1Block anchor = l1.canonical(ctx.anchorNumber());
    return anchor == null || !anchor.hash().equals(ctx.anchorHash())
        ? null
        : new TickPlan(tick, rules.timestampOf(tick), anchor, operatorId);
  }
}
