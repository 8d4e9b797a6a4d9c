// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.wire;

import io.lockstep.l1client.L1Exception;
import io.lockstep.l1client.beacon.BeaconEventSource;
import io.lockstep.l1client.beacon.ProposerDuties;
import io.lockstep.l1client.duties.DutyEvent;
import io.lockstep.l1client.duties.DutyTracker;
import io.lockstep.l1client.follow.L1Follower;
import io.lockstep.l1client.heads.HeadAgreement;
import io.lockstep.l1client.heads.HeadTracker;
import io.lockstep.l1client.heads.L1Event;
import io.lockstep.l1client.loop.Pacer;
import io.lockstep.node.duty.L1Duties;
import io.lockstep.node.rpc.L1Heads;
import io.lockstep.primitives.types.BlockRef;
import io.lockstep.primitives.types.Epoch;
import io.lockstep.sequencer.derive.L1Feed;
import io.lockstep.sequencer.loop.Command;
import io.lockstep.sequencer.loop.L1Alarm;
import io.lockstep.sequencer.loop.SequencerLoop;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the loop told about L1: first what happened while the node was away, then heads and
 * proposer duties as they come. Threads of its own.
 */
public final class L1Runner implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(L1Runner.class);
  private static final long RETRY_MS = 1_000;

  private final L1Link link;
  private final BeaconEventSource events;
  private final Pacer pacer;
  private final L1Feed feed;
  private final SequencerLoop loop;
  private final List<Consumer<L1Event>> alsoTold;
  private final L1Watch watch;
  private final L1Heads heads;
  private final L1Duties duties;
  private final LongSupplier clockMs;
  private final Thread.UncaughtExceptionHandler onDeath;
  private final Map<Epoch, String> doubts = new TreeMap<>();
  private volatile @Nullable L1Follower follower;
  private volatile boolean closed;
  private Pacer.@Nullable Running catchUp;

  /**
   * @param events hints of the beacon node; closed with this
   * @param alsoTold who hears of L1 events before the feed does: the senders
   * @param watch counts what comes
   * @param heads keeps what came last
   * @param duties started, woken and closed with this
   * @param onDeath told when a thread dies of an error: the node cannot go on
   */
  L1Runner(
      L1Link link,
      BeaconEventSource events,
      L1Feed feed,
      SequencerLoop loop,
      List<Consumer<L1Event>> alsoTold,
      L1Watch watch,
      L1Heads heads,
      L1Duties duties,
      LongSupplier clockMs,
      Pacer pacer,
      Thread.UncaughtExceptionHandler onDeath) {
    this.link = link;
    this.events = events;
    this.pacer = pacer;
    this.feed = feed;
    this.loop = loop;
    this.alsoTold = List.copyOf(alsoTold);
    this.watch = watch;
    this.heads = heads;
    this.duties = duties;
    this.clockMs = clockMs;
    this.onDeath = onDeath;
  }

  /** Starts where the node stopped. */
  public void start(L1Feed.Resume resume) {
    catchUp = pacer.start("l1-catch-up", () -> catchUpAndFollow(resume), onDeath);
    duties.start(onDeath);
  }

  private void catchUpAndFollow(L1Feed.Resume resume) {
    try {
      List<BlockRef> resumeFrom = catchUp(resume);
      HeadTracker tracker = new HeadTracker(link.execution(), resumeFrom, this::onL1Event);
      DutyTracker proposers = new DutyTracker(link.beacon(), link.spec().clock(), this::onDuties);
      long slotMs = link.spec().clock().slotSeconds() * 1000;
      HeadAgreement agreement =
          new HeadAgreement(
              link.execution(),
              link.beacon(),
              tracker::view,
              slotMs, // an anchor is older than that
              pacer::nowMs,
              this::onHeadDoubt);
      L1Follower running =
          new L1Follower(
              link.execution(),
              link.beacon(),
              watch.over(events, clockMs),
              link.spec().clock(),
              tracker,
              proposers,
              agreement,
              () -> Math.floorDiv(clockMs.getAsLong(), 1000),
              pacer);
      synchronized (this) {
        if (!closed) {
          follower = running;
          running.start(onDeath);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private List<BlockRef> catchUp(L1Feed.Resume resume) throws InterruptedException {
    while (true) {
      try {
        return feed.catchUp(resume);
      } catch (L1Exception e) {
        LOG.warn("L1 cannot be read yet: {}", e.getMessage());
        pacer.sleep(RETRY_MS);
      }
    }
  }

  private void onL1Event(L1Event event) {
    watch.onL1Event(event);
    heads.onEvent(event);
    alsoTold.forEach(listener -> listener.accept(event));
    feed.onL1Event(event);
    heads.onRead(event);
    duties.wake();
  }

  private void onHeadDoubt(@Nullable String why) {
    watch.onHeadDoubt(why);
    if (why == null) {
      LOG.warn("execution and beacon clients agree on L1's head again");
    } else {
      LOG.error("ALARM: nothing is built upon L1's head: {}", why);
    }
    tell(new Command.Alarm(L1Alarm.HEAD, why));
  }

  private void onDuties(DutyEvent event) {
    watch.onDuties(event);
    switch (event) {
      case DutyEvent.DutiesChanged changed -> {
        if (changed.replaced()) {
          LOG.warn("the proposers of epoch {} are others than before", changed.epoch());
        }
        long[] indices =
            changed.duties().duties().stream()
                .mapToLong(ProposerDuties.Duty::validatorIndex)
                .toArray();
        tell(new Command.Duties(changed.epoch(), indices));
      }
      case DutyEvent.DutiesConfirmed confirmed ->
          tell(new Command.DutiesConfirmed(confirmed.epoch()));
      case DutyEvent.DutiesUnavailable away ->
          LOG.warn("no proposer duties of epoch {}: {}", away.epoch(), away.why());
      case DutyEvent.DutiesDoubtful doubt -> {
        LOG.error("ALARM: duties of epoch {} are held back: {}", doubt.epoch(), doubt.why());
        doubts.put(doubt.epoch(), doubt.why());
        tellDoubts();
      }
      case DutyEvent.DoubtEnded ended -> {
        LOG.warn("the duties of epoch {} are no longer doubtful", ended.epoch());
        doubts.remove(ended.epoch());
        tellDoubts();
      }
      case DutyEvent.DutiesWithdrawn withdrawn ->
          tell(new Command.DutiesWithdrawn(withdrawn.from()));
      case DutyEvent.LookaheadNotServed unserved ->
          LOG.warn(
              "{} does not serve the proposer lookahead: duties are not held against it there",
              unserved.endpoint());
    }
  }

  private void tellDoubts() {
    String why = null;
    if (!doubts.isEmpty()) {
      why =
          doubts.entrySet().stream()
              .map(doubt -> "duties of epoch " + doubt.getKey() + ": " + doubt.getValue())
              .collect(Collectors.joining("; "));
    }
    tell(new Command.Alarm(L1Alarm.DUTIES, why));
  }

  private void tell(Command command) {
    try {
      loop.put(command);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    closed = true;
    duties.close();
    feed.stop();
    Pacer.Running catchingUp = catchUp;
    if (catchingUp != null) {
      catchingUp.close();
    }
    synchronized (this) {
      if (follower != null) {
        follower.close();
      }
    }
  }
}
