// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.http;

import io.lockstep.l1client.L1Exception;
import io.lockstep.l1client.L1Exception.Kind;
import io.lockstep.primitives.codec.DecodeException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * HTTP over the JDK's client, HTTP/1.1, and JSON-RPC over its WebSocket, one connection to each
 * endpoint of that kind; its tasks on virtual threads. No redirect is followed: an endpoint is what
 * the operator configured. Any thread.
 */
public final class JdkTransport implements Transport, AutoCloseable {
  private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpClient client;
  private final Map<Endpoint, RpcSocket> sockets = new HashMap<>();

  public JdkTransport(long connectTimeoutMs) {
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(Duration.ofMillis(connectTimeoutMs))
            .executor(executor)
            .build();
  }

  /** The client itself, for event streams, which have no end to wait for. */
  public HttpClient client() {
    return client;
  }

  @Override
  public HttpAnswer exchange(HttpCall call) throws L1Exception {
    if (call.endpoint().isWebSocket()) {
      return overSocket(call);
    }
    HttpResponse<byte[]> response = answer(call, info -> new BoundedBody(call.maxAnswerBytes()));
    String contentType = response.headers().firstValue("content-type").orElse("");
    return new HttpAnswer(
        response.statusCode(), contentType.toLowerCase(Locale.ROOT), response.body());
  }

  private HttpAnswer overSocket(HttpCall call) throws L1Exception {
    byte[] body = call.jsonBody();
    try {
      if (body == null || !(Json.parse(body) instanceof ObjectNode request)) {
        throw new L1Exception(Kind.REFUSED, call.endpoint() + ": JSON-RPC alone over WebSocket");
      }
      byte[] answer =
          Json.MAPPER.writeValueAsBytes(
              socket(call.endpoint(), call.timeoutMs()).call(request, call.timeoutMs()));
      if (answer.length > call.maxAnswerBytes()) {
        throw tooLong(call, null);
      }
      return new HttpAnswer(200, "application/json", answer);
    } catch (DecodeException e) {
      throw new IllegalStateException("a request of our own is not JSON", e);
    }
  }

  @Override
  public AutoCloseable subscribe(
      Endpoint endpoint, String subscription, long timeoutMs, NoticeListener listener)
      throws L1Exception {
    if (!endpoint.isWebSocket()) {
      return Transport.super.subscribe(endpoint, subscription, timeoutMs, listener);
    }
    return socket(endpoint, timeoutMs).subscribe(subscription, timeoutMs, listener);
  }

  /** The endpoint's connection; a new one in place of one that broke. */
  private RpcSocket socket(Endpoint endpoint, long timeoutMs) throws L1Exception {
    synchronized (sockets) {
      RpcSocket open = sockets.get(endpoint);
      if (open != null && !open.isBroken()) {
        return open;
      }
    }
    RpcSocket fresh = RpcSocket.open(client, endpoint, timeoutMs);
    RpcSocket superfluous;
    synchronized (sockets) {
      RpcSocket other = sockets.get(endpoint);
      if (other != null && !other.isBroken()) {
        superfluous = fresh;
        fresh = other;
      } else {
        superfluous = null;
        sockets.put(endpoint, fresh);
      }
    }
    if (superfluous != null) {
      superfluous.close();
    }
    return fresh;
  }

  @Override
  public HttpStream stream(HttpCall call) throws L1Exception {
    HttpResponse<InputStream> response = answer(call, HttpResponse.BodyHandlers.ofInputStream());
    long length = response.headers().firstValueAsLong("content-length").orElse(-1);
    return new HttpStream(response.statusCode(), length, response.body());
  }

  private <T> HttpResponse<T> answer(HttpCall call, HttpResponse.BodyHandler<T> handler)
      throws L1Exception {
    CompletableFuture<HttpResponse<T>> future = client.sendAsync(request(call), handler);
    try {
      return future.get(call.timeoutMs(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      future.cancel(true);
      throw new L1Exception(
          Kind.TIMEOUT, call.endpoint() + ": no answer within " + call.timeoutMs() + " ms", e);
    } catch (ExecutionException e) {
      throw failure(call, e.getCause() == null ? e : e.getCause());
    } catch (InterruptedException e) {
      future.cancel(true);
      Thread.currentThread().interrupt();
      throw new L1Exception(Kind.UNREACHABLE, call.endpoint() + ": interrupted", e);
    }
  }

  private static HttpRequest request(HttpCall call) {
    HttpRequest.Builder builder =
        HttpRequest.newBuilder(call.uri()).header("Accept", call.accept());
    String authorization = call.endpoint().authorization();
    if (authorization != null) {
      builder.header("Authorization", authorization);
    }
    byte[] body = call.jsonBody();
    if (body == null) {
      return builder.GET().build();
    }
    return builder
        .header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofByteArray(body))
        .build();
  }

  private static L1Exception failure(HttpCall call, Throwable cause) {
    for (Throwable t = cause; t != null; t = t.getCause()) {
      if (t instanceof BoundedBody.TooLong) {
        return tooLong(call, cause);
      }
      if (t instanceof HttpTimeoutException) {
        return new L1Exception(Kind.TIMEOUT, call.endpoint() + ": no connection in time", cause);
      }
    }
    String why = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    return new L1Exception(Kind.UNREACHABLE, call.endpoint() + ": " + why, cause);
  }

  private static L1Exception tooLong(HttpCall call, @Nullable Throwable cause) {
    return new L1Exception(
        Kind.BAD_ANSWER,
        0,
        call.endpoint() + ": answer longer than " + call.maxAnswerBytes() + " bytes",
        null,
        cause);
  }

  @Override
  public void close() {
    synchronized (sockets) {
      sockets.values().forEach(RpcSocket::close);
    }
    client.shutdownNow();
    executor.shutdownNow();
  }
}
