// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.watch;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** One endpoint of an L1: passes on what the box answers, or spoils it as ordered. Any thread. */
public final class FaultProxy implements AutoCloseable {
  private final URI target;
  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final List<OutputStream> streams = new CopyOnWriteArrayList<>();
  private volatile @Nullable Fault fault;
  private volatile @Nullable Answer insteadOfStream;

  /** What is asked: path and query, and the body of a JSON-RPC call. */
  public record Asked(String path, String body) {
    public boolean isCall(String method) {
      return body.contains("\"" + method + "\"");
    }
  }

  /** A whole answer. */
  public record Answer(int status, String contentType, String body) {
    public static final Answer HTML = new Answer(200, "text/html", "<html>log in first</html>");

    public Answer with(String newBody) {
      return new Answer(status, contentType, newBody);
    }
  }

  /** Asks the box. */
  @FunctionalInterface
  public interface Box {
    Answer answer() throws IOException;
  }

  /** What is answered instead. */
  @FunctionalInterface
  public interface Fault {
    Answer answer(Asked asked, Box box) throws IOException;
  }

  public FaultProxy(URI target) throws IOException {
    this.target = target;
    this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 64);
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  public URI uri() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /** Host and port, as the node names it. */
  public String name() {
    return uri().getAuthority();
  }

  public void fault(Fault ordered) {
    fault = ordered;
  }

  /** Every answer is this. */
  public void always(Answer answer) {
    fault = (asked, box) -> answer;
  }

  public void behave() {
    fault = null;
    insteadOfStream = null;
  }

  /** Event streams opened from now on are answered so. */
  public void insteadOfStreams(Answer answer) {
    insteadOfStream = answer;
  }

  /** Requests so far, event streams included. */
  public int requests() {
    return requests.size();
  }

  /** How often a path, or a JSON-RPC method, was asked for. */
  public long asked(String text) {
    return requests.stream().filter(one -> one.contains(text)).count();
  }

  public int openStreams() {
    return streams.size();
  }

  /** Writes to every open stream and breaks it off. */
  public void cutStreams(String lastWords) {
    for (OutputStream stream : List.copyOf(streams)) {
      streams.remove(stream);
      try {
        stream.write(lastWords.getBytes(StandardCharsets.UTF_8));
        stream.flush();
        stream.close();
      } catch (IOException e) {
        // the reader had left already
      }
    }
  }

  private void handle(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().toString();
    Asked asked =
        new Asked(
            path, new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
    requests.add(path + " " + asked.body);
    if (path.startsWith("/eth/v1/events")) {
      stream(exchange, path);
      return;
    }
    Fault ordered = fault;
    String accept =
        Optional.ofNullable(exchange.getRequestHeaders().getFirst("Accept")).orElse("*/*");
    Box box = () -> forward(asked, accept);
    send(exchange, ordered == null ? box.answer() : ordered.answer(asked, box));
  }

  private Answer forward(Asked asked, String accept) throws IOException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(target.resolve(asked.path)).header("Accept", accept);
    if (!asked.body.isEmpty()) {
      request
          .header("Content-Type", "application/json")
          .POST(HttpRequest.BodyPublishers.ofString(asked.body));
    }
    HttpResponse<String> response = ask(request.build(), HttpResponse.BodyHandlers.ofString());
    return new Answer(
        response.statusCode(),
        response.headers().firstValue("content-type").orElse("application/json"),
        response.body());
  }

  private <T> HttpResponse<T> ask(HttpRequest request, HttpResponse.BodyHandler<T> handler)
      throws IOException {
    try {
      return http.send(request, handler);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private void stream(HttpExchange exchange, String path) throws IOException {
    Answer instead = insteadOfStream;
    if (instead != null) {
      send(exchange, instead);
      return;
    }
    HttpRequest request = HttpRequest.newBuilder(target.resolve(path)).build();
    HttpResponse<InputStream> response = ask(request, HttpResponse.BodyHandlers.ofInputStream());
    exchange
        .getResponseHeaders()
        .add("Content-Type", response.headers().firstValue("content-type").orElse(""));
    exchange.sendResponseHeaders(response.statusCode(), 0);
    OutputStream out = exchange.getResponseBody();
    if (response.statusCode() == 200) {
      out.write(": open\n\n".getBytes(StandardCharsets.UTF_8)); // or the headers wait for an event
      out.flush();
      streams.add(out);
    }
    try (InputStream in = response.body()) {
      byte[] chunk = new byte[4_096];
      for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
        out.write(chunk, 0, read);
        out.flush();
      }
    } finally {
      streams.remove(out);
      exchange.close();
    }
  }

  private static void send(HttpExchange exchange, Answer answer) throws IOException {
    byte[] body = answer.body.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().add("Content-Type", answer.contentType);
    exchange.sendResponseHeaders(answer.status, body.length == 0 ? -1 : body.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(body);
    }
  }

  @Override
  public void close() {
    cutStreams("");
    server.stop(0);
    http.shutdownNow();
    threads.shutdownNow();
  }
}
