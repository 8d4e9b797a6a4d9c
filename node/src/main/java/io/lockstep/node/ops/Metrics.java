// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.ops;

import io.lockstep.preconf.wire.HttpReply;
import io.lockstep.preconf.wire.HttpRequest;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

/**
 * One node's metrics in the Prometheus text format. Names are dotted and get the prefix {@code
 * lockstep}; a counter's exposed name ends in {@code _total}. Registering and counting from any
 * thread.
 */
public final class Metrics implements AutoCloseable {
  private static final String PREFIX = "lockstep.";

  private static final Duration[] LATENCY_BUCKETS = {
    Duration.ofMillis(1),
    Duration.ofMillis(2),
    Duration.ofMillis(5),
    Duration.ofMillis(10),
    Duration.ofMillis(20),
    Duration.ofMillis(50),
    Duration.ofMillis(100),
    Duration.ofMillis(250),
    Duration.ofMillis(500),
    Duration.ofSeconds(1),
    Duration.ofSeconds(3),
    Duration.ofSeconds(6)
  };

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  // The registry holds what it reads by weak references alone: a counter would stop without these.
  private final List<LongSupplier> counters = new CopyOnWriteArrayList<>();
  private final JvmGcMetrics garbageCollection = new JvmGcMetrics();

  public Metrics() {
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
    garbageCollection.bindTo(registry);
  }

  /** A number that goes up and down, read when somebody asks. */
  public void gauge(String name, String description, DoubleSupplier value) {
    Gauge.builder(PREFIX + name, value::getAsDouble)
        .description(description)
        .strongReference(true)
        .register(registry);
  }

  /**
   * The same, one of several of the same name.
   *
   * @param tags names and values in turn
   */
  public void gauge(String name, String description, List<String> tags, DoubleSupplier value) {
    Gauge.builder(PREFIX + name, value::getAsDouble)
        .description(description)
        .tags(tags.toArray(String[]::new))
        .strongReference(true)
        .register(registry);
  }

  /** A number that only grows and is counted elsewhere, read when somebody asks. */
  public void counted(String name, String description, LongSupplier value) {
    counters.add(value);
    FunctionCounter.builder(PREFIX + name, value, LongSupplier::getAsLong)
        .description(description)
        .register(registry);
  }

  /** A new counter. */
  public Counter counter(String name, String description) {
    return Counter.builder(PREFIX + name).description(description).register(registry);
  }

  /** A new histogram of latencies, from one millisecond to six seconds. */
  public Timer latency(String name, String description) {
    return Timer.builder(PREFIX + name)
        .description(description)
        .serviceLevelObjectives(LATENCY_BUCKETS)
        .register(registry);
  }

  /** Answers {@code GET /metrics}. */
  HttpReply handle(HttpRequest request) {
    return HttpReply.text(200, "text/plain; version=0.0.4; charset=utf-8", registry.scrape());
  }

  @Override
  public void close() {
    garbageCollection.close();
    registry.close();
  }
}
