// SPDX-License-Identifier: Apache-2.0
package io.lockstep.bench.preconf;

import io.lockstep.bench.client.BenchException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A WebSocket of text messages. One thread sends; messages and the end are told on a thread of the
 * HTTP client, one at a time and in order.
 */
final class RpcSocket implements AutoCloseable {
  private static final int MAX_MESSAGE_CHARS = 64 << 20;
  private static final long CONNECT_TIMEOUT_MS = 5_000;
  private static final long SEND_TIMEOUT_MS = 30_000;

  private final WebSocket socket;

  private RpcSocket(WebSocket socket) {
    this.socket = socket;
  }

  /**
   * Connects.
   *
   * @param onMessage told each message
   * @param onEnd told why the peer ended the connection
   */
  static RpcSocket open(
      HttpClient client, URI endpoint, Consumer<String> onMessage, Consumer<String> onEnd)
      throws BenchException {
    CompletableFuture<WebSocket> opening =
        client
            .newWebSocketBuilder()
            .connectTimeout(Duration.ofMillis(CONNECT_TIMEOUT_MS))
            .buildAsync(endpoint, new Messages(onMessage, onEnd));
    return new RpcSocket(await(opening, CONNECT_TIMEOUT_MS, "connect to " + endpoint));
  }

  /** Sends one message; returns when the socket has taken it. */
  void send(String text) throws BenchException {
    await(socket.sendText(text, true), SEND_TIMEOUT_MS, "send");
  }

  @Override
  public void close() {
    socket.abort();
  }

  private static <T> T await(CompletableFuture<T> future, long timeoutMs, String what)
      throws BenchException {
    try {
      return future.get(timeoutMs, TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw new BenchException("cannot " + what + ": " + e.getCause(), e);
    } catch (TimeoutException e) {
      throw new BenchException("cannot " + what + " within " + timeoutMs + " ms", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BenchException("interrupted", e);
    }
  }

  /** Puts the parts of a message together. */
  private static final class Messages implements WebSocket.Listener {
    private final Consumer<String> onMessage;
    private final Consumer<String> onEnd;
    private final StringBuilder parts = new StringBuilder();

    Messages(Consumer<String> onMessage, Consumer<String> onEnd) {
      this.onMessage = onMessage;
      this.onEnd = onEnd;
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
      if (parts.length() + data.length() > MAX_MESSAGE_CHARS) {
        from.abort();
        onEnd.accept("a message of more than " + MAX_MESSAGE_CHARS + " characters");
        return null;
      }
      parts.append(data);
      if (last) {
        String message = parts.toString();
        parts.setLength(0);
        onMessage.accept(message);
      }
      from.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket from, int status, String reason) {
      onEnd.accept("closed by the node with status " + status + " " + reason);
      return null;
    }

    @Override
    public void onError(WebSocket from, Throwable error) {
      onEnd.accept("connection lost: " + error);
    }
  }
}
