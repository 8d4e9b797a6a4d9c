// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.http;

import io.lockstep.l1client.L1Exception;
import io.lockstep.l1client.L1Exception.Kind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Several endpoints that serve the same chain, in the operator's order of preference. One that
 * fails is set back for a while that doubles with each failure in a row; set-back endpoints are
 * still asked when no other is left, and so are those that lag behind the others. Any thread.
 */
public final class EndpointPool {
  private static final long FIRST_SET_BACK_NANOS = 500_000_000L;
  private static final long LONGEST_SET_BACK_NANOS = 30_000_000_000L;

  /** A lagging endpoint is asked after the good ones, before those that fail for long. */
  private static final long LAG_SET_BACK_NANOS = 5_000_000_000L;

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

  /** How an endpoint fares, for health and metrics. */
  public record Status(String name, int failuresInARow, boolean lagging) {}

  private record Health(int failuresInARow, long setBackUntilNanos) {
    static final Health GOOD = new Health(0, Long.MIN_VALUE);
  }

  private final List<Endpoint> endpoints;
  private final LongSupplier nanoClock;
  private final ConcurrentHashMap<Endpoint, Health> health = new ConcurrentHashMap<>();
  private final Set<Endpoint> lagging = ConcurrentHashMap.newKeySet();

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

  /** The endpoints that are not set back now, in the operator's order. */
  public List<Endpoint> healthy() {
    long now = nanoClock.getAsLong();
    return endpoints.stream().filter(e -> setBackNanos(e, now) == 0).toList();
  }

  /** The clock by which endpoints are set back; only rises. */
  public long nowNanos() {
    return nanoClock.getAsLong();
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

  /**
   * Asks every endpoint how far it is and marks those that are more than {@code toleratedLag}
   * behind the furthest, or that say they are not usable (null). With one endpoint nothing is
   * asked.
   */
  public void rankByHead(Search<Long> headOf, long toleratedLag) {
    if (endpoints.size() == 1) {
      return;
    }
    Map<Endpoint, Long> heads = new HashMap<>();
    for (Endpoint endpoint : endpoints) {
      try {
        Long head = headOf.ask(endpoint);
        succeeded(endpoint);
        heads.put(endpoint, head == null ? Long.MIN_VALUE : head);
      } catch (L1Exception e) {
        failed(endpoint);
      }
    }
    long best = heads.values().stream().mapToLong(Long::longValue).max().orElse(Long.MIN_VALUE);
    heads.forEach(
        (endpoint, head) -> lags(endpoint, head == Long.MIN_VALUE || head + toleratedLag < best));
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

  /** Notes whether the endpoint is behind the others. */
  public void lags(Endpoint endpoint, boolean behind) {
    if (behind) {
      lagging.add(endpoint);
    } else {
      lagging.remove(endpoint);
    }
  }

  /** All endpoints, in the operator's order. */
  public List<Status> statuses() {
    return endpoints.stream()
        .map(e ->
            new Status(
                e.name(), health.getOrDefault(e, Health.GOOD).failuresInARow, lagging.contains(e)))
        .toList();
  }

  private long setBackNanos(Endpoint endpoint, long nowNanos) {
    Health h = health.getOrDefault(endpoint, Health.GOOD);
    long failing = h.failuresInARow == 0 ? 0 : Math.max(0, h.setBackUntilNanos - nowNanos);
    return failing + (lagging.contains(endpoint) ? LAG_SET_BACK_NANOS : 0);
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
