// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.derive;

import io.lockstep.l1client.contract.InboundEvents;
import io.lockstep.l1client.contract.InboxEvent;
import io.lockstep.l1client.contract.OpenBlockProposed;
import io.lockstep.l1client.execution.L1Block;
import io.lockstep.preconf.commitment.CommitmentDomain;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.sequencer.head.Cluster;
import io.lockstep.sequencer.inbound.InboundLog;
import io.lockstep.sequencer.tick.Rollup;
import io.lockstep.sequencer.tick.TickPlan;
import org.jspecify.annotations.Nullable;

/**
 * Turns what the inbox took into safe blocks (protocol §3, skip rule): a batch is right as a whole
 * or derives to nothing. A function of L1 alone, in stages: {@link BatchReader} decodes, {@link
 * BatchCheck} finds what is wrong before anything is executed, {@link PlannedTick} says what each
 * tick is made from, {@link TickExecution} makes it. Blocks that this node has already executed and
 * that the batch repeats in every input are not executed again. Owner: the sequencing thread.
 */
public final class Derivation {
  private final Cluster cluster;
  private final DerivationLog log;
  private final InboundLog inbound;
  private final DerivationRules rules;
  private final BatchCheck check;
  private final TickExecution execution;
  private final Hash32 genesisBatchHash;

  /** What a batch came to. */
  public sealed interface Outcome {
    /**
     * The safe heads are at {@code height} now.
     *
     * @param replacedFrom lowest height at which an unsafe block of ours had to give way, or -1
     */
    record Derived(long height, long replacedFrom) implements Outcome {}

    /**
     * It derived to nothing.
     *
     * @param replacedFrom lowest height at which unsafe blocks were dropped on the way, or -1
     */
    record Skipped(String why, long replacedFrom) implements Outcome {}
  }

  /**
   * @param inbound what L1 has for the rollups, which they take from when a tick is opened
   */
  public Derivation(
      Cluster cluster,
      DerivationLog log,
      InboundLog inbound,
      DerivationRules rules,
      CommitmentDomain domain,
      Hash32 clusterId,
      Hash32 genesisBatchHash) {
    this.cluster = cluster;
    this.genesisBatchHash = genesisBatchHash;
    this.log = log;
    this.inbound = inbound;
    this.rules = rules;
    this.check =
        new BatchCheck(
            rules,
            new SealCheck(domain, clusterId),
            cluster.rollups().stream().map(Rollup::id).toList());
    this.execution = new TickExecution(cluster);
    // A crash between the log's record and the mark leaves the mark ahead: the log says what is
    // derived, and only what it has can be taken back in a reorg.
    DerivationLog.Entry last = log.last();
    if (cluster.safeHeight() > heightOf(last)) {
      cluster.markSafe(heightOf(last));
    }
    // What L1 said after the last batch is told again, and may be another branch's now.
    inbound.rewindTo(last == null ? -1 : last.l1Number());
  }

  private static long heightOf(DerivationLog.@Nullable Entry entry) {
    return entry == null ? 0 : entry.heightAfter();
  }

  /** Everything that L1 has for the rollups is known up to this block; -1 when nothing is. */
  public long inboundKnownTo() {
    return inbound.knownTo();
  }

  /** Takes what an L1 block has for the rollups; before the batches of later blocks. */
  public void take(L1Block block, InboundEvents events) {
    inbound.add(block.ref(), events);
  }

  /**
   * Applies what the inbox took next.
   *
   * @param at the L1 block that holds it
   */
  public Outcome apply(L1Block at, FetchedBatch batch) {
    DerivationLog.Entry before = log.last();
    long anchorBefore = before == null ? 0 : before.anchorAfter();
    Hash32 hashBefore = before == null ? genesisBatchHash : before.batchHash();
    Outcome outcome =
        switch (batch) {
          case FetchedBatch.Garbage garbage -> new Outcome.Skipped(garbage.why(), -1);
          case FetchedBatch.OpenBlock open -> derive(open, anchorBefore);
          case FetchedBatch.Decoded readable -> {
            String fault = check.fault(at, readable, hashBefore);
            yield fault == null ? derive(readable, anchorBefore) : new Outcome.Skipped(fault, -1);
          }
        };
    log.append(
        new DerivationLog.Entry(
            batch.event().batchIndex(),
            at.number(),
            at.hash(),
            batch.event().batchHash(),
            batch.event().declaredHead(),
            cluster.safeHeight(),
            outcome instanceof Outcome.Derived ? anchorAfter(batch, anchorBefore) : anchorBefore,
            closes(batch.event())
                ? rules.clock().slotAt(at.timestampSeconds()).value()
                : before == null ? -1 : before.closedSlot(),
            outcome instanceof Outcome.Skipped skipped ? skipped.why() : ""));
    return outcome;
  }

  /** Protocol §1.3.6: not what a stranger carries, for it may be garbage. */
  private static boolean closes(InboxEvent event) {
    return event instanceof OpenBlockProposed || event.operatorId() != 0;
  }

  private static long anchorAfter(FetchedBatch batch, long anchorBefore) {
    long last =
        switch (batch) {
          case FetchedBatch.Garbage _ -> anchorBefore;
          case FetchedBatch.OpenBlock open -> open.anchor().number();
          case FetchedBatch.Decoded readable -> readable.call().anchorNumber();
        };
    return Math.max(anchorBefore, last);
  }

  /** Takes back everything that L1 blocks above {@code l1Number} gave; unsafe blocks stay. */
  public void rewindTo(long l1Number) {
    inbound.rewindTo(l1Number);
    cluster.markSafe(heightOf(log.rewindTo(l1Number)));
  }

  /** Moves the finalized heads to what L1 blocks up to {@code l1Number} gave. */
  public void finalizeUpTo(long l1Number) {
    DerivationLog.Entry newest = log.newestUpTo(l1Number);
    if (newest != null) {
      cluster.markFinalized(newest.heightAfter());
    }
  }

  private Outcome derive(FetchedBatch.Decoded batch, long anchorBefore) {
    Run run = new Run(anchorBefore);
    for (PlannedTick tick : PlannedTick.of(batch, rules)) {
      String wrong = run.next(tick);
      if (wrong != null) {
        return run.skipped("tick " + tick.plan().tick() + ": " + wrong);
      }
    }
    return run.derived();
  }

  private Outcome derive(FetchedBatch.OpenBlock open, long anchorBefore) {
    long tick = open.event().tick();
    TickPlan plan = new TickPlan(tick, rules.timestampOf(tick), open.anchor(), 0);
    Run run = new Run(anchorBefore);
    String wrong = run.open(plan);
    return wrong == null ? run.derived() : run.skipped("open block at tick " + tick + ": " + wrong);
  }

  /** One batch on its way onto the chains. */
  private final class Run {
    private final long safe = cluster.safeHeight();
    private final long anchorBefore;
    private long height = safe;
    private long replacedFrom = -1;
    private long executedFrom = -1;

    Run(long anchorBefore) {
      this.anchorBefore = anchorBefore;
    }

    /** Puts the next tick on the chains; what is wrong with it, or null. */
    @Nullable String next(PlannedTick tick) {
      if (tick.number() <= safe && execution.isPresent(tick)) {
        return null; // passed over
      }
      if (tick.declared().stream().anyMatch(entry -> entry.number() != height + 1)) {
        return "block " + tick.number() + " does not follow the derived block " + height;
      }
      String wrong = execution.misplaced(tick.plan(), height, anchorBefore);
      if (wrong == null && !execution.isKnown(tick)) {
        dropUnsafe();
        wrong = execution.execute(tick);
      }
      height += wrong == null ? 1 : 0;
      return wrong;
    }

    @Nullable String open(TickPlan plan) {
      String wrong = execution.misplaced(plan, height, anchorBefore);
      if (wrong == null) {
        dropUnsafe();
        wrong = execution.executeOpen(plan);
      }
      height += wrong == null ? 1 : 0;
      return wrong;
    }

    private void dropUnsafe() {
      if (cluster.height() > height) {
        replacedFrom = height + 1;
        cluster.rewindTo(height);
      }
      executedFrom = executedFrom == -1 ? height + 1 : executedFrom;
    }

    Outcome derived() {
      cluster.markSafe(height);
      return new Outcome.Derived(height, replacedFrom);
    }

    Outcome skipped(String why) {
      if (executedFrom != -1 && cluster.height() >= executedFrom) {
        cluster.rewindTo(executedFrom - 1); // what this batch put on the chain goes with it
      }
      return new Outcome.Skipped(why, replacedFrom);
    }
  }
}
