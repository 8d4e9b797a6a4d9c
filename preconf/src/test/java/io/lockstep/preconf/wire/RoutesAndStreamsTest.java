// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.config.RpcBounds;
import io.lockstep.primitives.rpc.Params;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.JsonNodeFactory;

/** Routes, CORS and event streams as a client sees them, on a real port. */
class RoutesAndStreamsTest {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private final CompletableFuture<EventSink> opened = new CompletableFuture<>();
  private final CompletableFuture<String> ended = new CompletableFuture<>();
  private HttpClient client;
  private WireServer server;

  @BeforeEach
  void start() throws Exception {
    client = HttpClient.newHttpClient();
    Routes routes =
        new Routes()
            .get("/", request -> HttpReply.text(200, "text/html; charset=utf-8", "<p>hello</p>"))
            .get(
                "/eth/v1/beacon/blocks/{block_id}",
                request ->
                    HttpReply.json(200, NODES.stringNode("block " + request.pathParam("block_id"))))
            .get(
                "/eth/v1/beacon/blocks/head",
                request -> HttpReply.json(200, NODES.stringNode("the head")))
            .get(
                "/q",
                request ->
                    HttpReply.json(
                        200,
                        NODES.stringNode(
                            request.query().get("topics") + " " + request.queryParam("none"))))
            .post(
                "/box/{action}/{n}",
                request ->
                    HttpReply.json(
                        202,
                        NODES.stringNode(
                            request.pathParams().get("action")
                                + request.pathParams().get("n")
                                + new String(request.body().unsafeArray(), StandardCharsets.UTF_8)
                                + request.headers().get("x-test"))))
            .get(
                "/bug",
                request -> {
                  throw new IllegalStateException("secret");
                })
            .get(
                "/events",
                request ->
                    new HttpReply.EventStream(sink -> {
                      sink.onClose(() -> ended.complete("closed"));
                      opened.complete(sink);
                    }));
    server =
        WireServer.start(
            WireOptions.of("127.0.0.1", 0)
                .withBounds(RpcBounds.builder().maxQueued(100, 1 << 20).build()),
            routes,
            Map.of(
                "/",
                new RpcEndpoint(Map.of("eth_chainId", params -> Params.quantity(901)), Map.of())));
  }

  @AfterEach
  void stop() {
    server.close();
    client.shutdownNow();
  }

  private java.net.http.HttpRequest.Builder to(String path) {
    return java.net.http.HttpRequest.newBuilder(
        URI.create("http://127.0.0.1:" + server.port() + path));
  }

  private HttpResponse<String> get(String path) throws Exception {
    return client.send(to(path).build(), BodyHandlers.ofString());
  }

  @Test
  void matchesTemplatesAndPrefersLiterals() throws Exception {
    assertThat(get("/eth/v1/beacon/blocks/0x12").body()).isEqualTo("\"block 0x12\"");
    assertThat(get("/eth/v1/beacon/blocks/a%20b").body()).isEqualTo("\"block a b\"");
    assertThat(get("/eth/v1/beacon/blocks/head").body()).isEqualTo("\"the head\"");
    assertThat(get("/q?topics=head&topics=block").body()).isEqualTo("\"[head, block] null\"");
    HttpResponse<String> posted =
        client.send(
            to("/box/missed-slot/7")
                .header("X-Test", "yes")
                .POST(BodyPublishers.ofString("body"))
                .build(),
            BodyHandlers.ofString());
    assertThat(posted.statusCode()).isEqualTo(202);
    assertThat(posted.body()).isEqualTo("\"missed-slot7bodyyes\"");
  }

  @Test
  void servesAPageAndJsonRpcOnTheSamePath() throws Exception {
    HttpResponse<String> page = get("/");
    assertThat(page.body()).isEqualTo("<p>hello</p>");
    assertThat(page.headers().firstValue("content-type")).contains("text/html; charset=utf-8");
    HttpResponse<String> rpc =
        client.send(
            to("/")
                .POST(
                    BodyPublishers.ofString(
                        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_chainId\"}"))
                .build(),
            BodyHandlers.ofString());
    assertThat(rpc.body()).contains("0x385");
  }

  @Test
  void saysWhatIsWrongWithARequest() throws Exception {
    HttpResponse<String> unknown = get("/eth/v1/nothing");
    assertThat(unknown.statusCode()).isEqualTo(404);
    assertThat(unknown.body())
        .isEqualTo("{\"code\":404,\"message\":\"no such path: /eth/v1/nothing\"}");
    HttpResponse<String> wrongMethod = get("/box/a/1");
    assertThat(wrongMethod.statusCode()).isEqualTo(405);
    assertThat(wrongMethod.headers().firstValue("allow")).contains("POST");
    HttpResponse<String> bug = get("/bug");
    assertThat(bug.statusCode()).isEqualTo(500);
    assertThat(bug.body()).isEqualTo("{\"code\":500,\"message\":\"internal error\"}");
  }

  @Test
  void answersAPreflight() throws Exception {
    HttpResponse<String> preflight =
        client.send(
            to("/").method("OPTIONS", BodyPublishers.noBody()).header("Origin", "http://a").build(),
            BodyHandlers.ofString());
    assertThat(preflight.statusCode()).isEqualTo(204);
    assertThat(preflight.headers().firstValue("access-control-allow-origin")).contains("*");
    assertThat(preflight.headers().firstValue("access-control-allow-methods").orElse(""))
        .contains("POST");
    assertThat(preflight.headers().firstValue("access-control-allow-headers").orElse(""))
        .containsIgnoringCase("content-type");
  }

  @Test
  void answersGarbageWithStatus400() throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket.setSoTimeout(5_000);
      socket
          .getOutputStream()
          .write("\u0001\u0002garbage\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
          .startsWith("HTTP/1.1 400");
    }
    assertThat(get("/").statusCode()).isEqualTo(200);
  }

  @Test
  void streamsEventsUntilTheClientLeaves() throws Exception {
    HttpResponse<Stream<String>> response =
        client.send(to("/events").build(), BodyHandlers.ofLines());
    assertThat(response.headers().firstValue("content-type")).contains("text/event-stream");
    EventSink sink = opened.get(5, TimeUnit.SECONDS);

    assertThat(sink.send("head", "{\"slot\":\"1\"}")).isTrue();
    assertThat(sink.comment("alive")).isTrue();
    assertThat(sink.send(null, "two\nlines")).isTrue();

    Iterator<String> lines = response.body().iterator();
    assertThat(lines.next()).isEqualTo("event: head");
    assertThat(lines.next()).isEqualTo("data: {\"slot\":\"1\"}");
    assertThat(lines.next()).isEmpty();
    assertThat(lines.next()).isEqualTo(": alive");
    assertThat(lines.next()).isEmpty();
    assertThat(lines.next()).isEqualTo("data: two");
    assertThat(lines.next()).isEqualTo("data: lines");
    client.shutdownNow();
    assertThat(ended.get(5, TimeUnit.SECONDS)).isEqualTo("closed");
    assertThat(sink.send("head", "late")).isFalse();
  }

  @Test
  void endsAStreamFromTheServersSide() throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket.setSoTimeout(5_000);
      socket
          .getOutputStream()
          .write("GET /events HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      EventSink sink = opened.get(5, TimeUnit.SECONDS);
      sink.send("a", "b");
      sink.close();
      String all = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);

      assertThat(all).contains("event: a\ndata: b\n\n").endsWith("0\r\n\r\n");
      assertThat(ended.get(5, TimeUnit.SECONDS)).isEqualTo("closed");
    }
  }

  @Test
  void cutsOffAClientThatDoesNotReadItsEventsAndSaysWhy() throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket
          .getOutputStream()
          .write("GET /events HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
      assertThat(in.readLine()).isEqualTo("HTTP/1.1 200 OK");
      EventSink sink = opened.get(5, TimeUnit.SECONDS);

      String data = "x".repeat(50_000);
      int sent = 0;
      while (sink.send("e", data) && sent < 100_000) {
        sent++;
      }

      assertThat(sent).isLessThan(100_000);
      String last = "";
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        last = line.startsWith("event: error") ? in.readLine() : last;
      }
      assertThat(last).isEqualTo("data: too slow: more than 100 messages or 1048576 bytes waiting");
      assertThat(ended.get(10, TimeUnit.SECONDS)).isEqualTo("closed");
    }
  }
}
