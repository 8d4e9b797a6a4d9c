// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.http;

import io.lockstep.l1client.L1Exception;
import io.lockstep.l1client.L1Exception.Kind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Several endpoints that serve the same chain, in the operator's order of preference. One that
 * fails is set back for a while that doubles with each failure in a row; set-back endpoints are
 * still asked when no other is left, and so are those that lag behind the others. With a {@link
 * Gate} an endpoint is asked nothing before it has shown that it serves the wanted chain, also when
 * it comes back after a failure; one of another chain is never asked anything else. Any thread.
 */
public final class EndpointPool {
  private static final long FIRST_SET_BACK_NANOS = 500_000_000L;
  private static final long LONGEST_SET_BACK_NANOS = 30_000_000_000L;

  /** An endpoint of another chain may be put right: it is asked again after so long. */
  private static final long REFUSED_ASKED_AGAIN_NANOS = 30_000_000_000L;

  /** Ranks after whatever else is wrong. */
  private static final long REFUSED_SET_BACK_NANOS = 3_600_000_000_000L;

  /** What contradicts the others is asked after all that is merely behind or down. */
  private static final long DISTRUST_SET_BACK_NANOS = 60_000_000_000L;

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

  /** Asks an endpoint what chain it serves. */
  @FunctionalInterface
  public interface Gate {
    /** Why it is not the wanted chain, or null when it is. */
    @Nullable String fault(Endpoint endpoint) throws L1Exception;
  }

  /** Hears of endpoints of another chain. */
  @FunctionalInterface
  public interface GateListener {
    /**
     * An endpoint is refused, or is not any more.
     *
     * @param fault why, null when it is the wanted chain after all
     */
    void told(String endpoint, @Nullable String fault);
  }

  /**
   * How an endpoint fares, for health and metrics.
   *
   * @param distrusted whether it contradicts the others
   * @param setBack whether the others are asked before it, for whatever reason
   * @param fault why it is refused, or null
   */
  public record Status(
      String name,
      int failuresInARow,
      boolean lagging,
      boolean distrusted,
      boolean setBack,
      @Nullable String fault) {}

  /**
   * An endpoint that cannot be used now.
   *
   * @param otherChain whether it answered, for another chain
   */
  public record Unusable(String endpoint, String why, boolean otherChain) {}

  private record Admission(@Nullable String fault, long askedNanos) {}

  private record Health(int failuresInARow, long setBackUntilNanos) {
    static final Health GOOD = new Health(0, Long.MIN_VALUE);
  }

  private final List<Endpoint> endpoints;
  private final LongSupplier nanoClock;
  private final ConcurrentHashMap<Endpoint, Health> health = new ConcurrentHashMap<>();
  private final Set<Endpoint> lagging = ConcurrentHashMap.newKeySet();
  private final Set<Endpoint> distrusted = ConcurrentHashMap.newKeySet();
  private final ConcurrentHashMap<Endpoint, Admission> admissions = new ConcurrentHashMap<>();
  private volatile @Nullable Gate gate;
  private volatile GateListener told = (endpoint, fault) -> {};

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

  /** From now on endpoints must pass {@code newGate}. */
  public void guard(Gate newGate, GateListener listener) {
    told = listener;
    gate = newGate;
    admissions.clear();
  }

  /**
   * Whether the endpoint serves the wanted chain; it is asked when that is not known.
   *
   * @throws L1Exception when it does not say
   */
  public boolean admits(Endpoint endpoint) throws L1Exception {
    Gate asked = gate;
    if (asked == null) {
      return true;
    }
    Admission known = admissions.get(endpoint);
    if (known != null
        && (known.fault == null || nowNanos() - known.askedNanos < REFUSED_ASKED_AGAIN_NANOS)) {
      return known.fault == null;
    }
    String fault = asked.fault(endpoint);
    Admission before = admissions.put(endpoint, new Admission(fault, nowNanos()));
    String faultBefore = before == null ? null : before.fault;
    if (!Objects.equals(fault, faultBefore)) {
      told.told(endpoint.name(), fault);
    }
    return fault == null;
  }

  /** Endpoints in use must pass the gate again before they are asked the next time. */
  public void checkAgain() {
    admissions.values().removeIf(admission -> admission.fault == null);
  }

  /** Asks every endpoint that has not passed the gate yet; those that cannot be used now. */
  public List<Unusable> unusable() {
    List<Unusable> out = new ArrayList<>();
    for (Endpoint endpoint : endpoints) {
      try {
        if (!admits(endpoint)) {
          out.add(new Unusable(endpoint.name(), fault(endpoint), true));
        }
      } catch (L1Exception e) {
        failed(endpoint);
        out.add(new Unusable(endpoint.name(), e.text(), false));
      }
    }
    return out;
  }

  private String fault(Endpoint endpoint) {
    Admission known = admissions.get(endpoint);
    return known == null || known.fault == null ? "is of another chain" : known.fault;
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
        if (!admits(endpoint)) {
          continue;
        }
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
        if (!admits(endpoint)) {
          continue;
        }
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
        if (!admits(endpoint)) {
          continue;
        }
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
    // whoever comes back may be another
    admissions.computeIfPresent(endpoint, (e, known) -> known.fault == null ? null : known);
  }

  /** Notes whether the endpoint is behind the others. */
  public void lags(Endpoint endpoint, boolean behind) {
    if (behind) {
      lagging.add(endpoint);
    } else {
      lagging.remove(endpoint);
    }
  }

  /** Whether an endpoint is asked last because it contradicts the others. */
  public boolean hasDistrusted() {
    return !distrusted.isEmpty();
  }

  /**
   * Asks every endpoint whether it is of the others' opinion (null: it does not say). When some are
   * and some are not, these are asked last from now on; nobody is when none is.
   */
  public void trustThose(Search<Boolean> opinion) {
    if (endpoints.size() == 1) {
      return;
    }
    Map<Endpoint, Boolean> said = new HashMap<>();
    for (Endpoint endpoint : endpoints) {
      try {
        Boolean agrees = admits(endpoint) ? opinion.ask(endpoint) : null;
        if (agrees != null) {
          said.put(endpoint, agrees);
        }
      } catch (L1Exception e) {
        failed(endpoint);
      }
    }
    boolean someAgree = said.containsValue(true);
    said.forEach((endpoint, agrees) -> {
      if (someAgree && !agrees) {
        distrusted.add(endpoint);
      } else {
        distrusted.remove(endpoint);
      }
    });
  }

  /** All endpoints, in the operator's order. */
  public List<Status> statuses() {
    return endpoints.stream().map(this::status).toList();
  }

  private Status status(Endpoint endpoint) {
    Admission known = admissions.get(endpoint);
    return new Status(
        endpoint.name(),
        health.getOrDefault(endpoint, Health.GOOD).failuresInARow,
        lagging.contains(endpoint),
        distrusted.contains(endpoint),
        setBackNanos(endpoint, nowNanos()) > 0,
        known == null ? null : known.fault);
  }

  private long setBackNanos(Endpoint endpoint, long nowNanos) {
    Health h = health.getOrDefault(endpoint, Health.GOOD);
    long failing = h.failuresInARow == 0 ? 0 : Math.max(0, h.setBackUntilNanos - nowNanos);
    Admission known = admissions.get(endpoint);
    return failing
        + (lagging.contains(endpoint) ? LAG_SET_BACK_NANOS : 0)
        + (distrusted.contains(endpoint) ? DISTRUST_SET_BACK_NANOS : 0)
        + (known != null && known.fault != null ? REFUSED_SET_BACK_NANOS : 0);
  }

  private static L1Exception withEarlier(L1Exception now, @Nullable L1Exception earlier) {
    if (earlier != null) {
      now.addSuppressed(earlier);
    }
    return now;
  }

  private L1Exception noEndpoint() {
    String all = endpoints.stream().map(e -> e + " " + fault(e)).collect(Collectors.joining("; "));
    return new L1Exception(Kind.UNREACHABLE, "every L1 endpoint is refused: " + all);
  }
}
