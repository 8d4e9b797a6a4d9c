// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.wire;

import io.lockstep.l1client.duties.DutyEvent;
import io.lockstep.node.ops.Metrics;
import java.util.concurrent.atomic.AtomicLong;

/** What watching L1 has shown so far, for metrics. Any thread. */
final class L1Watch {
  private final AtomicLong dutyChanges = new AtomicLong();
  private final AtomicLong dutyAlarms = new AtomicLong();
  private final AtomicLong doubtfulEpochs = new AtomicLong();

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
      case DutyEvent.DutiesUnavailable _,
          DutyEvent.DutiesWithdrawn _,
          DutyEvent.LookaheadNotServed _ -> {}
    }
  }

  void addTo(Metrics metrics) {
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
  }
}
