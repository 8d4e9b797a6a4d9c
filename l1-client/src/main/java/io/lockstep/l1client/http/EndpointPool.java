// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.http;

import io.lockstep.l1client.L1Exception;
import io.lockstep.l1client.L1Exception.Kind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Several endpoints that serve the same chain, in the operator's order of preference. One that
 * fails is set back for a while that doubles with each failure in a row; set-back endpoints are
 * still asked when no other is left. Any thread.
 */
public final class EndpointPool {
  private static final long FIRST_SET_BACK_NANOS = 500_000_000L;
  private static final long LONGEST_SET_BACK_NANOS = 30_000_000_000L;

  /** Asks one endpoint. */
  @FunctionalInterface
  public interface Attempt<T> {
    T ask(Endpoint endpoint) throws L1Exception;
  }

  /** Asks one endpoint for something it may not know. */
  @FunctionalInterface
  public interface Search<T> {
    @Nullable T ask(Endpoint endpoint) throws L1Exception;
  }

  private record Health(int failuresInARow, long setBackUntilNanos) {
    static final Health GOOD = new Health(0, Long.MIN_VALUE);
  }

  private final List<Endpoint> endpoints;
  private final LongSupplier nanoClock;
  private final ConcurrentHashMap<Endpoint, Health> health = new ConcurrentHashMap<>();

  /**
   * @throws IllegalArgumentException without an endpoint
   */
  public EndpointPool(List<Endpoint> endpoints, LongSupplier nanoClock) {
    if (endpoints.isEmpty()) {
      throw new IllegalArgumentException("at least one L1 endpoint is needed");
    }
    this.endpoints = List.copyOf(endpoints);
    this.nanoClock = nanoClock;
  }

  public List<Endpoint> endpoints() {
    return endpoints;
  }

  /** How many endpoints are not set back now, for health and metrics. */
  public int healthyCount() {
    long now = nanoClock.getAsLong();
    return (int) endpoints.stream().filter(e -> setBackNanos(e, now) == 0).count();
  }

  /**
   * The first answer that is not a temporary failure.
   *
   * @throws L1Exception the first endpoint's refusal, or when all fail the last failure
   */
  public <T> T first(Attempt<T> attempt) throws L1Exception {
    L1Exception last = null;
    for (Endpoint endpoint : ranked()) {
      try {
        T answer = attempt.ask(endpoint);
        succeeded(endpoint);
        return answer;
      } catch (L1Exception e) {
        if (!e.isTemporary()) {
          succeeded(endpoint);
          throw e;
        }
        failed(endpoint);
        last = withEarlier(e, last);
      }
    }
    throw last == null ? noEndpoint() : last;
  }

  /**
   * The first endpoint's answer that is not null: one that lags behind does not hide what another
   * knows.
   *
   * @return null when every endpoint that answered does not know it
   * @throws L1Exception when none could answer
   */
  public <T> @Nullable T firstFound(Search<T> search) throws L1Exception {
    L1Exception last = null;
    boolean answered = false;
    for (Endpoint endpoint : ranked()) {
      try {
        T answer = search.ask(endpoint);
        succeeded(endpoint);
        if (answer != null) {
          return answer;
        }
        answered = true;
      } catch (L1Exception e) {
        if (e.isTemporary()) {
          failed(endpoint);
        }
        last = withEarlier(e, last);
      }
    }
    if (answered) {
      return null;
    }
    throw last == null ? noEndpoint() : last;
  }

  /** Endpoints in the order in which they would be asked now. */
  public List<Endpoint> ranked() {
    if (endpoints.size() == 1) {
      return endpoints;
    }
    long now = nanoClock.getAsLong();
    List<Endpoint> order = new ArrayList<>(endpoints);
    // stable: among equals the operator's order stays
    order.sort(Comparator.comparingLong(e -> setBackNanos(e, now)));
    return order;
  }

  public void succeeded(Endpoint endpoint) {
    health.put(endpoint, Health.GOOD);
  }

  public void failed(Endpoint endpoint) {
    long now = nanoClock.getAsLong();
    health.compute(
        endpoint,
        (e, old) -> {
          int failures = old == null ? 1 : Math.min(old.failuresInARow + 1, 30);
          long setBack =
              Math.min(LONGEST_SET_BACK_NANOS, FIRST_SET_BACK_NANOS << Math.min(failures - 1, 10));
          return new Health(failures, now + setBack);
        });
  }

  private long setBackNanos(Endpoint endpoint, long nowNanos) {
    Health h = health.getOrDefault(endpoint, Health.GOOD);
    return h.failuresInARow == 0 ? 0 : Math.max(0, h.setBackUntilNanos - nowNanos);
  }

  private static L1Exception withEarlier(L1Exception now, @Nullable L1Exception earlier) {
    if (earlier != null) {
      now.addSuppressed(earlier);
    }
    return now;
  }

  private static L1Exception noEndpoint() {
    return new L1Exception(Kind.UNREACHABLE, "no L1 endpoint");
  }
}
