// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.loop;

import io.lockstep.l1client.execution.L1Block;
import io.lockstep.preconf.commitment.Ctx;
import io.lockstep.preconf.gossip.SealMessage;
import io.lockstep.preconf.signing.CommitmentSigner;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Wei;
import io.lockstep.primitives.uint.UInt256;
import io.lockstep.sequencer.builder.TickBuilder;
import io.lockstep.sequencer.builder.WindowRun;
import io.lockstep.sequencer.head.NodeStatus.State;
import io.lockstep.sequencer.post.Poster;
import io.lockstep.sequencer.promise.PromiseBook;
import io.lockstep.sequencer.promise.PromisePrice;
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

  private final Core core;
  private final int operatorId;
  private final CommitmentSigner signer;
  private final TickBuilder builder;
  private final Poster poster;
  private final Handover handover;
  private final Posted posted;
  private final Unposted unposted;
  private final PostingRoom postingRoom;
  private final PromiseSide promises;
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
  private long anchorNumber;

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
      Posted posted,
      Unposted unposted,
      Surroundings surroundings,
      ClockWatch clockWatch) {
    this.core = core;
    this.operatorId = operator.operatorId();
    this.signer = operator.signer();
    this.builder = operator.builder();
    this.poster = operator.poster();
    this.handover = handover;
    this.posted = posted;
    this.unposted = unposted;
    this.postingRoom = new PostingRoom(core.cluster(), unposted, poster);
    this.surroundings = surroundings;
    this.clock = core.turns().clock();
    this.signerSide = new SignerSide(core, operatorId, signer);
    long headAnchor = core.cluster().anchorAt(core.cluster().height()).number();
    this.guards =
        new Guards(
            core,
            operatorId,
            signer.committer(),
            new TurnFacts(),
            clockWatch,
            Math.max(headAnchor, signerSide.newestAnchor()));
    this.run =
        new OwnRun(
            core,
            operatorId,
            handover,
            new OpenWindows(core.derivationLog(), core.rules().openAfterSlots()));
    this.unsealed = new Unsealed(core, operatorId, signer, builder, run, this::room);
    this.anchorNumber = headAnchor;
    this.promises =
        new PromiseSide(
            core, operatorId, signer, builder, operator.blobs(), operator.rates(), this::standing);
    this.duty =
        new PostingDuty(operatorId, core.turns(), core.l1(), unposted, poster, this::wantsRoom);
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

  /**
   * What this operator stands for: the coverage of its promises and, for each transaction that
   * bought none, a fixed amount, in all ticks that are not posted at the anchor (protocol §6.2).
   */
  Wei exposure() {
    OpenTick open = builder.openTick();
    long postedHeight =
        Math.min(
            core.cluster().safeHeight(),
            posted.heightAt(open == null ? anchorNumber : open.plan().anchor().number()));
    return new Wei(exposureAbove(postedHeight));
  }

  /**
   * What it would stand for if the blocks up to a height were all that is posted.
   *
   * @param postedHeight at or below the safe head
   */
  private UInt256 exposureAbove(long postedHeight) {
    OpenTick open = builder.openTick();
    long transactions = unposted.transactionsOf(operatorId, postedHeight);
    if (open != null) {
      for (OpenTick.RollupBlock block : open.blocks()) {
        transactions += block.bodySize();
      }
    }
    PromiseBook.Counted counted = promises.counted(postedHeight);
    UInt256 fixed =
        core.rules()
            .countedPerTransaction()
            .amount()
            .multiply(UInt256.of(Math.max(0, transactions - counted.transactions())));
    return fixed.add(counted.coverageWei());
  }

  /**
   * Whether a posting is worth its fees before the window's end: so much room is taken that users
   * may have to wait, and a good part of it by what is not on L1 yet.
   *
   * @param lastTick the newest own one
   */
  private boolean wantsRoom(long lastTick) {
    int percent = core.rules().earlyPostingPercent();
    UInt256 hundred = UInt256.of(100);
    UInt256 threshold = exposureLimit().amount().multiply(UInt256.of(percent)).divide(hundred);
    boolean isCrowded =
        !threshold.isZero()
            && exposure().amount().compareTo(threshold) >= 0
            && exposureAbove(core.cluster().safeHeight())
                    .multiply(UInt256.of(2))
                    .compareTo(threshold)
                >= 0;
    if (percent >= 100 || !(isCrowded || postingRoom.isFilledTo(percent))) {
      return false;
    }
    // Under a provisional signature an earlier window may still post what this one stands on.
    SealMessage newest = core.ledger().sealHead(lastTick);
    return newest != null && !newest.seal().ctx().isProvisional();
  }

  private PromisePrice.Exposure standing() {
    return new PromisePrice.Exposure(exposure().amount(), exposureLimit().amount());
  }

  PromiseSide promises() {
    return promises;
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
    promises.tickEnds(Long.MAX_VALUE);
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
    Window now = core.turns().windowAt(Math.floorDiv(nowMs, 1000));
    if (now != null && now.operatorId() == operatorId) {
      postingRoom.step(now.windowSlot().value());
    }
    duty.step(endedWindowSlot, nowMs);
    OpenTick open = builder.openTick();
    if (open != null && builder.isUnsigned()) {
      return again(open, nowMs);
    }
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
      promises.beforeFrag(open, nowMs);
      TickBuilder.Step step = builder.frag(nowMs);
      promises.afterFrag(step, open, nowMs);
      return noticed(step);
    }
    long tick = clock.tickAt(Math.floorDiv(nowMs, 1000));
    signerSide.passRestoredWindow(nowMs);
    L1Block anchor = core.l1().anchorFor(clock.timestampSeconds(tick));
    anchorNumber = anchor == null ? anchorNumber : anchor.number();
    verdict = guards.judge(tick, nowMs);
    promises.rest(verdict.why(), nowMs);
    if (!tookUp && verdict.state() != State.SYNCING && verdict.state() != State.SAFE_HALT) {
      tookUp = true;
      unsealed.takeUp(nowMs);
    } else if (verdict.mayOpen()) {
      open(tick, nowMs);
    }
    return new TickBuilder.Step.Nothing();
  }

  /**
   * The key's holder has not signed something of the open tick: it is asked for the very same again
   * as soon as it is there, while the window lasts. What was released of the tick keeps its place
   * beyond that.
   */
  private TickBuilder.Step again(OpenTick open, long nowMs) {
    Window window = core.turns().windowAt(Math.floorDiv(nowMs, 1000));
    if (window == null || window.windowSlot().value() != builder.windowSlot()) {
      return new TickBuilder.Step.GivenUp(
          "tick %d was not signed while its window lasted: %s"
              .formatted(open.plan().tick(), verdict.why()));
    }
    String trouble = signer.trouble();
    if (trouble != null) {
      verdict = Guards.Verdict.hold(State.SAFE_HALT, trouble);
      promises.rest(trouble, nowMs);
      return new TickBuilder.Step.Nothing();
    }
    TickBuilder.Step step = builder.again(signerSide);
    if (step instanceof TickBuilder.Step.Released) {
      promises.afterFrag(step, open, nowMs);
    }
    if (step instanceof TickBuilder.Step.Released || step instanceof TickBuilder.Step.Sealed) {
      LOG.info("the committer's signer signs again");
      verdict =
          new Guards.Verdict(State.SEQUENCING, "window " + window.windowSlot().value(), false);
    }
    return noticed(step);
  }

  private TickBuilder.Step noticed(TickBuilder.Step step) {
    if (step instanceof TickBuilder.Step.Sealed sealed) {
      long windowSlot = sealed.seal().seal().object().windowSlot();
      handover.saw(sealed.seal(), run.previousWindowSlot(windowSlot));
      unposted.sealed(sealed.seal());
      unposted.refresh();
      if (sealed.seal().seal().object().eop()) {
        endedWindowSlot = windowSlot;
        duty.lookNow();
      }
    } else if (step instanceof TickBuilder.Step.Unsigned none) {
      LOG.warn("nothing is signed: {}", none.why());
      verdict = Guards.Verdict.hold(State.SAFE_HALT, none.why());
    }
    return step;
  }

  /**
   * Ends the open tick now, and with it this operator's window: nothing more of it will be signed.
   */
  TickBuilder.@Nullable Step sealForGood(long nowMs) {
    OpenTick open = builder.openTick();
    return open == null || builder.isUnsigned() || !open.hasTransactions()
        ? null
        : seal(true, nowMs);
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

  /** What one posting and the exposure still have room for. */
  private TickBuilder.Room room() {
    return new TickBuilder.Room(postingRoom.freeBytes(), this::roomTransactions);
  }

  /** How many more transactions the exposure has room for. */
  private long roomTransactions() {
    UInt256 taken = exposure().amount().add(promises.reservedWei());
    UInt256 limit = exposureLimit().amount();
    return taken.compareTo(limit) >= 0
        ? 0
        : limit
            .subtract(taken)
            .divide(core.rules().countedPerTransaction().amount())
            .toLongSaturated();
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
    promises.tickEnds(nowMs);
    promises.sealed(open);
    if (open.hasTransactions() || eop || lastOfSlot) {
      return seal(eop, nowMs);
    }
    builder.discard();
    return new TickBuilder.Step.Nothing();
  }

  private TickBuilder.Step seal(boolean eop, long nowMs) {
    return noticed(builder.seal(eop, exposure().amount(), signerSide, nowMs));
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
        room(),
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
      if (postingRoom.isFull()) {
        return "what is unposted fills one posting: " + unposted.bytes() + " bytes";
      }
      return roomTransactions() == 0 ? "the exposure limit is reached" : null;
    }

    @Override
    public boolean hasEnded(long windowSlot) {
      return handover.hasEnded(windowSlot);
    }
  }
}
