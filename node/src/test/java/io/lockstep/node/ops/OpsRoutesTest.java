// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.preconf.wire.WireOptions;
import io.lockstep.preconf.wire.WireServer;
import io.lockstep.primitives.rpc.Params;
import io.lockstep.primitives.rpc.RpcError;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OpsRoutesTest {
  private final Metrics metrics = new Metrics();
  private final AtomicBoolean isL1Answering = new AtomicBoolean(true);
  private final HttpClient client = HttpClient.newHttpClient();
  private final WireServer server;

  OpsRoutesTest() throws Exception {
    Health health =
        new Health()
            .check("storage", () -> new Health.Verdict.Passing("open"))
            .check(
                "l1",
                () ->
                    isL1Answering.get()
                        ? new Health.Verdict.Passing("head 7")
                        : new Health.Verdict.Failing("no head for 30 s, the limit is 24 s"));
    Dashboard dashboard =
        new Dashboard(
            Map.of(
                "preconf_status",
                params -> Params.quantity(7),
                "preconf_schedule",
                params -> {
                  throw new RpcError(RpcError.SERVER, "not yet");
                },
                "eth_chainId",
                params -> Params.quantity(901)));
    server =
        WireServer.start(
            WireOptions.of("127.0.0.1", 0), OpsRoutes.of(metrics, health, dashboard), Map.of());
  }

  @BeforeEach
  void count() {
    metrics.gauge("mempool.transactions", "waiting transactions", () -> 3);
    metrics.counted("promise.mismatches", "broken promises", () -> 0);
    metrics.counter("frags", "frags released").increment(2);
    metrics.latency("preconf", "from arrival to frag").record(java.time.Duration.ofMillis(7));
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
    client.close();
    metrics.close();
  }

  private HttpResponse<String> get(String path) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + server.port() + path);
    return client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void showsMetricsInPrometheusForm() throws Exception {
    HttpResponse<String> answer = get("/metrics");

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("content-type").orElse(""))
        .startsWith("text/plain; version=0.0.4");
    assertThat(answer.body())
        .contains("# TYPE lockstep_mempool_transactions gauge")
        .contains("lockstep_mempool_transactions 3.0")
        .contains("lockstep_promise_mismatches_total 0.0")
        .contains("lockstep_frags_total 2.0")
        .contains("lockstep_preconf_seconds_bucket{le=\"0.01\"} 1")
        .contains("jvm_memory_used_bytes")
        .contains("process_uptime_seconds");
  }

  @Test
  void isHealthyWhileEveryCheckPasses() throws Exception {
    HttpResponse<String> healthy = get("/health");
    assertThat(healthy.statusCode()).isEqualTo(200);
    assertThat(healthy.body())
        .isEqualTo(
            "{\"status\":\"ok\",\"checks\":{\"storage\":{\"ok\":true,\"detail\":\"open\"},"
                + "\"l1\":{\"ok\":true,\"detail\":\"head 7\"}}}");

    isL1Answering.set(false);
    HttpResponse<String> failing = get("/health");
    assertThat(failing.statusCode()).isEqualTo(503);
    assertThat(failing.body())
        .contains("\"status\":\"failing\"")
        .contains("\"l1\":{\"ok\":false,\"detail\":\"no head for 30 s, the limit is 24 s\"}");
  }

  @Test
  void refusesTwoChecksOfOneName() {
    Health health = new Health().check("l1", () -> new Health.Verdict.Passing(""));

    assertThatThrownBy(() -> health.check("l1", () -> new Health.Verdict.Passing("")))
        .hasMessage("two health checks named l1");
  }

  @Test
  void servesACompletePageThatNeedsNothingFromElsewhere() throws Exception {
    HttpResponse<String> page = get("/");

    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.headers().firstValue("content-type")).contains("text/html; charset=utf-8");
    assertThat(page.headers().firstValue("content-security-policy").orElse(""))
        .contains("default-src 'none'");
    assertThat(page.body())
        .startsWith("<!DOCTYPE html>")
        .contains("<title>Lockstep node</title>")
        .endsWith("</html>\n")
        .doesNotContain("http://")
        .doesNotContain("https://");
  }

  @Test
  void answersThePageFromTheNodesOwnMethods() throws Exception {
    assertThat(get("/status.json").body())
        .isEqualTo("{\"preconf_status\":\"0x7\",\"preconf_schedule\":{\"error\":\"not yet\"}}");
  }
}
