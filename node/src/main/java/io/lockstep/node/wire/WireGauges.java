// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.wire;

import io.lockstep.node.ops.Metrics;
import io.lockstep.preconf.wire.WireMeter;
import java.util.Locale;

/** What the JSON-RPC server has and refuses, as metrics. Any thread. */
final class WireGauges {
  private WireGauges() {}

  static void addTo(Metrics metrics, WireMeter meter) {
    metrics.gauge("rpc_connections", "connections to JSON-RPC", meter::connections);
    metrics.gauge("rpc_subscriptions", "subscriptions that run", meter::subscriptions);
    for (WireMeter.Event event : WireMeter.Event.values()) {
      metrics.counted(
          "rpc_" + event.name().toLowerCase(Locale.ROOT),
          "times that JSON-RPC refused or cut off: "
              + event.name().toLowerCase(Locale.ROOT).replace('_', ' '),
          () -> meter.total(event));
    }
  }
}
