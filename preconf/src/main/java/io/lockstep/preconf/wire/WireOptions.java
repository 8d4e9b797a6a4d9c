// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.wire;

import io.lockstep.config.RpcAccess;
import io.lockstep.config.RpcBounds;
import io.lockstep.config.RpcRates;

/**
 * Where a {@link WireServer} listens and what it keeps to. Port 0 takes a free one.
 *
 * @param trustsLoopback whether callers of the own machine are free of the limits by address
 * @param ioThreads event loops
 */
public record WireOptions(
    String host,
    int port,
    RpcBounds bounds,
    RpcRates rates,
    RpcAccess access,
    boolean trustsLoopback,
    int ioThreads) {

  /** The usual bounds, no rates, open to everybody. */
  public static WireOptions of(String host, int port) {
    return new WireOptions(
        host,
        port,
        RpcBounds.DEFAULT,
        RpcRates.NONE,
        RpcAccess.OPEN,
        true,
        Math.clamp(Runtime.getRuntime().availableProcessors() / 2, 1, 4));
  }

  public WireOptions withBounds(RpcBounds value) {
    return new WireOptions(host, port, value, rates, access, trustsLoopback, ioThreads);
  }

  public WireOptions withRates(RpcRates value) {
    return new WireOptions(host, port, bounds, value, access, trustsLoopback, ioThreads);
  }

  public WireOptions withAccess(RpcAccess value) {
    return new WireOptions(host, port, bounds, rates, value, trustsLoopback, ioThreads);
  }

  /** The same, with the own machine held to the limits by address as any other. */
  public WireOptions withoutTrust() {
    return new WireOptions(host, port, bounds, rates, access, false, ioThreads);
  }
}
