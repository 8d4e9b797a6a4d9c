// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.wire;

import io.lockstep.primitives.rpc.RpcError;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Which calls of whom are made: the operator's methods and the limits of rate. Any thread. */
final class Gate {
  private final Access access;
  private final RateLimiter limiter;
  private final WireOptions options;
  private final WireMeter meter;

  /**
   * Who makes a call.
   *
   * @param address null when free of limits by address
   * @param isOperator whether it bore the operator's token
   */
  record Caller(@Nullable AddressKey address, boolean isOperator) {}

  Gate(Access access, RateLimiter limiter, WireOptions options, WireMeter meter) {
    this.access = access;
    this.limiter = limiter;
    this.options = options;
    this.meter = meter;
  }

  /** Why a call is not made; null when it is. */
  @Nullable RpcError refusal(Caller caller, String method) {
    MethodClass kind = MethodClass.of(method);
    long waitNs = take(caller, kind);
    if (waitNs > 0) {
      return new RpcError(RpcError.LIMIT_EXCEEDED, tooMany(kind, waitNs));
    }
    if (!caller.isOperator && access.isOperators(method)) {
      return new RpcError(
          RpcError.METHOD_NOT_FOUND,
          "the method " + method + " is not available without the operator's token");
    }
    return null;
  }

  /** The same for a request outside JSON-RPC. */
  HttpReply.@Nullable Content refusal(Caller caller) {
    long waitNs = take(caller, MethodClass.HEAVY);
    return waitNs > 0 ? HttpReply.error(429, tooMany(MethodClass.HEAVY, waitNs)) : null;
  }

  private long take(Caller caller, MethodClass kind) {
    long waitNs = caller.address == null ? 0 : limiter.take(caller.address, kind);
    if (waitNs > 0) {
      meter.count(WireMeter.Event.CALL_OVER_RATE);
    }
    return waitNs;
  }

  private String tooMany(MethodClass kind, long waitNs) {
    String name = kind.name().toLowerCase(Locale.ROOT);
    return "limit of %d %s calls a second from one address reached; try again in %d ms"
        .formatted(
            kind.perSecond(options.rates()), name, TimeUnit.NANOSECONDS.toMillis(waitNs) + 1);
  }
}
