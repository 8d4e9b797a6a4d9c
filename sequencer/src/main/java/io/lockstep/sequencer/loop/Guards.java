// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.loop;

import io.lockstep.l1client.execution.L1Block;
import io.lockstep.preconf.gossip.SealMessage;
import io.lockstep.primitives.types.Address;
import io.lockstep.sequencer.derive.DerivationLog;
import io.lockstep.sequencer.head.NodeStatus.State;
import io.lockstep.sequencer.head.Turns;
import io.lockstep.sequencer.schedule.Window;
import io.lockstep.sequencer.window.WindowClock;
import org.jspecify.annotations.Nullable;

/**
 * The state machine of protocol §1.5, as one question: may this operator open this tick now? The
 * first guard that fails gives the state and the reason in words; nothing is remembered, so a state
 * ends by itself when its reason does. Owner: the sequencing thread.
 */
final class Guards {
  /** Nothing is promised when L1 has not moved for an epoch, and sooner without any answer. */
  private static final long MAX_L1_ABSENCE_SLOTS = 3;

  private final Core core;
  private final int operatorId;
  private final Address committer;
  private final Facts facts;
  private final ClockWatch clockWatch;
  private final long knownAnchor;
  private final Turns turns;
  private final WindowClock clock;

  /** What the rest of the loop knows that the guards ask for. */
  interface Facts {
    /** Why signing has stopped for good, or null. */
    @Nullable String broken();

    boolean stopping();

    /** Why the L1 clients give no answer, or null. */
    @Nullable String l1Trouble();

    /** Why L1's head cannot be built upon, or null. */
    @Nullable String headDoubt();

    /** Whether peers have told what is not posted yet. */
    boolean heardPeers(long nowMs);

    /** Why the signer does not sign now, or null. */
    @Nullable Verdict signer(long tick, long windowSlot, long nowMs);

    /** Whether this operator can still post something that is sealed. */
    boolean settling();

    /** Why there is no room for more before something is posted, or null. */
    @Nullable String full();

    /** Whether the end of a window was seen. */
    boolean hasEnded(long windowSlot);
  }

  /**
   * What the guards say.
   *
   * @param mayOpen whether the tick may be opened
   */
  record Verdict(State state, String why, boolean mayOpen) {
    static Verdict hold(State state, String why) {
      return new Verdict(state, why, false);
    }
  }

  /**
   * @param committer the key that this node signs with: its windows are those whose committer it is
   * @param knownAnchor number of the newest L1 block that the last process stood on or signed for;
   *     until L1 shows as much, nobody can tell what of it still binds
   */
  Guards(
      Core core,
      int operatorId,
      Address committer,
      Facts facts,
      ClockWatch clockWatch,
      long knownAnchor) {
    this.core = core;
    this.operatorId = operatorId;
    this.committer = committer;
    this.facts = facts;
    this.clockWatch = clockWatch;
    this.knownAnchor = knownAnchor;
    this.turns = core.turns();
    this.clock = core.turns().clock();
  }

  /** Whether {@code tick}, the one of now, may be opened, and what the node is meanwhile. */
  Verdict judge(long tick, long nowMs) {
    String broken = facts.broken();
    if (broken != null) {
      return Verdict.hold(State.SAFE_HALT, broken);
    }
    long timestamp = clock.timestampSeconds(tick);
    Window window = turns.windowAt(timestamp);
    if (window == null) {
      return Verdict.hold(State.SYNCING, "whose turn it is, is not known");
    }
    Verdict signer = facts.signer(tick, window.windowSlot().value(), nowMs);
    if (signer != null && signer.state() == State.SAFE_HALT) {
      return signer;
    }
    String unsafe = unsafe(timestamp);
    if (unsafe != null) {
      return Verdict.hold(State.SAFE_HALT, unsafe);
    }
    if (core.l1().highestSeen() < knownAnchor) {
      return Verdict.hold(
          State.SYNCING,
          "the L1 client shows block %d, this node has seen %d"
              .formatted(core.l1().highestSeen(), knownAnchor));
    }
    if (!facts.heardPeers(nowMs)) {
      return Verdict.hold(State.SYNCING, "asking peers for what is not posted yet");
    }
    if (window.operatorId() != operatorId || window.idle() || facts.stopping()) {
      return atRest(window);
    }
    if (!isForOurKey(window)) {
      return Verdict.hold(
          State.FOLLOWING,
          "window %d is for another committer of this operator than %s: its keys were changed"
              .formatted(window.windowSlot().value(), committer));
    }
    Verdict own = ownWindow(window, tick, timestamp, nowMs);
    return own.mayOpen() && signer != null ? signer : own;
  }

  /** Why nothing new may be promised at all, whoever's turn it is; null when all is well. */
  @Nullable String unsafe(long timestamp) {
    String clockFault = clockWatch.fault();
    if (clockFault != null) {
      return clockFault;
    }
    String headDoubt = facts.headDoubt();
    if (headDoubt != null) {
      return headDoubt;
    }
    L1Block head = core.l1().head();
    L1Block anchor = core.l1().anchorFor(timestamp);
    if (head == null || anchor == null) {
      return "no L1 block is old enough for an anchor";
    }
    long silentSlots = (timestamp - head.timestampSeconds()) / clock.slots().slotSeconds();
    String trouble = facts.l1Trouble();
    if (trouble != null && silentSlots > MAX_L1_ABSENCE_SLOTS) {
      return "L1 is away for " + silentSlots + " slots: " + trouble;
    }
    int epochSlots = clock.slots().slotsPerEpoch();
    if (silentSlots > epochSlots) {
      return "L1 has not moved for " + silentSlots + " slots, limit " + epochSlots;
    }
    long lag = head.number() - anchor.number();
    int limit = core.rules().maxAnchorLagBlocks();
    return lag > limit ? "the anchor lags " + lag + " L1 blocks, limit " + limit : null;
  }

  private Verdict atRest(Window window) {
    if (facts.settling()) {
      return Verdict.hold(State.SETTLING, "what was sealed is on its way to L1 by this operator");
    }
    if (facts.stopping()) {
      return Verdict.hold(State.FOLLOWING, "the node is stopping");
    }
    String turn =
        window.idle()
            ? "operator " + window.operatorId() + " is frozen, its window lies idle"
            : "operator " + window.operatorId() + " sequences";
    Window next = turns.nextWindowOf(operatorId, window);
    return next == null
        ? Verdict.hold(State.FOLLOWING, turn)
        : Verdict.hold(State.ARMED, turn + ", window " + next.windowSlot() + " is ours");
  }

  private Verdict ownWindow(Window window, long tick, long timestamp, long nowMs) {
    long windowSlot = window.windowSlot().value();
    if (facts.hasEnded(windowSlot)
        || (clock.eopTick(window).isPresent() && tick > clock.eopTick(window).getAsLong())) {
      return Verdict.hold(State.HANDOVER_OUT, "window " + windowSlot + " has ended");
    }
    if (tick <= core.cluster().headTick()) {
      return Verdict.hold(State.SEQUENCING, "tick " + tick + " is sealed");
    }
    L1Block anchor = core.l1().anchorFor(timestamp);
    DerivationLog.Entry last = core.derivationLog().last();
    if (anchor == null || (last != null && anchor.number() < last.anchorAfter())) {
      return Verdict.hold(State.SAFE_HALT, "the anchor would go back");
    }
    if (!clock.isArmed(
        window,
        clock.slotForTick(tick),
        turns.schedule().windowCapSlots(),
        core.l1().clock().slotAt(anchor.timestampSeconds()))) {
      return Verdict.hold(
          State.ARMED, "the anchor is older than the schedule of window " + windowSlot);
    }
    if (!turns.isOfThisBranch(window, clock.slotForTick(tick))) {
      return Verdict.hold(
          State.ARMED,
          "the beacon node has not told the schedule of window %d since L1's head came to its branch"
              .formatted(windowSlot));
    }
    String full = facts.full();
    if (full != null) {
      return Verdict.hold(State.POSTING, full);
    }
    long headWindow = headWindow();
    if (headWindow > windowSlot) {
      return Verdict.hold(
          State.SYNCING,
          "the chain ends in window %d, and L1's schedule has %d now"
              .formatted(headWindow, windowSlot));
    }
    Window before = predecessorAwaited(window, nowMs);
    return before == null
        ? new Verdict(State.SEQUENCING, "window " + windowSlot, true)
        : Verdict.hold(State.HANDOVER_IN, "waiting for the end of window " + before.windowSlot());
  }

  /** After a rotation the operator's windows of other epochs are for another key. */
  private boolean isForOurKey(Window window) {
    return committer.equals(turns.committer(window));
  }

  /** Window of the newest tick that is not on L1, or -1. */
  private long headWindow() {
    SealMessage newest =
        core.cluster().height() == core.cluster().safeHeight()
            ? null
            : core.ledger().seal(core.cluster().headTick());
    return newest == null ? -1 : newest.seal().object().windowSlot();
  }

  /** Protocol §1.4: wait for the predecessor's end or the grace. */
  private @Nullable Window predecessorAwaited(Window window, long nowMs) {
    if (clock.firstTick(window).isEmpty()) {
      return null;
    }
    long firstSeconds = clock.timestampSeconds(clock.firstTick(window).getAsLong());
    Window before = turns.windowAt(firstSeconds - 1);
    boolean awaited =
        before != null
            && before.operatorId() != operatorId
            && !facts.hasEnded(before.windowSlot().value())
            && nowMs < firstSeconds * 1000 + core.rules().graceMs();
    return awaited ? before : null;
  }
}
