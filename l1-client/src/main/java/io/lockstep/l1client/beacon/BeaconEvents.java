// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.beacon;

import io.lockstep.l1client.http.Endpoint;
import io.lockstep.l1client.http.EndpointPool;
import io.lockstep.primitives.codec.DecodeException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The beacon node's event stream, kept open: one virtual thread that reconnects with back-off, to
 * the next endpoint when one fails or falls silent. Events are hints that make polling prompt; they
 * are given to the consumer on threads of the HTTP client, one at a time, so the consumer must only
 * enqueue.
 */
public final class BeaconEvents implements BeaconEventSource {
  /**
   * Bounds of the stream.
   *
   * @param silenceMs a stream without a byte for so long is given up
   * @param firstBackOffMs after a failure; doubles up to {@code longestBackOffMs}
   */
  public record Options(
      long connectTimeoutMs, long silenceMs, long firstBackOffMs, long longestBackOffMs) {
    /** For a chain with slots of this length. */
    public static Options forSlots(long slotMs) {
      return new Options(4_000, Math.max(10_000, 3 * slotMs), 250, slotMs);
    }
  }

  // The newest spelling last: `head` is deprecated but still the one that most nodes serve.
  private static final List<String> TOPIC_SETS =
      List.of(
          "head,chain_reorg,finalized_checkpoint",
          "head_v2,chain_reorg,finalized_checkpoint",
          "head",
          "block");

  private final EndpointPool pool;
  private final HttpClient client;
  private final Options options;
  private volatile Consumer<BeaconEvent> consumer = event -> {};
  private volatile boolean closed;
  private volatile @Nullable Thread thread;

  public BeaconEvents(EndpointPool pool, HttpClient client, Options options) {
    this.pool = pool;
    this.client = client;
    this.options = options;
  }

  @Override
  public void start(Consumer<BeaconEvent> events) {
    if (thread != null) {
      throw new IllegalStateException("the event stream was started already");
    }
    consumer = events;
    thread = Thread.ofVirtual().name("l1-events").start(this::run);
  }

  private void run() {
    long backOffMs = options.firstBackOffMs;
    while (!closed) {
      Endpoint endpoint = pool.ranked().getFirst();
      Attempt attempt = new Attempt(endpoint);
      String why = attempt.follow();
      if (closed) {
        return;
      }
      pool.failed(endpoint);
      consumer.accept(new BeaconEvent.Lost(endpoint.name(), why));
      if (attempt.sawEvent) {
        backOffMs = options.firstBackOffMs;
      }
      try {
        Thread.sleep(backOffMs);
      } catch (InterruptedException e) {
        return; // only close() interrupts
      }
      backOffMs = Math.min(options.longestBackOffMs, backOffMs * 2);
    }
  }

  /** Ends the stream and its thread. */
  @Override
  public void close() {
    closed = true;
    Thread running = thread;
    if (running != null) {
      running.interrupt();
    }
  }

  /** One connection, from opening to its end. */
  private final class Attempt {
    private final Endpoint endpoint;
    private volatile boolean sawEvent;

    Attempt(Endpoint endpoint) {
      this.endpoint = endpoint;
    }

    /** Follows the stream and says why it ended. */
    String follow() {
      String why = "no topic set was accepted";
      for (String topics : TOPIC_SETS) {
        HttpRequest.Builder request =
            HttpRequest.newBuilder(endpoint.uri("/eth/v1/events?topics=" + topics))
                .header("Accept", "text/event-stream")
                .timeout(Duration.ofMillis(options.connectTimeoutMs))
                .GET();
        String authorization = endpoint.authorization();
        if (authorization != null) {
          request.header("Authorization", authorization);
        }
        Stream stream = new Stream(this);
        CompletableFuture<HttpResponse<Void>> exchange =
            client.sendAsync(request.build(), info -> body(info, stream));
        try {
          why = await(stream, exchange);
        } finally {
          stream.cancel();
          exchange.cancel(true);
        }
        if (!why.equals("HTTP 400")) {
          return why;
        }
      }
      return why;
    }

    private HttpResponse.BodySubscriber<Void> body(HttpResponse.ResponseInfo info, Stream stream) {
      String type = info.headers().firstValue("content-type").orElse("");
      if (info.statusCode() == 200 && type.startsWith("text/event-stream")) {
        return HttpResponse.BodySubscribers.fromSubscriber(stream);
      }
      stream.ended.complete(
          info.statusCode() == 200 ? "not an event stream" : "HTTP " + info.statusCode());
      return HttpResponse.BodySubscribers.discarding();
    }

    private String await(Stream stream, CompletableFuture<HttpResponse<Void>> exchange) {
      // a failure before or in the stream; its ordinary end comes from the stream itself
      CompletableFuture<String> failed =
          exchange.handle((response, failure) -> {
            stream.ended.complete(failure == null ? "stream ended" : describe(failure));
            return "";
          });
      try {
        while (true) {
          long quietMs = stream.quietMs();
          long limitMs = stream.started ? options.silenceMs : options.connectTimeoutMs;
          if (quietMs >= limitMs) {
            return stream.started ? "silent for " + quietMs + " ms" : "no answer";
          }
          String end = stream.endWithin(limitMs - quietMs);
          if (end != null) {
            return end;
          }
        }
      } catch (ExecutionException e) {
        throw new IllegalStateException("the end of a stream is never exceptional", e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return "closed";
      } finally {
        failed.cancel(false);
      }
    }
  }

  private static String describe(Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
  }

  /** Feeds what arrives to the parser. */
  private final class Stream implements Flow.Subscriber<List<ByteBuffer>> {
    private final Attempt attempt;
    private final SseParser parser = new SseParser(this::event);
    private final CompletableFuture<String> ended = new CompletableFuture<>();
    private volatile boolean started;
    private volatile long lastNanos = System.nanoTime();
    private volatile Flow.@Nullable Subscription subscription;

    Stream(Attempt attempt) {
      this.attempt = attempt;
    }

    /** Why the stream ended, or null when it has not within {@code waitMs}. */
    @Nullable String endWithin(long waitMs) throws InterruptedException, ExecutionException {
      try {
        return ended.get(waitMs, TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        return null;
      }
    }

    long quietMs() {
      return (System.nanoTime() - lastNanos) / 1_000_000;
    }

    void cancel() {
      Flow.Subscription s = subscription;
      if (s != null) {
        s.cancel();
      }
    }

    private void event(String name, String data) {
      try {
        BeaconEvent event = BeaconJson.event(name, data);
        if (event != null) {
          attempt.sawEvent = true;
          pool.succeeded(attempt.endpoint);
          consumer.accept(event);
        }
      } catch (DecodeException e) {
        ended.complete("bad event " + name + ": " + e.getMessage());
        cancel();
      }
    }

    @Override
    public void onSubscribe(Flow.Subscription s) {
      subscription = s;
      started = true;
      lastNanos = System.nanoTime();
      consumer.accept(new BeaconEvent.Opened(attempt.endpoint.name()));
      s.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
      lastNanos = System.nanoTime();
      try {
        for (ByteBuffer buffer : buffers) {
          parser.feed(buffer);
        }
      } catch (DecodeException e) {
        ended.complete(String.valueOf(e.getMessage()));
        cancel();
      }
    }

    @Override
    public void onError(Throwable failure) {
      ended.complete(describe(failure));
    }

    @Override
    public void onComplete() {
      ended.complete("stream ended");
    }
  }
}
