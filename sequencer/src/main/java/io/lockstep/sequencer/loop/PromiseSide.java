// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.loop;

import io.lockstep.l1client.execution.L1Block;
import io.lockstep.l1client.fee.BlobSchedule;
import io.lockstep.preconf.commitment.Ctx;
import io.lockstep.preconf.commitment.Promise;
import io.lockstep.preconf.commitment.PromiseBody;
import io.lockstep.preconf.commitment.TxLeaf;
import io.lockstep.preconf.gossip.PromiseMessage;
import io.lockstep.preconf.signing.CommitmentSigner;
import io.lockstep.preconf.signing.SigningOutcome;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import io.lockstep.sequencer.builder.TickBuilder;
import io.lockstep.sequencer.promise.PromiseAnswer;
import io.lockstep.sequencer.promise.PromiseAsk;
import io.lockstep.sequencer.promise.PromiseBook;
import io.lockstep.sequencer.promise.PromiseDesk;
import io.lockstep.sequencer.promise.PromiseOffer;
import io.lockstep.sequencer.promise.PromisePrice;
import io.lockstep.sequencer.promise.PromiseRates;
import io.lockstep.sequencer.schedule.Window;
import io.lockstep.sequencer.tick.OpenTick;
import io.lockstep.sequencer.tick.Rollup;
import io.lockstep.sequencer.window.WindowClock;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Requests for promises (protocol §2.2, §6). A transaction goes into the open tick's next frag
 * first and is promised then: so a promise never runs ahead of what keeps it. What finds no place
 * waits for the next tick, not longer. Owner: the sequencing thread.
 */
final class PromiseSide {
  /** Requests that wait at one time. */
  private static final int MOST_WAITING = 1_024;

  /**
   * Of one frag when the key is held elsewhere: the sequencing thread waits for each signature, at
   * most the signer's time-out.
   */
  private static final int REMOTE_PROMISES = 8;

  /** How long one waits: for the tick after the next to begin. */
  private static final int PATIENCE_TICKS = 2;

  private final Core core;
  private final int operatorId;
  private final CommitmentSigner signer;
  private final TickBuilder builder;
  private final PromiseDesk desk;
  private final PromiseBook book;
  private final Supplier<PromisePrice.Exposure> exposure;
  private final WindowClock clock;
  private final List<Waiting> waiting = new ArrayList<>();
  private final Map<Hash32, Waiting> offered = new LinkedHashMap<>();
  private final List<Answered> answered = new ArrayList<>();

  private record Waiting(
      PromiseAsk ask, Consumer<PromiseAnswer> reply, long untilMs, long deadlineTick) {
    UInt256 counts(UInt256 perTransaction) {
      return ask.coverageWei().isZero() ? perTransaction : ask.coverageWei();
    }
  }

  /**
   * An answer that may leave once {@code ticket} is durable.
   *
   * @param ticket 0 when nothing was signed
   */
  record Answered(PromiseAnswer answer, Consumer<PromiseAnswer> reply, long ticket) {}

  PromiseSide(
      Core core,
      int operatorId,
      CommitmentSigner signer,
      TickBuilder builder,
      BlobSchedule blobs,
      PromiseRates rates,
      Supplier<PromisePrice.Exposure> exposure) {
    this.core = core;
    this.operatorId = operatorId;
    this.signer = signer;
    this.builder = builder;
    this.exposure = exposure;
    this.clock = core.turns().clock();
    this.desk =
        new PromiseDesk(
            core.cluster().rollups(),
            rates,
            blobs,
            clock.slots().slotSeconds(),
            clock.tickSeconds());
    this.book = new PromiseBook(core.cluster(), core.l1(), operatorId);
    book.takeUp(core.ledger());
  }

  PromiseBook.Counted counted(long postedHeight) {
    OpenTick open = builder.openTick();
    return book.counted(postedHeight, open == null ? -1 : open.plan().tick());
  }

  long differences() {
    return book.differences();
  }

  void newHeads() {
    book.refresh();
  }

  /** What is asked for and not promised yet. */
  UInt256 reservedWei() {
    UInt256 out = UInt256.ZERO;
    for (Waiting one : offered.values()) {
      out = out.add(one.counts(core.rules().countedPerTransaction().amount()));
    }
    return out;
  }

  /** Answers of this turn. */
  List<Answered> takeAnswered() {
    List<Answered> out = List.copyOf(answered);
    answered.clear();
    return out;
  }

  /** Somebody asks for a promise. */
  void ask(PromiseAsk ask, Consumer<PromiseAnswer> reply, long nowMs) {
    if (waiting.size() + offered.size() >= MOST_WAITING) {
      refuse(reply, "busy: " + MOST_WAITING + " requests wait already");
      return;
    }
    long untilMs = nowMs + PATIENCE_TICKS * clock.tickSeconds() * 1_000;
    waiting.add(new Waiting(ask, reply, untilMs, -1));
  }

  private void refuse(Consumer<PromiseAnswer> reply, String why) {
    answered.add(new Answered(new PromiseAnswer.Refused(why), reply, 0));
  }

  private String told(long nowMs) {
    return core.turns().told(Math.floorDiv(nowMs, 1_000));
  }

  /** What a promise would cost now. */
  PromiseOffer offer(PromiseAsk ask, long nowMs) {
    OpenTick open = builder.openTick();
    PromisePrice.Exposure now = withReserved();
    if (open == null) {
      return new PromiseOffer(
          null, UInt256.ZERO, now, "this node has no tick open: " + told(nowMs));
    }
    L1Block head = core.l1().head();
    Rollup rollup = core.cluster().rollup(ask.rollupId());
    if (rollup == null || head == null) {
      return new PromiseOffer(null, UInt256.ZERO, now, "no rollup " + ask.rollupId());
    }
    return desk.offer(ask, rollup, open.block(rollup.id()).env(), head, now);
  }

  private PromisePrice.Exposure withReserved() {
    PromisePrice.Exposure now = exposure.get();
    return new PromisePrice.Exposure(now.outstandingWei().add(reservedWei()), now.limitWei());
  }

  /** Before a frag: hands the builder what can be promised. */
  void beforeFrag(OpenTick open, long nowMs) {
    if (waiting.isEmpty()) {
      return;
    }
    List<Waiting> now = List.copyOf(waiting);
    waiting.clear();
    int room = signer.isRemote() ? REMOTE_PROMISES - offered.size() : MOST_WAITING;
    for (Waiting one : now) {
      String why = obstacle(one, open, nowMs);
      if (why != null) {
        refuse(one.reply, why);
      } else if (room > 0 && take(one, open)) {
        room--;
      } else {
        keepWaiting(one, nowMs);
      }
    }
  }

  private void keepWaiting(Waiting one, long nowMs) {
    if (nowMs >= one.untilMs) {
      refuse(one.reply, "no place was found in " + PATIENCE_TICKS + " ticks");
    } else {
      waiting.add(one);
    }
  }

  private @Nullable String obstacle(Waiting one, OpenTick open, long nowMs) {
    PromiseAsk ask = one.ask;
    Ctx ctx = builder.ctx();
    if (ctx == null || ctx.isProvisional()) {
      return "what is signed now is provisional: it would bind to nothing";
    }
    if (core.cluster().rollup(ask.rollupId()) == null) {
      return "no rollup " + ask.rollupId();
    }
    long tick = open.plan().tick();
    long last = windowsLastTick(open);
    if (ask.lastTick() > last) {
      return "tick %d lies beyond the window's last, %d".formatted(ask.lastTick(), last);
    }
    if (ask.lastTick() >= 0 && ask.lastTick() < tick) {
      return "tick %d has passed, %d is open".formatted(ask.lastTick(), tick);
    }
    PromiseOffer offer = offer(ask, nowMs);
    if (offer.whyNot() != null) {
      return offer.whyNot();
    }
    Transaction tx = ask.transaction();
    if (tx == null) {
      return null;
    }
    if (offered.containsKey(tx.hash())) {
      return "a promise about this transaction is being made";
    }
    UInt256 baseFee = open.block(ask.rollupId()).env().baseFeePerGas();
    UInt256 price = tx.effectiveGasPrice(baseFee);
    UInt256 tip = price.compareTo(baseFee) < 0 ? UInt256.ZERO : price.subtract(baseFee);
    return tip.compareTo(offer.tipWeiPerGas()) < 0
        ? "the tip is %s wei per gas, this promise costs %s".formatted(tip, offer.tipWeiPerGas())
        : null;
  }

  private long windowsLastTick(OpenTick open) {
    Window window = core.turns().windowAt(open.plan().timestampSeconds());
    return window == null || clock.eopTick(window).isEmpty()
        ? open.plan().tick()
        : clock.eopTick(window).getAsLong();
  }

  /** Whether it is on its way; else it waits. */
  private boolean take(Waiting one, OpenTick open) {
    long deadline = one.ask.lastTick() >= 0 ? one.ask.lastTick() : windowsLastTick(open);
    Waiting dated = new Waiting(one.ask, one.reply, one.untilMs, deadline);
    Transaction tx = one.ask.transaction();
    PromiseAsk.Lock lock = one.ask.lock();
    if (lock != null) {
      // The signer knows the block from the tick's first frag on.
      if (!builder.hasFrag()) {
        return false;
      }
      OpenTick.RollupBlock block = open.block(one.ask.rollupId());
      sign(
          dated,
          new PromiseBody.StateLock(
              block.rollup().id(),
              block.env().number(),
              block.parentHash(),
              lock.account(),
              lock.slot(),
              block.rollup().chain().headState().storage(lock.account(), UInt256.of(lock.slot()))),
          open);
      return true;
    }
    if (tx == null || (one.ask.isTop() && !builder.isTopFree(one.ask.rollupId()))) {
      return false;
    }
    builder.ask(one.ask.rollupId(), tx);
    offered.put(tx.hash(), dated);
    return true;
  }

  /** After the builder's turn: promises what is in its frag. */
  void afterFrag(TickBuilder.Step step, OpenTick open, long nowMs) {
    if (offered.isEmpty()) {
      return;
    }
    if (step instanceof TickBuilder.Step.Released released) {
      for (TxLeaf leaf : released.frag().leaves()) {
        Waiting one = offered.get(leaf.txHash());
        if (one != null && one.ask.rollupId() == leaf.rollupId()) {
          offered.remove(leaf.txHash());
          promise(one, leaf, open);
        }
      }
    }
    for (Iterator<Waiting> it = offered.values().iterator(); it.hasNext(); ) {
      Waiting one = it.next();
      Transaction tx = one.ask.transaction();
      TickBuilder.Unfit unfit = tx == null ? null : builder.takeUnfit(tx.hash());
      if (unfit != null) {
        it.remove();
        if (unfit.mayFitLater()) {
          keepWaiting(one, nowMs);
        } else {
          refuse(one.reply, unfit.why());
        }
      }
    }
  }

  private void promise(Waiting one, TxLeaf leaf, OpenTick open) {
    Transaction tx = one.ask.transaction();
    Address sender = tx == null ? null : tx.sender();
    if (tx == null || sender == null) {
      throw new IllegalStateException("what was executed has a sender");
    }
    sign(
        one,
        switch (one.ask.kind()) {
          case Promise.INCLUSION ->
              new PromiseBody.Inclusion(
                  leaf.rollupId(), sender, tx.nonce(), tx.hash(), one.deadlineTick);
          case Promise.EXECUTION -> PromiseBody.Execution.of(leaf);
          default -> PromiseBody.Top.of(leaf);
        },
        open);
  }

  private void sign(Waiting one, PromiseBody body, OpenTick open) {
    Ctx ctx = builder.ctx();
    if (ctx == null) {
      throw new IllegalStateException("a tick is open");
    }
    long windowSlot = builder.windowSlot();
    // A place may also be kept by a later tick: what was released begins the block that comes.
    long deadline = one.ask.kind() == Promise.INCLUSION ? one.deadlineTick : windowsLastTick(open);
    Promise promise =
        Promise.of(
            core.rules().clusterId(),
            windowSlot,
            body,
            one.ask.coverageWei(),
            deadline,
            ctx.hash(),
            signer.nextPromiseNonce(windowSlot));
    CommitmentSigner.PromiseRequest request =
        new CommitmentSigner.PromiseRequest(
            operatorId,
            open.plan().tick(),
            one.ask.requestHash(),
            one.ask.transaction(),
            one.ask.fabric());
    switch (signer.sign(promise, ctx, request)) {
      case SigningOutcome.Granted<PromiseMessage> granted -> {
        book.add(granted.message());
        PromiseAnswer given = new PromiseAnswer.Given(granted.message());
        answered.add(new Answered(given, one.reply, granted.ticket()));
      }
      case SigningOutcome.Unanswered<PromiseMessage> none ->
          refuse(one.reply, "no promise was signed: " + none.reason());
      case SigningOutcome.Refused<PromiseMessage> refused ->
          refuse(one.reply, "no promise was signed: " + refused.reason());
    }
  }

  /** The open tick ends or is given up: what found no frag waits again. */
  void tickEnds(long nowMs) {
    List<Waiting> left = List.copyOf(offered.values());
    offered.clear();
    left.forEach(one -> keepWaiting(one, nowMs));
  }

  /** How full the tick's blocks were. */
  void sealed(OpenTick open) {
    desk.sealed(open);
  }

  /** A turn without an open tick: who has waited long enough is told why. */
  void rest(String why, long nowMs) {
    for (Iterator<Waiting> it = waiting.iterator(); it.hasNext(); ) {
      Waiting one = it.next();
      if (nowMs >= one.untilMs - clock.tickSeconds() * 1_000) {
        it.remove();
        refuse(one.reply, "this node signs nothing now: %s; %s".formatted(why, told(nowMs)));
      }
    }
  }
}
