// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.wire;

import io.lockstep.config.RpcRates;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * A bucket of tokens for each address and class of method. A bucket is one number, the time at
 * which it is full again (the generic cell rate algorithm); an address that has been silent for a
 * whole burst is forgotten when room is needed, which loses nothing. Any thread.
 */
final class RateLimiter {
  private final RpcRates rates;
  private final LongSupplier nanoClock;
  private final long burstNs;

  /** By address, the one that was heard of longest ago first. Guarded by this. */
  private final Map<AddressKey, Buckets> known = new LinkedHashMap<>(64, 0.75f, true);

  private final Buckets shared = new Buckets();

  /** The buckets of one address; one that is not there is full. */
  private static final class Buckets {
    private final Map<MethodClass, Long> fullAtNs = new EnumMap<>(MethodClass.class);

    long lackNs(MethodClass kind, long nowNs) {
      Long at = fullAtNs.get(kind);
      return at == null ? 0 : Math.max(at - nowNs, 0);
    }

    boolean areFull(long nowNs) {
      return fullAtNs.values().stream().allMatch(at -> at - nowNs <= 0);
    }
  }

  RateLimiter(RpcRates rates, LongSupplier nanoClock) {
    this.rates = rates;
    this.nanoClock = nanoClock;
    this.burstNs = TimeUnit.SECONDS.toNanos(rates.burstSeconds());
  }

  /** Takes a token; 0, or how many nanoseconds later there will be one. */
  long take(AddressKey address, MethodClass kind) {
    int perSecond = kind.perSecond(rates);
    if (perSecond == 0) {
      return 0;
    }
    long intervalNs = Math.max(1, TimeUnit.SECONDS.toNanos(1) / perSecond);
    synchronized (this) {
      long nowNs = nanoClock.getAsLong();
      Buckets buckets = buckets(address, nowNs);
      long lackNs = buckets.lackNs(kind, nowNs) + intervalNs;
      if (lackNs > burstNs) {
        return lackNs - burstNs;
      }
      buckets.fullAtNs.put(kind, nowNs + lackNs);
      return 0;
    }
  }

  private Buckets buckets(AddressKey address, long nowNs) {
    Buckets own = known.get(address);
    if (own != null) {
      return own;
    }
    if (known.size() >= rates.maxAddresses()) {
      Map.Entry<AddressKey, Buckets> eldest = known.entrySet().iterator().next();
      if (!eldest.getValue().areFull(nowNs)) {
        return shared;
      }
      known.remove(eldest.getKey());
    }
    Buckets fresh = new Buckets();
    known.put(address, fresh);
    return fresh;
  }

  synchronized int size() {
    return known.size();
  }
}
