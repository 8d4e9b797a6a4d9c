// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.follow;

import io.lockstep.l1client.beacon.BeaconClient;
import io.lockstep.l1client.beacon.BeaconEvent;
import io.lockstep.l1client.beacon.BeaconEventSource;
import io.lockstep.l1client.duties.DutyTracker;
import io.lockstep.l1client.execution.ExecutionClient;
import io.lockstep.l1client.heads.HeadAgreement;
import io.lockstep.l1client.heads.HeadTracker;
import io.lockstep.l1client.heads.NewHeads;
import io.lockstep.l1client.loop.Pacer;
import io.lockstep.l1client.loop.WakeLoop;
import io.lockstep.primitives.types.SlotClock;
import java.util.function.LongSupplier;

/**
 * Keeps a head tracker and a duty tracker running: each on a thread of its own (a beacon node that
 * hangs must not hold up the heads), woken by the beacon node's events, by an execution client's
 * where one speaks WebSocket and, should these fail, by the clock. A third thread holds the one
 * against the other, a fourth looks which endpoints lag behind. The trackers' consumers are called
 * on the trackers' threads.
 */
public final class L1Follower implements AutoCloseable {
  /** Polls of the head in one slot when no event comes. */
  private static final int HEAD_POLLS_PER_SLOT = 4;

  private static final long SHORTEST_POLL_MS = 100;

  /** A subscription to new heads without one for so long is opened elsewhere. */
  private static final int SILENT_SLOTS = 3;

  private final WakeLoop heads;
  private final WakeLoop duties;
  private final WakeLoop agreement;
  private final WakeLoop health;
  private final NewHeads newHeads;
  private final BeaconEventSource events;
  private final DutyTracker dutyTracker;

  /**
   * @param events hints; closed with this
   * @param nowSeconds Unix time
   */
  public L1Follower(
      ExecutionClient execution,
      BeaconClient beacon,
      BeaconEventSource events,
      SlotClock clock,
      HeadTracker headTracker,
      DutyTracker dutyTracker,
      HeadAgreement headAgreement,
      LongSupplier nowSeconds,
      Pacer pacer) {
    this.events = events;
    this.dutyTracker = dutyTracker;
    long slotMs = clock.slotSeconds() * 1000;
    long pollMs = Math.max(SHORTEST_POLL_MS, slotMs / HEAD_POLLS_PER_SLOT);
    newHeads = new NewHeads(execution, SILENT_SLOTS * slotMs, slotMs, pacer);
    heads = new WakeLoop("l1-heads", () -> headTracker.step() ? 0 : pollMs, pacer);
    duties =
        new WakeLoop(
            "l1-duties",
            () -> {
              dutyTracker.step(nowSeconds);
              return pollMs;
            },
            pacer);
    agreement =
        new WakeLoop(
            "l1-agreement",
            () -> {
              headAgreement.step();
              return pollMs;
            },
            pacer);
    health = new WakeLoop("l1-health", new Health(execution, beacon, clock)::look, pacer);
  }

  /** Ranks the endpoints each slot; once an epoch they must show anew which chain they serve. */
  private static final class Health {
    private final ExecutionClient execution;
    private final BeaconClient beacon;
    private final SlotClock clock;
    private long looks;

    Health(ExecutionClient execution, BeaconClient beacon, SlotClock clock) {
      this.execution = execution;
      this.beacon = beacon;
      this.clock = clock;
    }

    long look() {
      if (++looks % clock.slotsPerEpoch() == 0) {
        execution.pool().checkAgain();
        beacon.pool().checkAgain();
      }
      execution.rankByHead();
      beacon.rankByHead();
      return clock.slotSeconds() * 1000;
    }
  }

  private void onBeaconEvent(BeaconEvent event) {
    dutyTracker.onBeaconEvent(event);
    duties.wake();
    heads.wake();
  }

  /**
   * Starts all threads; once.
   *
   * @param onDeath told when one of them dies of an error: the node cannot go on without it
   */
  public void start(Thread.UncaughtExceptionHandler onDeath) {
    heads.start(onDeath);
    duties.start(onDeath);
    agreement.start(onDeath);
    health.start(onDeath);
    newHeads.start(heads::wake, onDeath);
    events.start(this::onBeaconEvent);
  }

  /** Ends all threads and returns when they are gone. */
  @Override
  public void close() {
    events.close();
    newHeads.close();
    health.close();
    agreement.close();
    duties.close();
    heads.close();
  }
}
