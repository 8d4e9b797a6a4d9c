// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.loop;

import io.lockstep.l1client.execution.L1Block;
import io.lockstep.preconf.commitment.Ctx;
import io.lockstep.preconf.gossip.SealMessage;
import io.lockstep.preconf.signing.CommitmentSigner;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.types.Slot;
import io.lockstep.primitives.types.Wei;
import io.lockstep.primitives.uint.UInt256;
import io.lockstep.sequencer.batch.BatchLimits;
import io.lockstep.sequencer.builder.TickBuilder;
import io.lockstep.sequencer.builder.WindowRun;
import io.lockstep.sequencer.derive.DerivationLog;
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
 * The operator's part of the loop: when a tick is opened, when it is sealed, when a window's ticks
 * are handed to the poster (protocol §1.3–1.5). Owner: the sequencing thread.
 */
public final class OwnTurn {
  private static final Logger LOG = LoggerFactory.getLogger(OwnTurn.class);

  /** Nothing is promised when L1 has not moved for so long: no anchor can be trusted. */
  private static final long MAX_L1_SILENCE_SLOTS = 32;

  private static final long MAX_ANCHOR_LAG_BLOCKS = 96;
  private static final long POSTING_BYTES = BatchLimits.MAX_PAYLOAD_BYTES * 8L / 10;
  private static final int MAX_UNPOSTED_TICKS = 480;

  private final Core core;
  private final int operatorId;
  private final CommitmentSigner signer;
  private final TickBuilder builder;
  private final Poster poster;
  private final Handover handover;
  private final Unposted unposted;
  private final WindowClock clock;

  private @Nullable WindowRun run;
  private long lastSealedTick = -1;
  private boolean windowHandedOver = true;
  private @Nullable String halted;
  private boolean stopping;
  private State state = State.FOLLOWING;
  private String why = "";
  private long announcedWindow = -1;

  OwnTurn(
      Core core,
      int operatorId,
      CommitmentSigner signer,
      TickBuilder builder,
      Poster poster,
      Handover handover,
      Unposted unposted) {
    this.core = core;
    this.operatorId = operatorId;
    this.signer = signer;
    this.builder = builder;
    this.poster = poster;
    this.handover = handover;
    this.unposted = unposted;
    this.clock = core.turns().clock();
  }

  State state() {
    return halted == null ? state : State.SAFE_HALT;
  }

  String why() {
    return halted == null ? why : halted;
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
    halted = reason;
    LOG.error("signing stops: {}", reason);
  }

  /** The open tick's transactions, when the chain has moved under it; it is gone then. */
  Map<Long, List<Transaction>> headsMoved() {
    return builder.discard();
  }

  /** Whether the open tick's anchor is no longer canonical. */
  boolean hasDeadAnchor() {
    OpenTick open = builder.openTick();
    return open != null
        && !core.l1().isCanonical(open.plan().anchor().number(), open.plan().anchor().hash());
  }

  /** One turn: at most one frag or one seal comes of it. */
  TickBuilder.Step step(long nowMs) {
    OpenTick open = builder.openTick();
    if (open != null) {
      long endMs = (clock.timestampSeconds(open.plan().tick()) + clock.tickSeconds()) * 1000;
      if (nowMs < endMs) {
        return builder.frag(nowMs);
      }
      return close(open, nowMs);
    }
    handOverPastWindow(nowMs);
    if (halted == null && !stopping) {
      tryOpen(clock.tickAt(Math.floorDiv(nowMs, 1000)), nowMs);
    }
    return new TickBuilder.Step.Nothing();
  }

  /**
   * Ends the open tick now, and with it this operator's window: nothing more of it will be signed.
   */
  TickBuilder.@Nullable Step sealForGood(long nowMs) {
    OpenTick open = builder.openTick();
    return open == null || !open.hasTransactions() ? null : seal(open, true, nowMs);
  }

  /** Hands what is sealed to the poster at once, the node is about to end. */
  void finish(long nowMs) {
    builder.discard();
    if (!windowHandedOver) {
      windowHandedOver = true;
      if (run != null) {
        poster.windowEnded(run.windowSlot(), lastSealedTick, nowMs);
      }
    }
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
      return seal(open, eop, nowMs);
    }
    builder.discard();
    return new TickBuilder.Step.Nothing();
  }

  private TickBuilder.Step seal(OpenTick open, boolean eop, long nowMs) {
    TickBuilder.Step step = builder.seal(eop, exposure().amount(), nowMs);
    if (step instanceof TickBuilder.Step.Sealed sealed) {
      lastSealedTick = open.plan().tick();
      windowHandedOver = false;
      noteSeal(sealed.seal());
      if (eop) {
        handOver(nowMs);
      }
    }
    return step;
  }

  private void noteSeal(SealMessage seal) {
    handover.saw(seal.seal(), previousWindowSlot(seal.seal().object().windowSlot()));
    unposted.refresh();
  }

  /** The window of the own ticks is over without its end having been sealed here. */
  private void handOverPastWindow(long nowMs) {
    if (windowHandedOver || run == null) {
      return;
    }
    Window now = core.turns().windowAt(Math.floorDiv(nowMs, 1000));
    if (now == null || now.windowSlot().value() != run.windowSlot()) {
      handOver(nowMs);
    }
  }

  private void handOver(long nowMs) {
    windowHandedOver = true;
    if (run == null) {
      return;
    }
    long slot = run.windowSlot();
    long ownSlotMs = clock.slots().startSeconds(new Slot(slot)) * 1000;
    long leadMs = clock.handoverLeadSeconds() * 1000;
    // A quarter of the lead is for waiting; the rest for cells and for the way into the payload.
    poster.windowEnded(slot, lastSealedTick, Math.max(nowMs, ownSlotMs - leadMs * 3 / 4));
  }

  private void tryOpen(long tick, long nowMs) {
    long timestamp = clock.timestampSeconds(tick);
    Window window = core.turns().windowAt(timestamp);
    if (window == null || window.operatorId() != operatorId || window.idle()) {
      state = poster.isIdle() ? State.FOLLOWING : State.SETTLING;
      why =
          window == null
              ? "whose turn it is, is not known"
              : "operator " + window.operatorId() + " sequences";
      return;
    }
    String obstacle = obstacle(window, tick, timestamp, nowMs);
    if (obstacle != null) {
      why = obstacle;
      return;
    }
    L1Block anchor = core.l1().anchorFor(timestamp);
    if (anchor == null) {
      state = State.SYNCING;
      why = "no L1 block is old enough for an anchor";
      return;
    }
    WindowRun windowRun = runOf(window.windowSlot().value());
    Ctx ctx =
        new Ctx(anchor.number(), anchor.hash(), windowRun.windowParent(), flags(window, anchor));
    builder.open(
        new TickPlan(tick, timestamp, anchor, operatorId),
        ctx,
        windowRun,
        POSTING_BYTES - unposted.bytes(),
        nowMs);
    state = State.SEQUENCING;
    why = "window " + window.windowSlot();
    if (announcedWindow != window.windowSlot().value()) {
      announcedWindow = window.windowSlot().value();
      LOG.info(
          "operator {} sequences window {} from tick {}{}",
          operatorId,
          window.windowSlot(),
          tick,
          ctx.isProvisional() ? ", provisionally" : "");
    }
  }

  /** Why the tick cannot be opened now, or null; sets the state that goes with it. */
  private @Nullable String obstacle(Window window, long tick, long timestamp, long nowMs) {
    if (tick <= core.cluster().headTick()) {
      return "tick " + tick + " is sealed";
    }
    if (clock.eopTick(window).isPresent() && tick > clock.eopTick(window).getAsLong()) {
      state = State.SETTLING;
      return "window " + window.windowSlot() + " has ended";
    }
    if (!signer.mayOpen(tick, window.windowSlot().value())) {
      return "something was signed for tick " + tick + " or the window's end already";
    }
    L1Block head = core.l1().head();
    L1Block anchor = core.l1().anchorFor(timestamp);
    if (head == null || anchor == null) {
      state = State.SYNCING;
      return "L1 is not known yet";
    }
    long silentSlots = (timestamp - head.timestampSeconds()) / clock.slots().slotSeconds();
    if (silentSlots > MAX_L1_SILENCE_SLOTS) {
      state = State.SAFE_HALT;
      return "L1 has not moved for " + silentSlots + " slots, limit " + MAX_L1_SILENCE_SLOTS;
    }
    if (head.number() - anchor.number() > MAX_ANCHOR_LAG_BLOCKS) {
      state = State.SAFE_HALT;
      return "the anchor lags " + (head.number() - anchor.number()) + " L1 blocks, limit 96";
    }
    DerivationLog.Entry last = core.derivationLog().last();
    if (last != null && anchor.number() < last.anchorAfter()) {
      return "the anchor would go back";
    }
    if (!clock.isArmed(
        window,
        clock.slotForTick(tick),
        core.turns().schedule().windowCapSlots(),
        core.l1().clock().slotAt(anchor.timestampSeconds()))) {
      return "the anchor is older than the schedule of window " + window.windowSlot();
    }
    if (unposted.ticks() >= MAX_UNPOSTED_TICKS || unposted.bytes() >= POSTING_BYTES) {
      return "what is unposted fills one posting: " + unposted.bytes() + " bytes";
    }
    if (exposure().compareTo(exposureLimit()) >= 0) {
      return "the exposure limit is reached";
    }
    return predecessor(window, nowMs);
  }

  /** Protocol §1.4: wait for the predecessor's end or the grace. */
  private @Nullable String predecessor(Window window, long nowMs) {
    if (clock.firstTick(window).isEmpty()) {
      return null;
    }
    long firstSeconds = clock.timestampSeconds(clock.firstTick(window).getAsLong());
    Window before = core.turns().windowAt(firstSeconds - 1);
    if (before == null
        || before.operatorId() == operatorId
        || handover.hasEnded(before.windowSlot().value())
        || nowMs >= firstSeconds * 1000 + core.rules().graceMs()) {
      return null;
    }
    state = State.HANDOVER_IN;
    return "waiting for the end of window " + before.windowSlot();
  }

  private int flags(Window window, L1Block anchor) {
    int flags = window.fallback() ? Ctx.FALLBACK : 0;
    long slot = window.windowSlot().value();
    long pendingSlot = handover.pendingSlot(slot, previousWindowSlot(slot));
    long anchorSlot = core.l1().clock().slotAt(anchor.timestampSeconds()).value();
    boolean isFinal = pendingSlot < 0 || anchorSlot >= pendingSlot;
    return isFinal ? flags : flags | Ctx.PROVISIONAL;
  }

  /** The window before the one named {@code windowSlot}, or one slot less when it is not known. */
  long previousWindowSlot(long windowSlot) {
    Window window = core.turns().windowOf(new Slot(windowSlot));
    if (window != null && clock.firstTick(window).isPresent()) {
      long before = clock.timestampSeconds(clock.firstTick(window).getAsLong()) - 1;
      Window previous = core.turns().windowAt(before);
      if (previous != null) {
        return previous.windowSlot().value();
      }
    }
    return windowSlot - 1;
  }

  private WindowRun runOf(long windowSlot) {
    WindowRun current = run;
    if (current != null && current.windowSlot() == windowSlot) {
      return current;
    }
    List<SealMessage> ownSeals =
        core.ledger().seals(windowFirstTick(windowSlot), 1_000, Integer.MAX_VALUE).stream()
            .filter(seal ->
                seal.operatorId() == operatorId
                    && seal.seal().object().windowSlot() == windowSlot
                    && seal.tick() <= core.cluster().headTick())
            .toList();
    WindowRun fresh =
        ownSeals.isEmpty()
            ? new WindowRun(windowSlot, windowParent())
            : WindowRun.resume(windowSlot, ownSeals);
    run = fresh;
    return fresh;
  }

  private long windowFirstTick(long windowSlot) {
    Window window = core.turns().windowOf(new Slot(windowSlot));
    return window != null && clock.firstTick(window).isPresent()
        ? clock.firstTick(window).getAsLong()
        : clock.firstTickOf(new Slot(windowSlot));
  }

  /**
   * Protocol §1.4: the seal that this window builds on, or the last batch when nothing is unposted.
   */
  private Hash32 windowParent() {
    SealMessage below =
        core.cluster().height() == core.cluster().safeHeight()
            ? null
            : core.ledger().seal(core.cluster().headTick());
    if (below != null) {
      return below.seal().object().identity();
    }
    DerivationLog.Entry last = core.derivationLog().last();
    return last == null ? core.rules().genesisBatchHash() : last.batchHash();
  }
}
