// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.loop;

import io.lockstep.l1client.execution.L1Block;
import io.lockstep.preconf.commitment.Ctx;
import io.lockstep.preconf.gossip.SealMessage;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.types.Slot;
import io.lockstep.sequencer.builder.WindowRun;
import io.lockstep.sequencer.derive.DerivationLog;
import io.lockstep.sequencer.schedule.Window;
import io.lockstep.sequencer.window.WindowClock;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The run of sealed ticks of the own window, what it stands on, and whether signatures in it are
 * final (protocol §1.4). Owner: the sequencing thread.
 */
final class OwnRun {
  private final Core core;
  private final int operatorId;
  private final Handover handover;
  private final OpenWindows openWindows;
  private final WindowClock clock;
  private @Nullable WindowRun run;

  OwnRun(Core core, int operatorId, Handover handover, OpenWindows openWindows) {
    this.core = core;
    this.operatorId = operatorId;
    this.handover = handover;
    this.openWindows = openWindows;
    this.clock = core.turns().clock();
  }

  /** The chain has moved: the run is read anew from what is on it. */
  void reset() {
    run = null;
  }

  /** Whether a window comes before the one of the run. */
  boolean isLaterThan(long windowSlot) {
    return run != null && windowSlot < run.windowSlot();
  }

  /** The Ctx flags of a tick of {@code window} on this anchor. */
  int flags(Window window, L1Block anchor) {
    int flags = window.fallback() ? Ctx.FALLBACK : 0;
    long slot = window.windowSlot().value();
    long pendingSlot = handover.pendingSlot(slot, previousWindowSlot(slot));
    long anchorSlot = core.l1().clock().slotAt(anchor.timestampSeconds()).value();
    boolean isFinal =
        (pendingSlot < 0 || anchorSlot >= pendingSlot)
            && !openWindows.isOpen(window, anchor.number());
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

  /** The run of a window, with the ticks of it that are on our chain. */
  WindowRun of(long windowSlot, Hash32 parentWhenNew) {
    WindowRun current = run;
    if (current != null && current.windowSlot() == windowSlot) {
      return current;
    }
    List<SealMessage> ownSeals =
        core.ledger().seals(windowFirstTick(windowSlot), 1_000, Integer.MAX_VALUE).stream()
            .filter(seal ->
                seal.operatorId() == operatorId
                    && seal.seal().object().windowSlot() == windowSlot
                    && core.follower().isOnChain(seal))
            .toList();
    WindowRun fresh =
        ownSeals.isEmpty()
            ? new WindowRun(windowSlot, parentWhenNew)
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
  Hash32 windowParent() {
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
