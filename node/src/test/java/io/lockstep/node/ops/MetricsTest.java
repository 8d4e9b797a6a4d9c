// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.preconf.wire.HttpReply;
import io.lockstep.preconf.wire.HttpRequest;
import io.lockstep.primitives.types.Bytes;
import java.lang.ref.WeakReference;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class MetricsTest {
  private static String scrape(Metrics metrics) {
    HttpRequest request =
        new HttpRequest("GET", "/metrics", Map.of(), Map.of(), Map.of(), Bytes.EMPTY);
    HttpReply.Content reply = (HttpReply.Content) metrics.handle(request);
    return new String(reply.body(), StandardCharsets.UTF_8);
  }

  @Test
  void goesOnCountingAfterAGarbageCollection() {
    try (Metrics metrics = new Metrics()) {
      AtomicLong count = new AtomicLong();
      metrics.counted("things", "things counted elsewhere", count::get);
      collectGarbage();
      count.set(7);

      assertThat(scrape(metrics)).contains("lockstep_things_total 7.0");
    }
  }

  @Test
  void tellsGaugesOfOneNameApartByTheirTags() {
    try (Metrics metrics = new Metrics()) {
      metrics.gauge("good", "1 while well", List.of("endpoint", "a:1"), () -> 1);
      metrics.gauge("good", "1 while well", List.of("endpoint", "b:2"), () -> 0);

      assertThat(scrape(metrics))
          .contains("lockstep_good{endpoint=\"a:1\"} 1.0")
          .contains("lockstep_good{endpoint=\"b:2\"} 0.0");
    }
  }

  private static void collectGarbage() {
    WeakReference<Object> dropped = new WeakReference<>(new Object());
    while (dropped.get() != null) {
      System.gc();
    }
  }
}
