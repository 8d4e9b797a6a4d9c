// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.wire;

import io.lockstep.node.duty.L1Duties;
import io.lockstep.node.ops.Metrics;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** What of a node's duties on L1 is measured. Any thread. */
final class DutyGauges {
  private DutyGauges() {}

  static void addTo(Metrics metrics, Supplier<@Nullable L1Duties> duties) {
    metrics.counted(
        "lookahead_syncs_sent",
        "transactions that bring an epoch's proposers into the oracle",
        () -> read(duties, L1Duties::syncsSent));
    metrics.gauge(
        "lookahead_epochs_missing",
        "epochs that are needed and not in the oracle",
        () -> read(duties, L1Duties::missingEpochs));
    metrics.gauge(
        "lookahead_epochs_contradicting",
        "epochs whose schedule on chain is not this node's own",
        () -> read(duties, L1Duties::contradictingEpochs));
  }

  private static long read(Supplier<@Nullable L1Duties> duties, ToLongFunction<L1Duties> figure) {
    L1Duties now = duties.get();
    return now == null ? 0 : figure.applyAsLong(now);
  }
}
