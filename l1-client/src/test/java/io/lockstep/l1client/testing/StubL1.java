// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.lockstep.l1client.http.Endpoint;
import io.lockstep.l1client.http.EndpointPool;
import io.lockstep.l1client.http.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * One L1 endpoint on a loopback port: JSON-RPC at {@code /} and the beacon API below {@code /eth},
 * over a {@link FakeChain} that several stubs may share. Obeys orders to misbehave.
 */
public final class StubL1 implements AutoCloseable {
  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final StubExecution execution;
  private final StubBeacon beacon;
  private final List<OutputStream> streams = new CopyOnWriteArrayList<>();
  private final AtomicInteger requests = new AtomicInteger();
  private volatile @Nullable Supplier<Raw> instead;
  private volatile int streamStatus = 200;

  /** A whole HTTP answer. */
  public record Raw(int status, String contentType, byte[] body) {
    public static Raw text(int status, String contentType, String body) {
      return new Raw(status, contentType, body.getBytes(StandardCharsets.UTF_8));
    }

    public static Raw json(int status, JsonNode body) {
      return new Raw(status, "application/json", Json.MAPPER.writeValueAsBytes(body));
    }
  }

  public StubL1(FakeChain chain) {
    this.execution = new StubExecution(chain);
    this.beacon = new StubBeacon(chain);
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 64);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  public StubExecution execution() {
    return execution;
  }

  public StubBeacon beacon() {
    return beacon;
  }

  public String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  public Endpoint endpoint() {
    return new Endpoint(url());
  }

  public EndpointPool pool() {
    return new EndpointPool(List.of(endpoint()), System::nanoTime);
  }

  /** Requests seen so far, event streams included. */
  public int requests() {
    return requests.get();
  }

  /** Every request is answered with this, until {@link #behave}. */
  public void answerInstead(Supplier<Raw> answer) {
    instead = answer;
  }

  public void behave() {
    instead = null;
  }

  /** The status of event streams that are opened from now on. */
  public void refuseStreams(int status) {
    streamStatus = status;
  }

  /** Event streams open now. */
  public int openStreams() {
    return streams.size();
  }

  /** Writes raw text to every open event stream. */
  public void emitRaw(String text) {
    for (OutputStream stream : List.copyOf(streams)) {
      try {
        stream.write(text.getBytes(StandardCharsets.UTF_8));
        stream.flush();
      } catch (IOException e) {
        streams.remove(stream);
      }
    }
  }

  public void emit(String event, String data) {
    emitRaw("event: " + event + "\ndata: " + data + "\n\n");
  }

  /** Cuts every open event stream off. */
  public void cutStreams() {
    for (OutputStream stream : List.copyOf(streams)) {
      try {
        stream.close();
      } catch (IOException e) {
        // the client had left already
      }
      streams.remove(stream);
    }
  }

  private void handle(HttpExchange exchange) throws IOException {
    requests.incrementAndGet();
    byte[] body = exchange.getRequestBody().readAllBytes();
    String path = exchange.getRequestURI().toString();
    Supplier<Raw> order = instead;
    if (order != null) {
      send(exchange, order.get());
    } else if (path.startsWith("/eth/v1/events")) {
      openStream(exchange);
    } else if (path.startsWith("/eth/")) {
      send(exchange, beacon.get(path));
    } else {
      send(exchange, execution.post(body));
    }
  }

  private void openStream(HttpExchange exchange) throws IOException {
    if (streamStatus != 200) {
      send(exchange, Raw.text(streamStatus, "application/json", "{\"code\":400}"));
      return;
    }
    exchange.getResponseHeaders().add("Content-Type", "text/event-stream");
    exchange.sendResponseHeaders(200, 0);
    streams.add(exchange.getResponseBody());
    exchange.getResponseBody().write(": hello\n\n".getBytes(StandardCharsets.UTF_8));
    exchange.getResponseBody().flush();
  }

  private static void send(HttpExchange exchange, Raw raw) throws IOException {
    exchange.getResponseHeaders().add("Content-Type", raw.contentType());
    exchange.sendResponseHeaders(raw.status(), raw.body().length == 0 ? -1 : raw.body().length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(raw.body());
    }
  }

  @Override
  public void close() {
    cutStreams();
    server.stop(0);
    threads.shutdownNow();
  }
}
