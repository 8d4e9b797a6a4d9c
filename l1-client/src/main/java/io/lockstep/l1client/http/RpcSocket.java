// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.http;

import io.lockstep.l1client.L1Exception;
import io.lockstep.l1client.L1Exception.Kind;
import io.lockstep.primitives.codec.DecodeException;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * One WebSocket connection to an execution client: calls and subscriptions share it. Requests get
 * numbers of the connection's own, so that callers need not know of each other. Once broken it
 * stays so. Any thread.
 */
final class RpcSocket {
  /** Of one message: what a block with all its receipts may take. */
  private static final int MAX_MESSAGE_CHARS = 32 << 20;

  private final Endpoint endpoint;
  private final AtomicLong nextId = new AtomicLong(1);
  private final Map<Long, Call> waiting = new ConcurrentHashMap<>();
  private final Map<String, NoticeListener> subscriptions = new ConcurrentHashMap<>();
  private volatile @Nullable String broken;
  private CompletableFuture<WebSocket> sending = new CompletableFuture<>();

  /**
   * @param listener of the subscription that is being made, or null for an ordinary call
   */
  private record Call(CompletableFuture<JsonNode> answer, @Nullable NoticeListener listener) {}

  private RpcSocket(Endpoint endpoint) {
    this.endpoint = endpoint;
  }

  static RpcSocket open(HttpClient client, Endpoint endpoint, long timeoutMs) throws L1Exception {
    RpcSocket socket = new RpcSocket(endpoint);
    WebSocket.Builder builder =
        client.newWebSocketBuilder().connectTimeout(Duration.ofMillis(timeoutMs));
    String authorization = endpoint.authorization();
    if (authorization != null) {
      builder.header("Authorization", authorization);
    }
    CompletableFuture<WebSocket> opening =
        builder.buildAsync(endpoint.uri(), socket.new Incoming());
    try {
      socket.sending =
          CompletableFuture.completedFuture(opening.get(timeoutMs, TimeUnit.MILLISECONDS));
      return socket;
    } catch (TimeoutException e) {
      opening.cancel(true);
      throw new L1Exception(Kind.TIMEOUT, endpoint + ": no WebSocket in time", e);
    } catch (ExecutionException e) {
      throw refused(endpoint, e.getCause() == null ? e : e.getCause());
    } catch (InterruptedException e) {
      opening.cancel(true);
      Thread.currentThread().interrupt();
      throw new L1Exception(Kind.UNREACHABLE, endpoint + ": interrupted", e);
    }
  }

  private static L1Exception refused(Endpoint endpoint, Throwable cause) {
    if (cause instanceof WebSocketHandshakeException handshake) {
      int status = handshake.getResponse().statusCode();
      Kind kind = L1Exception.kindOf(status) == Kind.DENIED ? Kind.DENIED : Kind.UNREACHABLE;
      return new L1Exception(
          kind, status, endpoint + ": no WebSocket: HTTP " + status, null, cause);
    }
    String why = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    return new L1Exception(Kind.UNREACHABLE, endpoint + ": no WebSocket: " + why, cause);
  }

  boolean isBroken() {
    return broken != null;
  }

  /** A whole JSON-RPC request and its answer, under the request's own id. */
  JsonNode call(ObjectNode request, long timeoutMs) throws L1Exception {
    JsonNode id = request.get("id");
    JsonNode answer = exchange(request, null, timeoutMs);
    if (answer instanceof ObjectNode object && id != null) {
      object.set("id", id);
    }
    return answer;
  }

  /** Subscribes; what is told from then on goes to the listener. */
  AutoCloseable subscribe(String subscription, long timeoutMs, NoticeListener listener)
      throws L1Exception {
    JsonNode answer = exchange(request("eth_subscribe", subscription), listener, timeoutMs);
    JsonNode result = answer.get("result");
    if (result == null || !result.isString()) {
      throw new L1Exception(
          Kind.REFUSED, endpoint + ": " + subscription + " is not given: " + answer.path("error"));
    }
    String name = result.stringValue();
    return () -> {
      if (subscriptions.remove(name) != null && !isBroken()) {
        send(request("eth_unsubscribe", name).put("id", nextId.getAndIncrement()));
      }
    };
  }

  private static ObjectNode request(String method, String param) {
    ObjectNode request = JsonNodeFactory.instance.objectNode();
    request.put("jsonrpc", "2.0").put("method", method).putArray("params").add(param);
    return request;
  }

  private JsonNode exchange(ObjectNode request, @Nullable NoticeListener listener, long timeoutMs)
      throws L1Exception {
    long id = nextId.getAndIncrement();
    CompletableFuture<JsonNode> answer = new CompletableFuture<>();
    waiting.put(id, new Call(answer, listener));
    String already = broken;
    if (already != null) {
      waiting.remove(id);
      throw new L1Exception(Kind.UNREACHABLE, endpoint + ": " + already);
    }
    send(request.put("id", id));
    try {
      return answer.get(timeoutMs, TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new L1Exception(Kind.TIMEOUT, endpoint + ": no answer within " + timeoutMs + " ms", e);
    } catch (ExecutionException e) {
      throw new L1Exception(Kind.UNREACHABLE, endpoint + ": " + broken, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new L1Exception(Kind.UNREACHABLE, endpoint + ": interrupted", e);
    } finally {
      waiting.remove(id);
    }
  }

  /** One message after the other: the connection takes no second one before the first is out. */
  private synchronized void send(ObjectNode request) {
    sending = sending.thenCompose(socket -> socket.sendText(request.toString(), true));
    var _ =
        sending.whenComplete((socket, failure) -> {
          if (failure != null) {
            breakOff("cannot send: " + failure.getMessage());
          }
        });
  }

  /** Ends the connection. */
  void close() {
    breakOff("closed");
    CompletableFuture<WebSocket> last;
    synchronized (this) {
      last = sending;
    }
    var _ = last.thenAccept(WebSocket::abort);
  }

  private void breakOff(String why) {
    synchronized (this) {
      if (broken != null) {
        return;
      }
      broken = why;
    }
    waiting.values().forEach(call -> call.answer.completeExceptionally(new DecodeException(why)));
    List<NoticeListener> listeners = List.copyOf(subscriptions.values());
    subscriptions.clear();
    listeners.forEach(listener -> listener.ended(why));
  }

  private void message(String text) {
    JsonNode message;
    try {
      message = Json.parse(text);
    } catch (DecodeException e) {
      breakOff("a message that is " + e.getMessage());
      return;
    }
    JsonNode id = message.get("id");
    if (id != null && id.isIntegralNumber() && id.canConvertToLong()) {
      answer(id.longValue(), message);
      return;
    }
    JsonNode params = message.path("params");
    NoticeListener listener = subscriptions.get(params.path("subscription").asString(""));
    JsonNode result = params.get("result");
    if (listener != null && result != null) {
      listener.notice(result);
    }
  }

  /** A subscription's listener is there before the next message is looked at. */
  private void answer(long id, JsonNode message) {
    Call call = waiting.remove(id);
    if (call == null) {
      return; // its caller has given up
    }
    JsonNode result = message.get("result");
    if (call.listener != null && result != null && result.isString()) {
      subscriptions.put(result.stringValue(), call.listener);
      String already = broken;
      if (already != null && subscriptions.remove(result.stringValue()) != null) {
        call.listener.ended(already);
      }
    }
    call.answer.complete(message);
  }

  /** What comes; one call at a time. */
  private final class Incoming implements WebSocket.Listener {
    private final StringBuilder partial = new StringBuilder();

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
      if (partial.length() + data.length() > MAX_MESSAGE_CHARS) {
        breakOff("a message longer than " + MAX_MESSAGE_CHARS + " characters");
        socket.abort();
        return null;
      }
      partial.append(data);
      if (last) {
        String text = partial.toString();
        partial.setLength(0);
        message(text);
      }
      socket.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
      breakOff("the node closed the WebSocket");
      return null;
    }

    @Override
    public void onError(WebSocket socket, Throwable error) {
      breakOff("the WebSocket broke: " + error.getMessage());
    }
  }
}
