// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.config.RpcBounds;
import io.lockstep.config.RpcRates;
import io.lockstep.primitives.rpc.Params;
import io.lockstep.primitives.rpc.RpcError;
import io.lockstep.primitives.rpc.RpcMethod;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

/**
 * Limits of one address: connections and rates, on a real port and with a clock that is stepped.
 */
class AddressLimitsTest {
  private static final ObjectMapper JSON = JsonMapper.shared();
  private static final RpcMethod ONE = params -> Params.quantity(1);
  private static final Map<String, RpcEndpoint> RPC =
      Map.of(
          "/",
          new RpcEndpoint(
              Map.of("eth_chainId", ONE, "eth_call", ONE, "eth_sendRawTransaction", ONE),
              Map.of()));

  private final WireMeter meter = new WireMeter();

  private WireServer serve(WireOptions options) throws IOException {
    Routes routes =
        new Routes().get("/blob", request -> HttpReply.text(200, "text/plain", "a blob"));
    return WireServer.start(options, routes, RPC, meter);
  }

  private static WireOptions options() {
    return WireOptions.of("127.0.0.1", 0);
  }

  private static HttpRequest post(WireServer server, String body) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + "/"))
        .POST(BodyPublishers.ofString(body))
        .build();
  }

  private static String rpc(String method) {
    return "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"" + method + "\",\"params\":[]}";
  }

  @Test
  void refusesConnectionsOfOneAddressOverTheLimitWithStatus429() throws Exception {
    WireOptions two = options().withBounds(RpcBounds.builder().maxConnectionsPerAddress(2).build());
    try (WireServer server = serve(two.withoutTrust())) {
      Socket first = new Socket(InetAddress.getLoopbackAddress(), server.port());
      try (Socket second = new Socket(InetAddress.getLoopbackAddress(), server.port());
          Socket third = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
        assertThat(second.isConnected()).isTrue();
        assertThat(answer(third))
            .startsWith("HTTP/1.1 429")
            .contains("limit of 2 connections of one");
      }
      first.close();
      assertThat(meter.total(WireMeter.Event.ADDRESS_OVER_LIMIT)).isEqualTo(1);
      // A place that was left is free again.
      awaitNoConnection();
      try (HttpClient client = HttpClient.newHttpClient()) {
        assertThat(client.send(post(server, rpc("eth_chainId")), BodyHandlers.ofString()).body())
            .contains("0x1");
      }
    }
  }

  private void awaitNoConnection() {
    long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
    while (meter.connections() > 0 && System.nanoTime() < deadlineNs) {
      Thread.onSpinWait();
    }
    assertThat(meter.connections()).isZero();
  }

  private static String answer(Socket socket) throws IOException {
    socket.setSoTimeout(5_000);
    return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
  }

  @Test
  void doesNotHoldTheOwnMachineToLimitsByAddress() throws Exception {
    WireOptions one =
        options()
            .withBounds(RpcBounds.builder().maxConnectionsPerAddress(1).build())
            .withRates(new RpcRates(1, 1, 1, 1, 1));
    try (WireServer server = serve(one);
        Socket other = new Socket(InetAddress.getLoopbackAddress(), server.port());
        HttpClient client = HttpClient.newHttpClient()) {
      assertThat(other.isConnected()).isTrue();
      for (int i = 0; i < 20; i++) {
        assertThat(client.send(post(server, rpc("eth_call")), BodyHandlers.ofString()).body())
            .contains("0x1");
      }
    }
  }

  @Test
  void limitsTheRateOfEachClassOfMethods() throws Exception {
    // So slow that no token comes back while the test runs.
    WireOptions slow = options().withRates(new RpcRates(1, 1, 1, 3, 10)).withoutTrust();
    try (WireServer server = serve(slow);
        HttpClient client = HttpClient.newHttpClient()) {
      String batch = "[" + (rpc("eth_call") + ",").repeat(9) + rpc("eth_sendRawTransaction") + "]";
      JsonNode answers =
          JSON.readTree(client.send(post(server, batch), BodyHandlers.ofString()).body());

      assertThat(answers.get(2).has("result")).isTrue();
      JsonNode error = answers.get(8).path("error");
      assertThat(error.path("code").asInt()).isEqualTo(RpcError.LIMIT_EXCEEDED);
      assertThat(error.path("message").asString())
          .matches("limit of 1 heavy calls a second from one address reached; .* in \\d+ ms");
      assertThat(answers.get(9).has("result")).as("another class").isTrue();
      assertThat(meter.total(WireMeter.Event.CALL_OVER_RATE)).isBetween(4L, 7L);
      HttpResponse<String> blob =
          client.send(
              HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + "/blob"))
                  .build(),
              BodyHandlers.ofString());
      assertThat(blob.statusCode()).isEqualTo(429);
    }
  }

  @Test
  void givesTokensBackAtTheRateAndSavesThemUpToTheBurst() throws Exception {
    AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 5);
    RateLimiter limiter = new RateLimiter(new RpcRates(10, 0, 1, 2, 4), clock::get);
    AddressKey address = key("192.0.2.1");

    for (int i = 0; i < 20; i++) {
      assertThat(limiter.take(address, MethodClass.READ)).isZero();
    }
    assertThat(limiter.take(address, MethodClass.READ)).isEqualTo(100_000_000L);
    clock.addAndGet(100_000_000L);
    assertThat(limiter.take(address, MethodClass.READ)).isZero();
    assertThat(limiter.take(address, MethodClass.READ)).isPositive();
    clock.addAndGet(3_600_000_000_000L);
    for (int i = 0; i < 20; i++) {
      assertThat(limiter.take(address, MethodClass.READ)).isZero();
    }
    assertThat(limiter.take(address, MethodClass.READ)).isPositive();
    assertThat(limiter.take(key("192.0.2.2"), MethodClass.READ)).as("another address").isZero();
    for (int i = 0; i < 1_000; i++) {
      assertThat(limiter.take(address, MethodClass.HEAVY)).as("not limited").isZero();
    }
  }

  @Test
  void boundsTheTableOfAddressesWithoutForgettingWhoUsedItsTokens() throws Exception {
    AtomicLong clock = new AtomicLong(1);
    RateLimiter limiter = new RateLimiter(new RpcRates(1, 1, 1, 2, 3), clock::get);
    for (int i = 1; i <= 3; i++) {
      assertThat(limiter.take(key("192.0.2." + i), MethodClass.READ)).isZero();
    }

    // Those beyond the table share two tokens, and nobody in it got its tokens back by that.
    assertThat(limiter.take(key("192.0.2.4"), MethodClass.READ)).isZero();
    assertThat(limiter.take(key("192.0.2.5"), MethodClass.READ)).isZero();
    assertThat(limiter.take(key("192.0.2.6"), MethodClass.READ)).isPositive();
    assertThat(limiter.take(key("192.0.2.1"), MethodClass.READ)).isZero();
    assertThat(limiter.take(key("192.0.2.1"), MethodClass.READ)).isPositive();
    assertThat(limiter.size()).isEqualTo(3);
    // Silent for a burst: the first to go makes room.
    clock.addAndGet(TimeUnit.SECONDS.toNanos(2));
    assertThat(limiter.take(key("192.0.2.6"), MethodClass.READ)).isZero();
    assertThat(limiter.take(key("192.0.2.6"), MethodClass.READ)).isZero();
    assertThat(limiter.take(key("192.0.2.6"), MethodClass.READ)).isPositive();
    assertThat(limiter.size()).isEqualTo(3);
  }

  @Test
  void countsIpv6ByItsFirst64Bits() throws Exception {
    assertThat(key("2001:db8:0:1::1")).isEqualTo(key("2001:db8:0:1:ffff::2"));
    assertThat(key("2001:db8:0:1::1")).isNotEqualTo(key("2001:db8:0:2::1"));
    byte[] mapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1, 127, 0, 0, 1};
    InetAddress form = Inet6Address.getByAddress(null, mapped, 0);
    assertThat(form).as("not turned into IPv4 by Java").isInstanceOf(Inet6Address.class);
    assertThat(AddressKey.of(form)).isEqualTo(key("127.0.0.1"));
    assertThat(AddressKey.of(new InetSocketAddress(form, 1), true)).isNull();
    assertThat(AddressKey.of(new InetSocketAddress(InetAddress.ofLiteral("::1"), 1), true))
        .isNull();
    assertThat(AddressKey.of(new InetSocketAddress(InetAddress.ofLiteral("::1"), 1), false))
        .isNotNull();
    assertThat(AddressKey.of(new InetSocketAddress(InetAddress.ofLiteral("192.0.2.1"), 1), true))
        .isNotNull();
    assertThat(key("192.0.2.1")).isNotEqualTo(key("192.0.2.2"));
  }

  private static AddressKey key(String address) {
    return AddressKey.of(InetAddress.ofLiteral(address));
  }
}
