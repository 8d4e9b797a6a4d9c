// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.config.RpcBounds;
import io.lockstep.primitives.rpc.Params;
import io.lockstep.primitives.rpc.RpcError;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

/** JSON-RPC and subscriptions over a WebSocket as a client sees them, on a real port. */
class WebSocketTest {
  private static final ObjectMapper JSON = JsonMapper.shared();
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private final Set<Consumer<JsonNode>> sinks = ConcurrentHashMap.newKeySet();
  private final WireMeter meter = new WireMeter();
  private final Semaphore lateEnded = new Semaphore(0);
  private final AtomicInteger bigCalls = new AtomicInteger();
  private HttpClient client;
  private WireServer server;

  @BeforeEach
  void start() throws IOException {
    client = HttpClient.newHttpClient();
    server = serve(RpcBounds.builder());
  }

  @AfterEach
  void stop() {
    server.close();
    client.shutdownNow();
  }

  private WireServer serve(RpcBounds.Builder bounds) throws IOException {
    SubscriptionSource ticks =
        (params, sink) -> {
          sinks.add(sink);
          return () -> sinks.remove(sink);
        };
    SubscriptionSource early =
        (params, sink) -> {
          sink.accept(NODES.stringNode("early"));
          sink.accept(params);
          return () -> {};
        };
    SubscriptionSource late =
        (params, sink) -> {
          sink.accept(NODES.stringNode("nobody's"));
          long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(300);
          while (System.nanoTime() < until) {
            Thread.onSpinWait();
          }
          return lateEnded::release;
        };
    SubscriptionSource refused =
        (params, sink) -> {
          throw RpcError.invalidParams("no such filter");
        };
    RpcEndpoint endpoint =
        new RpcEndpoint(
            Map.of(
                "eth_chainId", params -> Params.quantity(901),
                "test_echo", params -> params,
                "test_big",
                    params -> {
                      bigCalls.incrementAndGet();
                      return NODES.stringNode("x".repeat(200_000));
                    }),
            Map.of("newHeads", ticks, "early", early, "late", late, "refused", refused));
    return WireServer.start(
        WireOptions.of("127.0.0.1", 0).withBounds(bounds.build()),
        new Routes(),
        Map.of("/", endpoint, "/901", endpoint),
        meter);
  }

  /** A client that keeps what it is sent. */
  private static final class Inbox implements WebSocket.Listener {
    final BlockingQueue<String> messages = new LinkedBlockingQueue<>();
    final CompletableFuture<String> closed = new CompletableFuture<>();
    private final boolean reads;
    private final StringBuilder partial = new StringBuilder();

    Inbox(boolean reads) {
      this.reads = reads;
    }

    @Override
    public void onOpen(WebSocket socket) {
      if (reads) {
        socket.request(Long.MAX_VALUE);
      }
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
      partial.append(data);
      if (last) {
        messages.add(partial.toString());
        partial.setLength(0);
      }
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
      closed.complete(code + " " + reason);
      return null;
    }

    @Override
    public void onError(WebSocket socket, Throwable error) {
      closed.complete("error " + error.getMessage());
    }

    JsonNode next() throws InterruptedException {
      String message = messages.poll(10, TimeUnit.SECONDS);
      assertThat(message).isNotNull();
      return JSON.readTree(message);
    }
  }

  private WebSocket connect(Inbox inbox) {
    return client
        .newWebSocketBuilder()
        .buildAsync(URI.create("ws://127.0.0.1:" + server.port() + "/901"), inbox)
        .join();
  }

  private static String rpc(int id, String method, String params) {
    return "{\"jsonrpc\":\"2.0\",\"id\":%d,\"method\":\"%s\",\"params\":%s}"
        .formatted(id, method, params);
  }

  private String subscribe(WebSocket socket, Inbox inbox) throws InterruptedException {
    socket.sendText(rpc(1, "eth_subscribe", "[\"newHeads\"]"), true).join();
    return inbox.next().path("result").asString();
  }

  private void emit(JsonNode value) {
    sinks.forEach(sink -> sink.accept(value));
  }

  @Test
  void answersCallsAndBatches() throws Exception {
    Inbox inbox = new Inbox(true);
    WebSocket socket = connect(inbox);

    socket.sendText(rpc(7, "eth_chainId", "[]"), true).join();
    assertThat(inbox.next().toString())
        .isEqualTo("{\"jsonrpc\":\"2.0\",\"id\":7,\"result\":\"0x385\"}");
    socket.sendText("[" + rpc(8, "eth_chainId", "[]") + "]", true).join();
    assertThat(inbox.next().get(0).path("id").asInt()).isEqualTo(8);
    socket.sendText("garbage", true).join();
    assertThat(inbox.next().path("error").path("code").asInt()).isEqualTo(RpcError.PARSE);
    String message = rpc(9, "test_echo", "[\"in parts\"]");
    socket.sendText(message.substring(0, 40), false).join();
    socket.sendText(message.substring(40), true).join();
    assertThat(inbox.next().path("result").get(0).asString()).isEqualTo("in parts");
    socket.sendPing(ByteBuffer.allocate(4)).join();
  }

  @Test
  void deliversNotificationsUntilUnsubscribed() throws Exception {
    Inbox inbox = new Inbox(true);
    WebSocket socket = connect(inbox);
    String id = subscribe(socket, inbox);
    assertThat(id).matches("0x[0-9a-f]{1,32}");

    emit(NODES.stringNode("a"));
    emit(NODES.objectNode().put("b", "ä"));

    assertThat(inbox.next().toString())
        .isEqualTo(
            "{\"jsonrpc\":\"2.0\",\"method\":\"eth_subscription\",\"params\":{\"subscription\":\""
                + id
                + "\",\"result\":\"a\"}}");
    assertThat(inbox.next().path("params").path("result").path("b").asString()).isEqualTo("ä");
    socket.sendText(rpc(2, "eth_unsubscribe", "[\"" + id + "\"]"), true).join();
    assertThat(inbox.next().path("result").asBoolean()).isTrue();
    assertThat(sinks).isEmpty();
    socket.sendText(rpc(3, "eth_unsubscribe", "[\"" + id + "\"]"), true).join();
    assertThat(inbox.next().path("error").path("message").asString())
        .isEqualTo("subscription not found");
  }

  @Test
  void tellsTheIdBeforeTheFirstNotificationAndPassesTheRestOfTheParams() throws Exception {
    Inbox inbox = new Inbox(true);
    WebSocket socket = connect(inbox);

    socket.sendText(rpc(1, "eth_subscribe", "[\"early\",{\"x\":1}]"), true).join();

    String id = inbox.next().path("result").asString();
    JsonNode first = inbox.next().path("params");
    assertThat(first.path("subscription").asString()).isEqualTo(id);
    assertThat(first.path("result").asString()).isEqualTo("early");
    assertThat(inbox.next().path("params").path("result").toString()).isEqualTo("[{\"x\":1}]");
  }

  @Test
  void namesUnknownAndRefusedSubscriptions() throws Exception {
    Inbox inbox = new Inbox(true);
    WebSocket socket = connect(inbox);

    socket.sendText(rpc(1, "eth_subscribe", "[\"nope\"]"), true).join();
    assertThat(inbox.next().path("error").path("message").asString())
        .isEqualTo("no \"nope\" subscription in eth namespace");
    socket.sendText(rpc(1, "eth_subscribe", "[\"refused\"]"), true).join();
    assertThat(inbox.next().path("error").path("message").asString()).isEqualTo("no such filter");
    socket.sendText(rpc(1, "eth_subscribe", "[]"), true).join();
    assertThat(inbox.next().path("error").path("code").asInt()).isEqualTo(RpcError.INVALID_PARAMS);
  }

  @Test
  void boundsSubscriptionsOfAConnection() throws Exception {
    server.close();
    server = serve(RpcBounds.builder().maxSubscriptions(2));
    Inbox inbox = new Inbox(true);
    WebSocket socket = connect(inbox);
    subscribe(socket, inbox);
    subscribe(socket, inbox);

    socket.sendText(rpc(1, "eth_subscribe", "[\"newHeads\"]"), true).join();

    assertThat(inbox.next().path("error").path("message").asString()).contains("limit of 2");
    assertThat(sinks).hasSize(2);
  }

  @Test
  void forgetsASubscriptionWhoseCallTimedOut() throws Exception {
    server.close();
    server =
        serve(RpcBounds.builder().answerTimeoutMs(100).maxSubscriptions(1).maxQueued(1, 1 << 20));
    Inbox inbox = new Inbox(true);
    WebSocket socket = connect(inbox);

    for (int i = 0; i < 3; i++) {
      socket.sendText(rpc(1, "eth_subscribe", "[\"late\"]"), true).join();
      assertThat(inbox.next().path("error").path("message").asString()).contains("timed out");
      assertThat(lateEnded.tryAcquire(5, TimeUnit.SECONDS)).as("its source was ended").isTrue();
    }

    // Neither its place among subscriptions nor the one of its first result is lost.
    awaitNoSubscription();
    subscribe(socket, inbox);
    emit(NODES.stringNode("a"));
    assertThat(inbox.next().path("params").path("result").asString()).isEqualTo("a");
  }

  private void awaitNoSubscription() {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
    while (meter.subscriptions() > 0 && System.nanoTime() < deadline) {
      Thread.onSpinWait();
    }
    assertThat(meter.subscriptions()).isZero();
  }

  @Test
  void endsSubscriptionsWithTheConnection() throws Exception {
    Inbox inbox = new Inbox(true);
    WebSocket socket = connect(inbox);
    subscribe(socket, inbox);

    socket.sendClose(WebSocket.NORMAL_CLOSURE, "bye").join();

    assertThat(inbox.closed.get(5, TimeUnit.SECONDS)).startsWith("1000");
    awaitSinks(0);
  }

  @Test
  void cutsOffASubscriberThatDoesNotRead() throws Exception {
    server.close();
    server = serve(RpcBounds.builder().maxQueued(50, 1 << 20));
    Inbox quick = new Inbox(true);
    subscribe(connect(quick), quick);
    Inbox slow = new Inbox(false);
    WebSocket slowSocket = connect(slow);
    slowSocket.sendText(rpc(1, "eth_subscribe", "[\"newHeads\"]"), true).join();
    awaitSinks(2);
    JsonNode big = NODES.stringNode("x".repeat(100_000));

    int sent = 0;
    while (sinks.size() == 2 && sent < 10_000) {
      emit(big);
      quick.next();
      sent++;
    }

    assertThat(sinks).hasSize(1);
    emit(NODES.stringNode("still here"));
    assertThat(quick.next().path("params").path("result").asString()).isEqualTo("still here");
    slowSocket.request(Long.MAX_VALUE);
    assertThat(slow.closed.get(10, TimeUnit.SECONDS))
        .isEqualTo("1008 too slow: more than 50 messages or 1048576 bytes waiting");
  }

  @Test
  void beginsNoFurtherCallsWhileTheAnswersAreNotRead() throws Exception {
    server.close();
    server = serve(RpcBounds.builder().maxQueued(50, 1 << 20));
    Inbox inbox = new Inbox(false);
    WebSocket socket = connect(inbox);
    for (int i = 0; i < 300; i++) {
      socket.sendText(rpc(i, "test_big", "[]"), true).join();
    }

    int before = -1;
    while (before != bigCalls.get()) {
      before = bigCalls.get();
      Thread.sleep(500);
    }

    // 60 MB in all: what stands in the sockets' buffers, 1 MiB, and calls that had begun.
    assertThat(before).isBetween(5, 150);
    socket.request(Long.MAX_VALUE);
    Set<Integer> ids = ConcurrentHashMap.newKeySet();
    for (int i = 0; i < 300; i++) {
      ids.add(inbox.next().path("id").asInt());
    }
    assertThat(ids).hasSize(300);
  }

  @Test
  void refusesAMessageOverTheLimit() throws Exception {
    server.close();
    server = serve(RpcBounds.builder().maxBodyBytes(1_000));
    for (boolean whole : List.of(true, false)) {
      Inbox inbox = new Inbox(true);
      WebSocket socket = connect(inbox);
      if (whole) {
        socket.sendText("x".repeat(2_000), true).exceptionally(e -> socket).join();
      } else {
        for (int i = 0; i < 4; i++) {
          socket.sendText("x".repeat(500), false).exceptionally(e -> socket).join();
        }
      }
      assertThat(inbox.closed.get(5, TimeUnit.SECONDS)).startsWith("1009 ");
    }
  }

  @Test
  void pingsASilentConnectionAndKeepsItWhileItAnswers() throws Exception {
    server.close();
    server = serve(RpcBounds.builder().idleTimeoutMs(100));
    Inbox inbox = new Inbox(true);
    WebSocket socket = connect(inbox);

    assertThat(inbox.messages.poll(600, TimeUnit.MILLISECONDS)).isNull();
    socket.sendText(rpc(1, "eth_chainId", "[]"), true).join();

    assertThat(inbox.next().path("result").asString()).isEqualTo("0x385");
  }

  @Test
  void answersThousandsOfCallsOnOneConnection() throws Exception {
    server.close();
    server = serve(RpcBounds.builder().maxCallsPerConnection(16));
    Inbox inbox = new Inbox(true);
    WebSocket socket = connect(inbox);

    for (int i = 0; i < 5_000; i++) {
      socket.sendText(rpc(i, "eth_chainId", "[]"), true).join();
    }

    Set<Integer> ids = ConcurrentHashMap.newKeySet();
    for (int i = 0; i < 5_000; i++) {
      ids.add(inbox.next().path("id").asInt());
    }
    assertThat(ids).hasSize(5_000);
  }

  private void awaitSinks(int count) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
    while (sinks.size() != count && System.nanoTime() < deadline) {
      Thread.onSpinWait();
    }
    assertThat(sinks).hasSize(count);
  }
}
