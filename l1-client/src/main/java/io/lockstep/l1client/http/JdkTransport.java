// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.http;

import io.lockstep.l1client.L1Exception;
import io.lockstep.l1client.L1Exception.Kind;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * HTTP over the JDK's client, HTTP/1.1, its tasks on virtual threads. No redirect is followed: an
 * endpoint is what the operator configured. Any thread.
 */
public final class JdkTransport implements Transport, AutoCloseable {
  private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpClient client;

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
    HttpResponse<byte[]> response = answer(call, info -> new BoundedBody(call.maxAnswerBytes()));
    String contentType = response.headers().firstValue("content-type").orElse("");
    return new HttpAnswer(
        response.statusCode(), contentType.toLowerCase(Locale.ROOT), response.body());
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
        return new L1Exception(
            Kind.BAD_ANSWER,
            call.endpoint() + ": answer longer than " + call.maxAnswerBytes() + " bytes",
            cause);
      }
      if (t instanceof HttpTimeoutException) {
        return new L1Exception(Kind.TIMEOUT, call.endpoint() + ": no connection in time", cause);
      }
    }
    String why = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    return new L1Exception(Kind.UNREACHABLE, call.endpoint() + ": " + why, cause);
  }

  @Override
  public void close() {
    client.shutdownNow();
    executor.shutdownNow();
  }
}
