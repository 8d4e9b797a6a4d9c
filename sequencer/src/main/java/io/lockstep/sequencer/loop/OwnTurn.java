// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.loop;

import io.lockstep.l1client.execution.L1Block;
import io.lockstep.preconf.commitment.Ctx;
import io.lockstep.preconf.gossip.SealMessage;
import io.lockstep.preconf.signing.CommitmentSigner;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Wei;
import io.lockstep.primitives.uint.UInt256;
import io.lockstep.sequencer.batch.BatchLimits;
import io.lockstep.sequencer.builder.TickBuilder;
import io.lockstep.sequencer.builder.WindowRun;
import io.lockstep.sequencer.head.NodeStatus.State;
import io.lockstep.sequencer.post.Poster;
import io.lockstep.sequencer.schedule.Operator;
import io.lockstep.sequencer.schedule.Window;
import io.lockstep.sequencer.tick.OpenTick;
import io.lockstep.sequencer.tick.TickPlan;
import io.lockstep.sequencer.window.WindowClock;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The operator's part of the loop: when a tick is opened, when it is sealed, what becomes of it
 * when the chain moves (protocol §1.3–1.5). Owner: the sequencing thread.
 */
public final class OwnTurn {
  private static final Logger LOG = LoggerFactory.getLogger(OwnTurn.class);

  private static final long POSTING_BYTES = BatchLimits.MAX_PAYLOAD_BYTES * 8L / 10;
  private static final int MAX_UNPOSTED_TICKS = 480;

  private final Core core;
  private final int operatorId;
  private final CommitmentSigner signer;
  private final TickBuilder builder;
  private final Poster poster;
  private final Handover handover;
  private final Unposted unposted;
  private final Surroundings surroundings;
  private final Guards guards;
  private final PostingDuty duty;
  private final SignerSide signerSide;
  private final OwnRun run;
  private final Unsealed unsealed;
  private final WindowClock clock;

  private long endedWindowSlot = -1;
  private @Nullable String broken;
  private boolean stopping;
  private Guards.Verdict verdict = Guards.Verdict.hold(State.SYNCING, "starting");
  private long announcedWindow = -1;
  private boolean tookUp;

  /** What the loop knows and this part asks for. */
  interface Surroundings {
    @Nullable String l1Trouble();

    /** Why L1's head cannot be built upon, or null. */
    @Nullable String headDoubt();

    boolean heardPeers(long nowMs);
  }

  OwnTurn(
      Core core,
      SequencerLoop.OperatorParts operator,
      Handover handover,
      Unposted unposted,
      Surroundings surroundings,
      ClockWatch clockWatch) {
    this.core = core;
    this.operatorId = operator.operatorId();
    this.signer = operator.signer();
    this.builder = operator.builder();
    this.poster = operator.poster();
    this.handover = handover;
    this.unposted = unposted;
    this.surroundings = surroundings;
    this.clock = core.turns().clock();
    this.signerSide = new SignerSide(core, operatorId, signer);
    long headAnchor = core.cluster().anchorAt(core.cluster().height()).number();
    this.guards =
        new Guards(
            core,
            operatorId,
            new TurnFacts(),
            clockWatch,
            Math.max(headAnchor, signerSide.newestAnchor()));
    this.run = new OwnRun(core, operatorId, handover);
    this.unsealed = new Unsealed(core, operatorId, signer, builder, run, this::roomBytes);
    this.duty = new PostingDuty(operatorId, core.turns(), unposted, poster);
  }

  State state() {
    return verdict.state();
  }

  String why() {
    return verdict.why();
  }

  SignerSide signerSide() {
    return signerSide;
  }

  OwnRun run() {
    return run;
  }

  CommitmentSigner signer() {
    return signer;
  }

  TickBuilder builder() {
    return builder;
  }

  Poster poster() {
    return poster;
  }

  /** Whether this operator signs for the tick that is open now. */
  boolean isSequencing() {
    return builder.openTick() != null;
  }

  /** Whether everything that this node can still post is on its way. */
  boolean hasHandedOver() {
    return duty.isHandedOver();
  }

  Wei exposureLimit() {
    Operator operator = core.turns().operator(operatorId);
    if (operator == null) {
      return Wei.ZERO;
    }
    UInt256 share = UInt256.of(core.rules().exposureSharePercent());
    return new Wei(operator.stake().amount().multiply(share).divide(UInt256.of(100)));
  }

  Wei exposure() {
    long transactions = unposted.transactionsOf(operatorId);
    OpenTick open = builder.openTick();
    if (open != null) {
      for (OpenTick.RollupBlock block : open.blocks()) {
        transactions += block.transactions().size() - 1;
      }
    }
    return new Wei(
        core.rules().countedPerTransaction().amount().multiply(UInt256.of(transactions)));
  }

  /** Nothing new is opened from now on. */
  void stop() {
    stopping = true;
  }

  /** Why nothing may be signed any more. */
  void halt(String reason) {
    broken = reason;
    LOG.error("signing stops: {}", reason);
  }

  /**
   * The chain has moved under the open tick, which is gone; what it had released keeps its place in
   * the block that comes instead, if that has the same parent. Gives back the tick's transactions.
   */
  Map<Long, List<Transaction>> headsMoved() {
    run.reset();
    duty.lookNow();
    OpenTick open = builder.openTick();
    if (open != null) {
      unsealed.keep(open);
    }
    return builder.discard();
  }

  /**
   * Whether a seal of an earlier window comes too late: what is open was signed finally, which is
   * done only when that window can post no more.
   */
  boolean isFinalAgainst(SealMessage seal) {
    Ctx ctx = builder.ctx();
    return ctx != null
        && !ctx.isProvisional()
        && builder.hasReleased()
        && run.isLaterThan(seal.seal().object().windowSlot());
  }

  /** Whether the open tick's anchor is no longer canonical. */
  boolean hasDeadAnchor() {
    OpenTick open = builder.openTick();
    return open != null
        && !core.l1().isCanonical(open.plan().anchor().number(), open.plan().anchor().hash());
  }

  /** One turn: at most one frag or one seal comes of it. */
  TickBuilder.Step step(long nowMs) {
    duty.step(endedWindowSlot, nowMs);
    OpenTick open = builder.openTick();
    if (open != null) {
      long endMs = (clock.timestampSeconds(open.plan().tick()) + clock.tickSeconds()) * 1000;
      if (nowMs >= endMs) {
        return close(open, nowMs);
      }
      String unsafe = guards.unsafe(open.plan().timestampSeconds());
      if (unsafe != null) {
        // What was released is still sealed at the tick's end; nothing is added.
        verdict = Guards.Verdict.hold(State.SAFE_HALT, unsafe);
        return new TickBuilder.Step.Nothing();
      }
      return builder.frag(nowMs);
    }
    long tick = clock.tickAt(Math.floorDiv(nowMs, 1000));
    signerSide.passRestoredWindow(nowMs);
    verdict = guards.judge(tick, nowMs);
    if (!tookUp && verdict.state() != State.SYNCING && verdict.state() != State.SAFE_HALT) {
      tookUp = true;
      unsealed.takeUp(nowMs);
    } else if (verdict.mayOpen()) {
      open(tick, nowMs);
    }
    return new TickBuilder.Step.Nothing();
  }

  /**
   * Ends the open tick now, and with it this operator's window: nothing more of it will be signed.
   */
  TickBuilder.@Nullable Step sealForGood(long nowMs) {
    OpenTick open = builder.openTick();
    return open == null || !open.hasTransactions() ? null : seal(true, nowMs);
  }

  /** Hands what is sealed to the poster at once, the node is about to end. */
  void finish(long nowMs) {
    builder.discard();
    Window window = core.turns().windowAt(Math.floorDiv(nowMs, 1000));
    endedWindowSlot = window == null ? -1 : window.windowSlot().value();
    duty.lookNow();
    duty.step(endedWindowSlot, nowMs);
    poster.hurry(nowMs);
  }

  /** What one posting still has room for. */
  private long roomBytes() {
    return POSTING_BYTES - unposted.bytes();
  }

  private TickBuilder.Step close(OpenTick open, long nowMs) {
    long tick = open.plan().tick();
    Window window = core.turns().windowAt(clock.timestampSeconds(tick));
    boolean eop =
        window != null
            && clock.eopTick(window).isPresent()
            && tick >= clock.eopTick(window).getAsLong();
    long slotTicks = clock.slots().slotSeconds() / clock.tickSeconds();
    boolean lastOfSlot = (tick + 1) % slotTicks == 0;
    if (open.hasTransactions() || eop || lastOfSlot) {
      return seal(eop, nowMs);
    }
    builder.discard();
    return new TickBuilder.Step.Nothing();
  }

  private TickBuilder.Step seal(boolean eop, long nowMs) {
    TickBuilder.Step step = builder.seal(eop, exposure().amount(), signerSide::isDead, nowMs);
    if (step instanceof TickBuilder.Step.Sealed sealed) {
      long windowSlot = sealed.seal().seal().object().windowSlot();
      handover.saw(sealed.seal().seal(), run.previousWindowSlot(windowSlot));
      unposted.refresh();
      if (eop) {
        endedWindowSlot = windowSlot;
        duty.lookNow();
      }
    }
    return step;
  }

  private void open(long tick, long nowMs) {
    long timestamp = clock.timestampSeconds(tick);
    Window window = core.turns().windowAt(timestamp);
    L1Block anchor = core.l1().anchorFor(timestamp);
    if (window == null || anchor == null) {
      throw new IllegalStateException("the guards let a tick pass that has no window or anchor");
    }
    WindowRun windowRun = run.of(window.windowSlot().value(), run.windowParent());
    Ctx ctx =
        new Ctx(
            anchor.number(), anchor.hash(), windowRun.windowParent(), run.flags(window, anchor));
    OrphanedBlock first = unsealed.comesFirst();
    builder.open(
        new TickPlan(tick, timestamp, anchor, operatorId),
        ctx,
        windowRun,
        roomBytes(),
        first.transactions(),
        nowMs);
    unsealed.begunWith(first, nowMs);
    if (announcedWindow != window.windowSlot().value()) {
      announcedWindow = window.windowSlot().value();
      LOG.info(
          "operator {} sequences window {} from tick {}{}",
          operatorId,
          window.windowSlot(),
          tick,
          ctx.isProvisional() ? ", provisionally" : "");
    }
    if (!first.transactions().isEmpty()) {
      LOG.info(
          "tick {} begins with what was released of block {} and never sealed",
          tick,
          first.number());
    }
  }

  /** What the guards ask of this operator's own doings. */
  private final class TurnFacts implements Guards.Facts {
    @Override
    public @Nullable String broken() {
      return broken;
    }

    @Override
    public boolean stopping() {
      return stopping;
    }

    @Override
    public @Nullable String l1Trouble() {
      return surroundings.l1Trouble();
    }

    @Override
    public @Nullable String headDoubt() {
      return surroundings.headDoubt();
    }

    @Override
    public boolean heardPeers(long nowMs) {
      return surroundings.heardPeers(nowMs);
    }

    @Override
    public Guards.@Nullable Verdict signer(long tick, long windowSlot, long nowMs) {
      return signerSide.verdict(tick, windowSlot, nowMs);
    }

    @Override
    public boolean settling() {
      return !duty.isDone();
    }

    @Override
    public @Nullable String full() {
      if (unposted.ticks() >= MAX_UNPOSTED_TICKS || unposted.bytes() >= POSTING_BYTES) {
        return "what is unposted fills one posting: " + unposted.bytes() + " bytes";
      }
      return exposure().compareTo(exposureLimit()) >= 0 ? "the exposure limit is reached" : null;
    }

    @Override
    public boolean hasEnded(long windowSlot) {
      return handover.hasEnded(windowSlot);
    }
  }
}
