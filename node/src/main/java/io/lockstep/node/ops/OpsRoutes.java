// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.ops;

import io.lockstep.preconf.wire.Routes;

/** The routes of the operations port (architecture §3). Any thread. */
public final class OpsRoutes {
  private OpsRoutes() {}

  public static Routes of(Metrics metrics, Health health, Dashboard dashboard) {
    return new Routes()
        .get("/", dashboard::page)
        .get("/status.json", dashboard::status)
        .get("/health", health::handle)
        .get("/metrics", metrics::handle);
  }
}
