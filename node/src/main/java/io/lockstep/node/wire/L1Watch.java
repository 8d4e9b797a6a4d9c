// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.wire;

import io.lockstep.l1client.beacon.BeaconEvent;
import io.lockstep.l1client.beacon.BeaconEventSource;
import io.lockstep.l1client.duties.DutyEvent;
import io.lockstep.l1client.execution.L1Block;
import io.lockstep.l1client.heads.L1Event;
import io.lockstep.l1client.http.EndpointPool;
import io.lockstep.node.ops.Metrics;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** What watching L1 has shown so far, for metrics. Any thread. */
final class L1Watch {
  private static final long NONE_YET = -1;

  private final AtomicLong dutyChanges = new AtomicLong();
  private final AtomicLong dutyAlarms = new AtomicLong();
  private final AtomicLong doubtfulEpochs = new AtomicLong();
  private final AtomicLong headAlarms = new AtomicLong();
  private final AtomicLong streamsLost = new AtomicLong();
  private volatile boolean headDoubtful;
  private volatile long lastEventMs = NONE_YET;
  private volatile long headSeconds = NONE_YET;

  void onDuties(DutyEvent event) {
    switch (event) {
      case DutyEvent.DutiesChanged changed -> {
        if (changed.replaced()) {
          dutyChanges.incrementAndGet();
        }
      }
      case DutyEvent.DutiesDoubtful _ -> {
        dutyAlarms.incrementAndGet();
        doubtfulEpochs.incrementAndGet();
      }
      case DutyEvent.DoubtEnded _ -> doubtfulEpochs.decrementAndGet();
      case DutyEvent.DutiesConfirmed _,
          DutyEvent.DutiesUnavailable _,
          DutyEvent.DutiesWithdrawn _,
          DutyEvent.LookaheadNotServed _ -> {}
    }
  }

  void onHeadDoubt(@Nullable String why) {
    headDoubtful = why != null;
    if (why != null) {
      headAlarms.incrementAndGet();
    }
  }

  void onL1Event(L1Event event) {
    switch (event) {
      case L1Event.NewBlocks blocks -> headIs(blocks.blocks());
      case L1Event.Reorg reorg -> {
        headSeconds = reorg.forkPoint().timestampSeconds();
        headIs(reorg.added());
      }
      case L1Event.Finalized _,
          L1Event.Safe _,
          L1Event.Unreachable _,
          L1Event.Reachable _,
          L1Event.TooDeep _ -> {}
    }
  }

  private void headIs(List<L1Block> newest) {
    if (!newest.isEmpty()) {
      headSeconds = newest.getLast().timestampSeconds();
    }
  }

  /** The same events, each noted as it passes. */
  BeaconEventSource over(BeaconEventSource events, LongSupplier clockMs) {
    return new BeaconEventSource() {
      @Override
      public void start(Consumer<BeaconEvent> consumer) {
        events.start(event -> {
          switch (event) {
            case BeaconEvent.Lost _ -> streamsLost.incrementAndGet();
            case BeaconEvent.Opened _ -> {}
            case BeaconEvent.Head _, BeaconEvent.ChainReorg _, BeaconEvent.FinalizedCheckpoint _ ->
                lastEventMs = clockMs.getAsLong();
          }
          consumer.accept(event);
        });
      }

      @Override
      public void close() {
        events.close();
      }
    };
  }

  void addTo(Metrics metrics, L1Link link, LongSupplier clockMs) {
    metrics.gauge(
        "l1_head_lag_seconds",
        "time since the slot of the newest L1 block began; -1 before the first",
        () -> since(headSeconds == NONE_YET ? NONE_YET : headSeconds * 1000, clockMs));
    metrics.gauge(
        "l1_event_silence_seconds",
        "time since the beacon node's event stream gave an event; -1 before the first",
        () -> since(lastEventMs, clockMs));
    metrics.counted(
        "l1_event_streams_lost",
        "times that the event stream broke, was refused or fell silent",
        streamsLost::get);
    metrics.counted(
        "l1_duty_changes",
        "times that the proposers of an epoch became others than told before",
        dutyChanges::get);
    metrics.counted(
        "l1_duty_alarms",
        "times that proposer duties were not those of the beacon state",
        dutyAlarms::get);
    metrics.gauge(
        "l1_duties_doubtful",
        "epochs whose proposer duties are not those of the beacon state",
        doubtfulEpochs::get);
    metrics.counted(
        "l1_head_alarms",
        "times that execution and beacon clients were on different chains",
        headAlarms::get);
    metrics.gauge(
        "l1_head_doubtful",
        "1 while execution and beacon clients are on different chains",
        () -> headDoubtful ? 1 : 0);
    endpoints(metrics, "rpc", link.execution().pool());
    endpoints(metrics, "beacon", link.beacon().pool());
  }

  private static double since(long ms, LongSupplier clockMs) {
    return ms == NONE_YET ? -1 : Math.max(0, clockMs.getAsLong() - ms) / 1000.0;
  }

  private static void endpoints(Metrics metrics, String kind, EndpointPool pool) {
    for (int i = 0; i < pool.endpoints().size(); i++) {
      int index = i;
      String name = pool.endpoints().get(i).name();
      metrics.gauge(
          "l1_endpoint_good",
          "1 while an L1 endpoint answers, is of the cluster's L1, and keeps up with the others",
          List.of("kind", kind, "endpoint", name),
          () -> pool.statuses().get(index).setBack() ? 0 : 1);
      metrics.gauge(
          "l1_endpoint_failures_in_a_row",
          "failures of an L1 endpoint since its last answer",
          List.of("kind", kind, "endpoint", name),
          () -> pool.statuses().get(index).failuresInARow());
    }
  }
}
