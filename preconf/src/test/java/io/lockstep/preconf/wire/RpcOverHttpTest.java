// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.config.RpcBounds;
import io.lockstep.primitives.rpc.BatchedMethod;
import io.lockstep.primitives.rpc.Params;
import io.lockstep.primitives.rpc.RpcError;
import io.lockstep.primitives.rpc.RpcMethod;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

/** JSON-RPC over HTTP as a client sees it, on a real port. */
class RpcOverHttpTest {
  private static final ObjectMapper JSON = JsonMapper.shared();
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  /** The letters HTTP/1.1 as a number. */
  private static final long HTTP_11_START = 0x485454502f312e31L;

  private final CountDownLatch release = new CountDownLatch(1);
  private final CountDownLatch isWaiting = new CountDownLatch(1);
  private final AtomicInteger counted = new AtomicInteger();
  private HttpClient client;
  private WireServer server;

  @BeforeEach
  void start() throws IOException {
    client = HttpClient.newHttpClient();
    server = serve(RpcBounds.builder());
  }

  @AfterEach
  void stop() {
    release.countDown();
    server.close();
    client.close();
  }

  private WireServer serve(RpcBounds.Builder bounds) throws IOException {
    Map<String, RpcMethod> methods =
        Map.of(
            "eth_chainId", params -> Params.quantity(901),
            "test_echo", params -> params.isMissingNode() ? NODES.stringNode("none") : params,
            "test_refuse",
                params -> {
                  throw new RpcError(3, "execution reverted", NODES.stringNode("0x01"));
                },
            "test_bug",
                params -> {
                  throw new IllegalStateException("secret detail");
                },
            "test_deep", params -> NODES.numberNode(deep(0)),
            "test_unlinked",
                params -> {
                  throw new NoClassDefFoundError("secret/Detail");
                },
            "test_wait",
                params -> {
                  isWaiting.countDown();
                  try {
                    release.await();
                  } catch (InterruptedException e) {
                    throw new RpcError(RpcError.SERVER, "interrupted");
                  }
                  return NODES.stringNode("released");
                },
            "test_together", new Together(),
            "test_big", params -> NODES.stringNode("x".repeat(2_000)),
            "test_count",
                params -> {
                  counted.incrementAndGet();
                  return NODES.stringNode("y".repeat(200_000));
                });
    return WireServer.start(
        WireOptions.of("127.0.0.1", 0).withBounds(bounds.build()),
        new Routes(),
        Map.of(
            "/",
            new RpcEndpoint(methods, Map.of()),
            "/902",
            new RpcEndpoint(Map.of("eth_chainId", params -> Params.quantity(902)), Map.of())));
  }

  /** Goes down until the stack has no more room. */
  private static int deep(int depth) {
    return depth < 0 ? depth : 1 + deep(depth + 1);
  }

  /** Answers with how many were made together; refuses whoever has a parameter. */
  private static final class Together implements BatchedMethod {
    @Override
    public JsonNode call(JsonNode params) {
      return NODES.numberNode(1);
    }

    @Override
    public List<Answer> callAll(List<JsonNode> calls) {
      return calls.stream()
          .<Answer>map(params ->
              params.isEmpty()
                  ? new Answer.Result(NODES.numberNode(calls.size()))
                  : new Answer.Failure(new RpcError(3, "refused")))
          .toList();
    }
  }

  @Test
  void answersNeighboursOfOneBatchedMethodTogetherAndInTheirPlaces() throws Exception {
    String batch =
        Stream.of(
                rpc("1", "test_together"),
                rpc("2", "eth_chainId"),
                rpc("3", "test_together"),
                "{\"jsonrpc\":\"2.0\",\"method\":\"test_together\"}",
                "{\"jsonrpc\":\"2.0\",\"id\":4,\"method\":\"test_together\",\"params\":[1]}",
                "{\"jsonrpc\":\"2.0\",\"id\":5,\"method\":\"test_together\",\"params\":7}",
                rpc("6", "test_together"))
            .collect(Collectors.joining(",", "[", "]"));
    JsonNode answers = call(batch);
    assertThat(answers.size()).isEqualTo(6);
    assertThat(answers.get(0).path("result").asInt()).isEqualTo(1);
    assertThat(answers.get(1).path("result").asString()).isEqualTo("0x385");
    assertThat(answers.get(2).path("id").asInt()).isEqualTo(3);
    assertThat(answers.get(2).path("result").asInt()).isEqualTo(3);
    assertError(answers.get(3), 3, "refused");
    assertError(answers.get(4), RpcError.INVALID_PARAMS, "params");
    assertThat(answers.get(5).path("id").asInt()).isEqualTo(6);
  }

  private HttpResponse<String> post(String path, String body) throws Exception {
    return client.send(request(path, body), BodyHandlers.ofString());
  }

  private java.net.http.HttpRequest request(String path, String body) {
    return java.net.http.HttpRequest.newBuilder(
            URI.create("http://127.0.0.1:" + server.port() + path))
        .header("Content-Type", "application/json")
        .POST(BodyPublishers.ofString(body))
        .build();
  }

  private JsonNode call(String body) throws Exception {
    HttpResponse<String> response = post("/", body);
    assertThat(response.statusCode()).isEqualTo(200);
    return JSON.readTree(response.body());
  }

  private static String rpc(String id, String method) {
    return "{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"method\":\"" + method + "\",\"params\":[]}";
  }

  private static void assertError(JsonNode answer, int code, String messagePart) {
    assertThat(answer.path("error").path("code").asInt()).as(answer.toString()).isEqualTo(code);
    assertThat(answer.path("error").path("message").asString()).contains(messagePart);
    assertThat(answer.has("result")).isFalse();
  }

  @Test
  void answersACallWithExactlyTheExpectedBytes() throws Exception {
    HttpResponse<String> response = post("/", rpc("1", "eth_chainId"));

    assertThat(response.body()).isEqualTo("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":\"0x385\"}");
    assertThat(response.headers().firstValue("content-type")).contains("application/json");
    assertThat(response.headers().firstValue("access-control-allow-origin")).contains("*");
  }

  @Test
  void picksTheChainByPath() throws Exception {
    assertThat(post("/902", rpc("1", "eth_chainId")).body()).contains("0x386");
    assertThat(post("/902/", rpc("1", "eth_chainId")).body()).contains("0x386");
    assertThat(post("/903", rpc("1", "eth_chainId")).statusCode()).isEqualTo(404);
  }

  @Test
  void echoesAnIdOfAnyScalarType() throws Exception {
    for (String id :
        List.of("0", "-7", "\"abc\"", "1.10", "12345678901234567890123", "null", "true")) {
      assertThat(post("/", rpc(id, "eth_chainId")).body()).contains("\"id\":" + id + ",");
    }
  }

  @Test
  void answersMalformedJsonAsAParseErrorWithANullId() throws Exception {
    for (String bad : List.of("", "{", "{\"jsonrpc\":\"2.0\"", "nonsense", "[1,", "{} {}")) {
      JsonNode answer = call(bad);
      assertError(answer, RpcError.PARSE, "");
      assertThat(answer.path("id").isNull()).isTrue();
    }
    assertError(call("[".repeat(10_000)), RpcError.PARSE, "nesting");
    assertError(call("{\"id\":" + "9".repeat(500) + "}"), RpcError.PARSE, "");
  }

  @Test
  void refusesRequestsThatAreNotJsonRpc2() throws Exception {
    assertError(
        call("{\"jsonrpc\":\"1.0\",\"id\":5,\"method\":\"eth_chainId\"}"),
        RpcError.INVALID_REQUEST,
        "jsonrpc");
    assertError(call("{\"id\":5,\"method\":\"eth_chainId\"}"), RpcError.INVALID_REQUEST, "jsonrpc");
    assertError(call("{\"jsonrpc\":\"2.0\",\"id\":5}"), RpcError.INVALID_REQUEST, "method");
    assertError(
        call("{\"jsonrpc\":\"2.0\",\"id\":5,\"method\":7}"), RpcError.INVALID_REQUEST, "method");
    assertError(
        call("{\"jsonrpc\":\"2.0\",\"id\":{},\"method\":\"eth_chainId\"}"),
        RpcError.INVALID_REQUEST,
        "id");
    assertError(call("42"), RpcError.INVALID_REQUEST, "object");
    assertError(
        call("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_chainId\",\"params\":\"x\"}"),
        RpcError.INVALID_PARAMS,
        "params");
  }

  @Test
  void namesAnUnknownMethod() throws Exception {
    assertError(
        call(rpc("1", "eth_nope")),
        RpcError.METHOD_NOT_FOUND,
        "the method eth_nope does not exist/is not available");
    assertError(call(rpc("1", "eth_subscribe")), RpcError.METHOD_NOT_FOUND, "notifications");
  }

  @Test
  void passesAnErrorWithItsDataAndHidesABug() throws Exception {
    JsonNode reverted = call(rpc("1", "test_refuse"));
    assertError(reverted, 3, "execution reverted");
    assertThat(reverted.path("error").path("data").asString()).isEqualTo("0x01");

    JsonNode bug = call(rpc("1", "test_bug"));
    assertError(bug, RpcError.INTERNAL, "internal error");
    assertThat(bug.toString()).doesNotContain("secret").doesNotContain("Exception");
  }

  /** The bug's thread is its caller's alone: what is wrong with it is told at once, not late. */
  @Test
  void answersAtOnceWhenAMethodRunsOutOfStackOrCannotBeLinked() throws Exception {
    for (String method : List.of("test_deep", "test_unlinked")) {
      JsonNode bug = call(rpc("1", method));
      assertError(bug, RpcError.INTERNAL, "internal error");
      assertThat(bug.toString()).doesNotContain("secret").doesNotContain("Error:");
    }
    JsonNode batch = call("[" + rpc("1", "test_unlinked") + "," + rpc("2", "eth_chainId") + "]");
    assertError(batch.get(0), RpcError.INTERNAL, "internal error");
    assertThat(batch.get(1).path("result").asString()).isEqualTo("0x385");
  }

  @Test
  void answersABatchInItsOrderAndLeavesOutNotifications() throws Exception {
    String notification = "{\"jsonrpc\":\"2.0\",\"method\":\"eth_chainId\"}";
    JsonNode answers =
        call(
            "["
                + String.join(
                    ",",
                    rpc("1", "eth_chainId"),
                    notification,
                    "7",
                    rpc("\"b\"", "eth_nope"),
                    rpc("3", "test_bug"),
                    rpc("4", "test_echo"))
                + "]");

    assertThat(answers.size()).isEqualTo(5);
    assertThat(answers.get(0).path("result").asString()).isEqualTo("0x385");
    assertError(answers.get(1), RpcError.INVALID_REQUEST, "object");
    assertError(answers.get(2), RpcError.METHOD_NOT_FOUND, "eth_nope");
    assertError(answers.get(3), RpcError.INTERNAL, "internal");
    assertThat(answers.get(4).path("id").asInt()).isEqualTo(4);
    HttpResponse<String> silent = post("/", notification);
    assertThat(silent.statusCode()).isEqualTo(204);
    assertThat(silent.body()).isEmpty();
  }

  @Test
  void boundsABatch() throws Exception {
    String full =
        IntStream.range(0, 1_000)
            .mapToObj(i -> rpc(String.valueOf(i), "eth_chainId"))
            .collect(Collectors.joining(",", "[", "]"));
    JsonNode answers = call(full);
    assertThat(answers.size()).isEqualTo(1_000);
    assertThat(answers.get(999).path("id").asInt()).isEqualTo(999);

    JsonNode refused = call("[" + rpc("x", "y").replace("x", "1") + "," + full.substring(1));
    assertError(refused, RpcError.INVALID_REQUEST, "1000");
    assertThat(refused.path("id").isNull()).isTrue();
    assertError(call("[]"), RpcError.INVALID_REQUEST, "empty batch");
  }

  @Test
  void boundsTheDepthOfARequest() throws Exception {
    server.close();
    server = serve(RpcBounds.builder().maxDepth(6));
    String call = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"test_echo\",\"params\":%s}";

    assertThat(call(call.formatted("[[[[[]]]]]")).has("result")).isTrue();
    assertError(call(call.formatted("[[[[[[]]]]]]")), RpcError.PARSE, "depth (7) exceeds");
  }

  @Test
  void refusesABodyOverTheLimitWithStatus413() throws Exception {
    String body = "\"" + "a".repeat((10 << 20) + 1) + "\"";

    HttpResponse<String> response = post("/", body);

    assertThat(response.statusCode()).isEqualTo(413);
    assertThat(response.body()).contains("limit of 10485760 bytes");
    HttpResponse<String> chunked =
        client.send(
            java.net.http.HttpRequest.newBuilder(
                    URI.create("http://127.0.0.1:" + server.port() + "/"))
                .POST(
                    BodyPublishers.ofInputStream(() ->
                        new java.io.ByteArrayInputStream(body.getBytes(StandardCharsets.US_ASCII))))
                .build(),
            BodyHandlers.ofString());
    assertThat(chunked.statusCode()).isEqualTo(413);
    assertThat(post("/", rpc("1", "eth_chainId")).statusCode()).isEqualTo(200);
  }

  @Test
  void takesABodyJustUnderTheLimit() throws Exception {
    String filler = "a".repeat((10 << 20) - 200);

    JsonNode answer =
        call(
            "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"test_echo\",\"params\":[\""
                + filler
                + "\"]}");

    assertThat(answer.path("result").get(0).asString()).hasSize(filler.length());
  }

  @Test
  void endsACallThatTakesTooLongAndAnswersTheRestOfItsBatch() throws Exception {
    server.close();
    server = serve(RpcBounds.builder().answerTimeoutMs(200));

    JsonNode answers =
        call(
            "["
                + rpc("1", "eth_chainId")
                + ","
                + rpc("2", "test_wait")
                + ","
                + rpc("3", "eth_chainId")
                + "]");

    assertThat(answers.size()).isEqualTo(3);
    assertThat(answers.get(0).path("result").asString()).isEqualTo("0x385");
    assertError(answers.get(1), RpcError.RESOURCE_UNAVAILABLE, "timed out");
    assertError(answers.get(2), RpcError.RESOURCE_UNAVAILABLE, "timed out");
    assertThat(answers.get(2).path("id").asInt()).isEqualTo(3);
  }

  @Test
  void saysBusyWhenTooManyCallsRun() throws Exception {
    server.close();
    server = serve(RpcBounds.builder().maxCalls(1));
    CompletableFuture<HttpResponse<String>> waiting =
        client.sendAsync(request("/", rpc("1", "test_wait")), BodyHandlers.ofString());

    // Until it runs, a second call could take the one place and leave this one refused.
    assertThat(isWaiting.await(5, TimeUnit.SECONDS)).isTrue();

    JsonNode second = call(rpc("2", "eth_chainId"));

    assertError(second, RpcError.LIMIT_EXCEEDED, "busy");
    assertThat(second.path("id").asInt()).isEqualTo(2);
    release.countDown();
    assertThat(waiting.get(5, TimeUnit.SECONDS).body()).contains("released");
    assertThat(call(rpc("3", "eth_chainId")).has("result")).isTrue();
  }

  @Test
  void boundsAnAnswer() throws Exception {
    server.close();
    server = serve(RpcBounds.builder().maxAnswerBytes(5_000));

    JsonNode answers =
        call(
            "["
                + rpc("1", "test_big")
                + ","
                + rpc("2", "test_big")
                + ","
                + rpc("3", "test_big")
                + "]");

    assertThat(answers.get(1).has("result")).isTrue();
    assertError(answers.get(2), RpcError.LIMIT_EXCEEDED, "5000 bytes");
  }

  @Test
  void answersPipelinedRequestsInTheirOrder() throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      StringBuilder requests = new StringBuilder();
      for (int i = 0; i < 50; i++) {
        String body = rpc(String.valueOf(i), "eth_chainId");
        requests
            .append("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ")
            .append(body.length())
            .append(i == 49 ? "\r\nConnection: close" : "")
            .append("\r\n\r\n")
            .append(body);
      }
      socket.getOutputStream().write(requests.toString().getBytes(StandardCharsets.US_ASCII));

      String all = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);

      List<Integer> ids = new ArrayList<>();
      for (String part : all.split("\"id\":")) {
        if (!part.startsWith("HTTP")) {
          ids.add(Integer.parseInt(part.substring(0, part.indexOf(','))));
        }
      }
      assertThat(ids).isEqualTo(IntStream.range(0, 50).boxed().toList());
    }
  }

  @Test
  void answersNoFurtherWhenTheClientDoesNotRead() throws Exception {
    try (Socket socket = new Socket()) {
      socket.setReceiveBufferSize(64 << 10);
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
      String body =
          "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"test_count\",\"params\":[\"%s\"]}"
              .formatted("x".repeat(1_000));
      String request =
          "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
      socket.getOutputStream().write(request.repeat(100).getBytes(StandardCharsets.US_ASCII));

      int before = -1;
      while (before != counted.get()) {
        before = counted.get();
        Thread.sleep(500);
      }

      // 200 kB each: what stands in the sockets' buffers, and a little more than the 1 MiB above.
      assertThat(before).isBetween(2, 60);
      InputStream in = new BufferedInputStream(socket.getInputStream());
      long answers = 0;
      for (int count = 0; count < 100; ) {
        int letter = in.read();
        assertThat(letter).isNotEqualTo(-1);
        answers = answers << 8 | letter;
        count += answers == HTTP_11_START ? 1 : 0;
      }
      assertThat(counted.get()).isEqualTo(100);
    }
  }

  @Test
  void answersManyAtTheSameTime() throws Exception {
    List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      answers.add(
          client.sendAsync(
              request("/", rpc(String.valueOf(i), "eth_chainId")), BodyHandlers.ofString()));
    }
    for (int i = 0; i < answers.size(); i++) {
      assertThat(answers.get(i).get(20, TimeUnit.SECONDS).body()).contains("\"id\":" + i + ",");
    }
  }

  @Test
  void refusesConnectionsOverTheLimitWithStatus503() throws Exception {
    server.close();
    server = serve(RpcBounds.builder().maxConnections(2));
    try (Socket one = new Socket(InetAddress.getLoopbackAddress(), server.port());
        Socket two = new Socket(InetAddress.getLoopbackAddress(), server.port());
        Socket three = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      three.setSoTimeout(5_000);
      byte[] head = three.getInputStream().readNBytes(12);

      assertThat(new String(head, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 503");
      assertThat(one.isConnected() && two.isConnected()).isTrue();
    }
  }

  @Test
  void closesAConnectionThatDripsItsRequest() throws Exception {
    server.close();
    server = serve(RpcBounds.builder().readTimeoutMs(200));
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket.setSoTimeout(5_000);
      socket.getOutputStream().write("POST / HT".getBytes(StandardCharsets.US_ASCII));

      assertThat(socket.getInputStream().read()).isEqualTo(-1);
    }
  }

  @Test
  void closesAnIdleConnectionButNotOneThatWaitsForItsAnswer() throws Exception {
    server.close();
    server = serve(RpcBounds.builder().idleTimeoutMs(300));
    CompletableFuture<HttpResponse<String>> waiting =
        client.sendAsync(request("/", rpc("1", "test_wait")), BodyHandlers.ofString());
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket.setSoTimeout(5_000);
      assertThat(socket.getInputStream().read()).isEqualTo(-1);
    }
    release.countDown();
    assertThat(waiting.get(5, TimeUnit.SECONDS).body()).contains("released");
  }

  @Test
  void namesHostAndPortOfATakenPort() {
    WireOptions taken = WireOptions.of("127.0.0.1", server.port());

    assertThatThrownBy(() -> WireServer.start(taken, new Routes(), Map.of()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("127.0.0.1:" + server.port())
        .hasMessageContaining("taken");
  }

  @Test
  void closesWhileACallRuns() throws Exception {
    CompletableFuture<HttpResponse<String>> waiting =
        client.sendAsync(request("/", rpc("1", "test_wait")), BodyHandlers.ofString());
    assertThat(call(rpc("2", "eth_chainId")).has("result")).isTrue();

    server.close();

    assertThatThrownBy(() -> waiting.get(5, TimeUnit.SECONDS))
        .hasCauseInstanceOf(IOException.class);
  }
}
