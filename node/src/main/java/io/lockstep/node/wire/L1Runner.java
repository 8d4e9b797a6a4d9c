// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.wire;

import io.lockstep.l1client.L1Exception;
import io.lockstep.l1client.beacon.BeaconEvent;
import io.lockstep.l1client.beacon.BeaconEvents;
import io.lockstep.l1client.beacon.ProposerDuties;
import io.lockstep.l1client.duties.DutyEvent;
import io.lockstep.l1client.duties.DutyTracker;
import io.lockstep.l1client.heads.HeadLoop;
import io.lockstep.l1client.heads.HeadTracker;
import io.lockstep.l1client.heads.L1Event;
import io.lockstep.primitives.types.BlockRef;
import io.lockstep.primitives.types.SlotClock;
import io.lockstep.sequencer.derive.DerivationLog;
import io.lockstep.sequencer.derive.L1Feed;
import io.lockstep.sequencer.loop.Command;
import io.lockstep.sequencer.loop.SequencerLoop;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the loop told about L1: heads through the feed, proposer duties, both prompted by the beacon
 * node's events. Virtual threads of its own.
 */
final class L1Runner implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(L1Runner.class);
  private static final long DUTY_STEP_MS = 250;
  private static final long RETRY_MS = 1_000;

  private final L1Link link;
  private final L1Feed feed;
  private final SequencerLoop loop;
  private final List<Consumer<L1Event>> alsoTold;
  private final LongSupplier clockMs;
  private final BlockingQueue<BeaconEvent> hints = new LinkedBlockingQueue<>(1_024);
  private final BeaconEvents events;
  private final Thread.UncaughtExceptionHandler onDeath;
  private volatile @Nullable HeadLoop heads;
  private volatile boolean closed;
  private @Nullable Thread feedThread;
  private @Nullable Thread dutyThread;

  /**
   * @param alsoTold who hears of L1 events before the feed does: the senders
   * @param onDeath told when a thread dies of an error: the node cannot go on
   */
  L1Runner(
      L1Link link,
      L1Feed feed,
      SequencerLoop loop,
      List<Consumer<L1Event>> alsoTold,
      LongSupplier clockMs,
      Thread.UncaughtExceptionHandler onDeath) {
    this.link = link;
    this.feed = feed;
    this.loop = loop;
    this.alsoTold = List.copyOf(alsoTold);
    this.clockMs = clockMs;
    this.onDeath = onDeath;
    long silenceMs = link.spec().clock().slotSeconds() * 4_000;
    this.events =
        new BeaconEvents(
            link.beacon().pool(),
            link.transport().client(),
            new BeaconEvents.Options(2_000, silenceMs, 200, 5_000),
            this::onHint);
  }

  /** Starts; {@code derived} are the derivation log's newest entries, newest first. */
  void start(List<DerivationLog.Entry> derived) {
    dutyThread =
        Thread.ofVirtual().name("l1-duties").uncaughtExceptionHandler(onDeath).start(this::runDuties);
    feedThread =
        Thread.ofVirtual()
            .name("l1-feed")
            .uncaughtExceptionHandler(onDeath)
            .start(() -> runFeed(derived));
    events.start();
  }

  private void onHint(BeaconEvent event) {
    HeadLoop running = heads;
    if (running != null) {
      running.wake();
    }
    // A lost hint costs promptness only: duties are fetched once a slot in any case.
    var _ = hints.offer(event);
  }

  private void runFeed(List<DerivationLog.Entry> derived) {
    List<BlockRef> resumeFrom = null;
    while (resumeFrom == null && !closed) {
      try {
        resumeFrom = feed.catchUp(derived);
      } catch (L1Exception e) {
        LOG.warn("L1 cannot be read yet: {}", e.getMessage());
        sleep(RETRY_MS);
      } catch (InterruptedException e) {
        return;
      }
    }
    if (closed || resumeFrom == null) {
      return;
    }
    HeadTracker tracker = new HeadTracker(link.execution(), resumeFrom, this::onL1Event);
    HeadLoop running =
        new HeadLoop(tracker, Math.max(100, link.spec().clock().slotSeconds() * 1000 / 8));
    heads = running;
    running.start();
  }

  private void onL1Event(L1Event event) {
    alsoTold.forEach(listener -> listener.accept(event));
    feed.onL1Event(event);
  }

  private void runDuties() {
    SlotClock clock = link.spec().clock();
    DutyTracker tracker = new DutyTracker(link.beacon(), clock, this::onDuties);
    while (!closed) {
      tracker.step(Math.floorDiv(clockMs.getAsLong(), 1000));
      try {
        BeaconEvent hint = hints.poll(DUTY_STEP_MS, TimeUnit.MILLISECONDS);
        while (hint != null) {
          tracker.onBeaconEvent(hint);
          hint = hints.poll();
        }
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private void onDuties(DutyEvent event) {
    switch (event) {
      case DutyEvent.DutiesChanged(var epoch, ProposerDuties duties) -> {
        long[] indices =
            duties.duties().stream().mapToLong(ProposerDuties.Duty::validatorIndex).toArray();
        try {
          loop.put(new Command.Duties(epoch, indices));
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
      case DutyEvent.DutiesUnavailable away ->
          LOG.warn("no proposer duties of epoch {}: {}", away.epoch(), away.why());
    }
  }

  private static void sleep(long ms) {
    try {
      Thread.sleep(ms);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    closed = true;
    feed.stop();
    events.close();
    HeadLoop running = heads;
    if (running != null) {
      running.close();
    }
    interrupt(feedThread);
    interrupt(dutyThread);
  }

  private static void interrupt(@Nullable Thread thread) {
    if (thread != null) {
      thread.interrupt();
    }
  }
}
