// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.wire;

import io.lockstep.config.RpcBounds;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Counts open connections, in all and by address. Any thread. */
final class ConnectionLimit {
  /** Connections over the limit that are told so at the same time; more are just closed. */
  private static final int MAX_REFUSALS = 128;

  private final RpcBounds bounds;
  private final Map<AddressKey, Integer> byAddress = new HashMap<>();
  private int open;

  /** Whether a connection may stay. */
  enum Verdict {
    ADMITTED,
    TOO_MANY,
    TOO_MANY_OF_ADDRESS,
    /** There are too many to be told even that. */
    TOO_MANY_TO_TELL
  }

  ConnectionLimit(RpcBounds bounds) {
    this.bounds = bounds;
  }

  /**
   * Counts one more, refused or not, until {@link #leave}.
   *
   * @param address null when it is free of limits by address
   */
  synchronized Verdict enter(@Nullable AddressKey address) {
    open++;
    int sameAddress = address == null ? 0 : byAddress.merge(address, 1, Integer::sum);
    if (open > bounds.maxConnections() + MAX_REFUSALS
        || sameAddress > bounds.maxConnectionsPerAddress() + MAX_REFUSALS) {
      return Verdict.TOO_MANY_TO_TELL;
    }
    if (open > bounds.maxConnections()) {
      return Verdict.TOO_MANY;
    }
    return sameAddress > bounds.maxConnectionsPerAddress()
        ? Verdict.TOO_MANY_OF_ADDRESS
        : Verdict.ADMITTED;
  }

  synchronized void leave(@Nullable AddressKey address) {
    open--;
    if (address != null && byAddress.merge(address, -1, Integer::sum) == 0) {
      byAddress.remove(address);
    }
  }
}
