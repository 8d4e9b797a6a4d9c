// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.follow;

import io.lockstep.execution.block.TxOutcome;
import io.lockstep.l1client.execution.L1Block;
import io.lockstep.preconf.commitment.CommitmentDomain;
import io.lockstep.preconf.commitment.Ctx;
import io.lockstep.preconf.commitment.Frag;
import io.lockstep.preconf.commitment.Seal;
import io.lockstep.preconf.gossip.FragMessage;
import io.lockstep.preconf.gossip.SealMessage;
import io.lockstep.preconf.ledger.CommitmentLedger;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.sequencer.derive.DerivationRules;
import io.lockstep.sequencer.head.Cluster;
import io.lockstep.sequencer.head.L1View;
import io.lockstep.sequencer.head.Turns;
import io.lockstep.sequencer.schedule.Window;
import io.lockstep.sequencer.tick.HeaderExtra;
import io.lockstep.sequencer.tick.OpenTick;
import io.lockstep.sequencer.tick.Rollup;
import io.lockstep.sequencer.tick.TickPlan;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Applies what other operators sign. A frag is executed at once, so that its receipts can be served
 * here; a seal ends the tick. What does not fit is refused with its reason and changes nothing.
 * Owner: the sequencing thread.
 */
public final class Follower {
  private final Cluster cluster;
  private final L1View l1;
  private final Turns turns;
  private final CommitmentDomain domain;
  private final Hash32 clusterId;
  private final CommitmentLedger ledger;
  private final DerivationRules rules;

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
     */
    record SealApplied(long droppedFrom) implements Outcome {}

    /** Known already, or of the past. */
    record Old() implements Outcome {}

    /** Its parent, an earlier frag or its anchor is not here yet: keep it and try again. */
    record Early(boolean ticksMissing) implements Outcome {}

    /** Wrong: not to be kept or passed on. */
    record Refused(String why) implements Outcome {}
  }

  private static final Outcome OLD = new Outcome.Old();

  public Follower(
      Cluster cluster,
      L1View l1,
      Turns turns,
      CommitmentDomain domain,
      Hash32 clusterId,
      CommitmentLedger ledger,
      DerivationRules rules) {
    this.cluster = cluster;
    this.l1 = l1;
    this.turns = turns;
    this.domain = domain;
    this.clusterId = clusterId;
    this.ledger = ledger;
    this.rules = rules;
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
    if (frag.tick() <= cluster.headTick()
        || (open != null && frag.tick() < open.plan().tick())
        || (open != null && frag.tick() == open.plan().tick() && frag.fragIdx() < nextFragIdx)) {
      return OLD;
    }
    Outcome.Refused fault =
        authorityFault(
            message.operatorId(),
            frag.clusterId(),
            frag.windowSlot(),
            frag.tick(),
            domain.signer(message.frag()));
    if (fault != null) {
      return fault;
    }
    for (FragMessage.Part part : message.parts()) {
      Rollup rollup = cluster.rollup(part.rollupId());
      if (rollup == null) {
        return new Outcome.Refused("no rollup " + part.rollupId() + " in this cluster");
      }
      if (!rollup.chain().headHash().equals(part.parentHash())) {
        return new Outcome.Early(part.number() > cluster.height() + 1);
      }
    }
    if (open == null || open.plan().tick() != frag.tick()) {
      if (frag.fragIdx() != 0) {
        return new Outcome.Early(false);
      }
      TickPlan plan = plan(message.operatorId(), frag.tick(), message.frag().ctx());
      if (plan == null) {
        return new Outcome.Early(false);
      }
      open = OpenTick.open(plan, cluster.rollups());
      nextFragIdx = 0;
      prevFragHash = Hash32.ZERO;
      if (open == null) {
        return new Outcome.Refused("the system transaction does not succeed");
      }
    }
    if (frag.fragIdx() > nextFragIdx) {
      return new Outcome.Early(false);
    }
    if (!frag.prevFragHash().equals(prevFragHash)) {
      return new Outcome.Refused("frag " + frag.fragIdx() + " does not follow the one before it");
    }
    return execute(message, open);
  }

  private Outcome execute(FragMessage message, OpenTick tick) {
    List<Hash32> shown = new ArrayList<>();
    for (FragMessage.Part part : message.parts()) {
      OpenTick.RollupBlock block = tick.block(part.rollupId());
      if (block.transactions().size() != part.firstTxIdx()
          || block.env().number() != part.number()) {
        return mismatch("frag begins at " + part.firstTxIdx() + " of block " + part.number());
      }
      for (int i = 0; i < part.transactions().size(); i++) {
        Transaction tx = part.transactions().get(i);
        switch (block.execute(tx)) {
          case TxOutcome.Included included -> {
            if (!included.receipt().hash().equals(part.receiptHashes().get(i))) {
              return mismatch("another receipt for transaction " + tx.hash());
            }
          }
          case TxOutcome.Refused refused -> {
            return mismatch("transaction " + tx.hash() + " is refused: " + refused.message());
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

  private Outcome mismatch(String why) {
    mismatches++;
    open = null;
    return new Outcome.Refused(why);
  }

  public Outcome onSeal(SealMessage message) {
    Seal seal = message.seal().object();
    if (isOnChain(message)) {
      return OLD;
    }
    Outcome.Refused fault =
        authorityFault(
            message.operatorId(),
            seal.clusterId(),
            seal.windowSlot(),
            seal.tick(),
            domain.signer(message.seal()));
    if (fault == null) {
      fault = shapeFault(message);
    }
    if (fault != null) {
      return fault;
    }
    long number = message.blocks().getFirst().leaf().number();
    if (number > cluster.height() + 1) {
      return new Outcome.Early(true);
    }
    if (number <= cluster.safeHeight()) {
      return OLD;
    }
    if (!parentsAreHere(message, number - 1)) {
      return number == cluster.height() + 1 || !isPreferred(seal, number)
          ? new Outcome.Early(number == cluster.height() + 1)
          : OLD;
    }
    TickPlan plan = plan(message.operatorId(), seal.tick(), message.seal().ctx());
    if (plan == null) {
      return new Outcome.Early(false);
    }
    long droppedFrom = -1;
    if (number <= cluster.height()) {
      if (!isPreferred(seal, number)) {
        return OLD;
      }
      droppedFrom = number;
      open = null;
      cluster.rewindTo(number - 1);
    }
    return apply(message, plan, droppedFrom);
  }

  private Outcome apply(SealMessage message, TickPlan plan, long droppedFrom) {
    OpenTick tick = open != null && continues(open, message) ? open : null;
    open = null;
    if (tick == null) {
      tick =
          OpenTick.open(
              plan,
              cluster.rollups(),
              message.blocks().stream().map(SealMessage.SealedBlock::gasLimit).toList());
    }
    if (tick == null) {
      return new Outcome.Refused("the system transaction does not succeed");
    }
    List<OpenTick.FinishedBlock> finished = new ArrayList<>();
    for (int i = 0; i < message.blocks().size(); i++) {
      SealMessage.SealedBlock sealed = message.blocks().get(i);
      OpenTick.RollupBlock block = tick.blocks().get(i);
      int known = block.transactions().size() - 1;
      for (Transaction tx : sealed.transactions().subList(known, sealed.transactions().size())) {
        if (block.execute(tx) instanceof TxOutcome.Refused refused) {
          return mismatch("transaction " + tx.hash() + " is refused: " + refused.message());
        }
      }
      OpenTick.FinishedBlock done = block.finish();
      if (!done.hash().equals(sealed.leaf().blockHash())) {
        return mismatch(
            "tick "
                + message.tick()
                + " executes to "
                + done.hash()
                + ", sealed "
                + sealed.leaf().blockHash());
      }
      finished.add(done);
    }
    finished.forEach(OpenTick.FinishedBlock::append);
    ledger.record(message);
    return new Outcome.SealApplied(droppedFrom);
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
      List<Transaction> known = block.transactions().subList(1, block.transactions().size());
      if (block.env().gasLimit() != sealed.gasLimit()
          || known.size() > sealed.transactions().size()
          || !known.equals(sealed.transactions().subList(0, known.size()))) {
        return false;
      }
    }
    return true;
  }

  /**
   * An earlier window's seal goes before a later one's at the same height: it may still be posted
   * first.
   */
  private boolean isPreferred(Seal seal, long number) {
    var header = cluster.first().chain().canonicalHeader(number);
    if (header == null) {
      return true;
    }
    SealMessage ours = ledger.seal(HeaderExtra.of(header).tick());
    return ours != null && seal.windowSlot() < ours.seal().object().windowSlot();
  }

  private boolean isOnChain(SealMessage message) {
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

  private boolean parentsAreHere(SealMessage message, long parentNumber) {
    for (int i = 0; i < message.blocks().size(); i++) {
      Hash32 here = cluster.rollups().get(i).chain().canonicalHash(parentNumber);
      if (!message.blocks().get(i).leaf().parentHash().equals(here)) {
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

  private Outcome.@Nullable Refused authorityFault(
      int operatorId, Hash32 cluster, long windowSlot, long tick, @Nullable Address signer) {
    if (!cluster.equals(clusterId)) {
      return new Outcome.Refused("signed for another cluster");
    }
    Window window = turns.windowAt(rules.timestampOf(tick));
    if (window == null) {
      return new Outcome.Refused("whose turn tick " + tick + " is, is not known here");
    }
    if (window.operatorId() != operatorId || window.windowSlot().value() != windowSlot) {
      return new Outcome.Refused(
          "tick " + tick + " belongs to operator " + window.operatorId() + ", not " + operatorId);
    }
    Address committer = turns.committer(operatorId);
    if (signer == null || !signer.equals(committer)) {
      return new Outcome.Refused("not signed by operator " + operatorId);
    }
    return null;
  }

  private @Nullable TickPlan plan(int operatorId, long tick, Ctx ctx) {
    L1Block anchor = l1.canonical(ctx.anchorNumber());
    return anchor == null || !anchor.hash().equals(ctx.anchorHash())
        ? null
        : new TickPlan(tick, rules.timestampOf(tick), anchor, operatorId);
  }
}
