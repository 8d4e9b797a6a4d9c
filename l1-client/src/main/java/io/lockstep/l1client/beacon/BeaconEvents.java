// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.beacon;

import io.lockstep.l1client.L1Exception;
import io.lockstep.l1client.http.Endpoint;
import io.lockstep.l1client.http.EndpointPool;
import io.lockstep.primitives.codec.DecodeException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
 * the next endpoint when one fails or falls silent. Events are hints that make polling prompt:
 * whoever hears {@link BeaconEvent.Opened} looks at everything once, so that nothing is missed by a
 * switch. They are given to the consumer on threads of the HTTP client, one at a time, so the
 * consumer must only enqueue.
 */
public final class BeaconEvents implements BeaconEventSource {
  /**
   * Bounds of the stream.
   *
   * @param silenceMs a stream without an event for so long is given up; signs of life do not count,
   *     a node can send them and nothing else
   * @param firstBackOffMs after a failure; doubles up to {@code longestBackOffMs}
   */
  public record Options(
      long connectTimeoutMs, long silenceMs, long firstBackOffMs, long longestBackOffMs) {
    /** Three slots without a block are rare, and looking elsewhere for them costs little. */
    private static final int SILENT_SLOTS = 3;

    /** For a chain with slots of this length. */
    public static Options forSlots(long slotMs) {
      return new Options(4_000, SILENT_SLOTS * slotMs, 250, slotMs);
    }
  }

  // A node answers 400 to a topic that it does not know. `head` is deprecated and what most serve,
  // `head_v2` what comes after it; a node that gives both tells each head twice, which is harmless.
  private static final List<String> TOPIC_SETS =
      List.of(
          "head,head_v2,chain_reorg,finalized_checkpoint",
          "head,chain_reorg,finalized_checkpoint",
          "head_v2,chain_reorg,finalized_checkpoint",
          "head",
          "block");

  private final EndpointPool pool;
  private final HttpClient client;
  private final Options options;
  private final Map<Endpoint, String> acceptedTopics = new HashMap<>();
  private final Map<Endpoint, Long> lastBreak = new HashMap<>();
  private long breaks;
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
      Endpoint endpoint = next();
      if (endpoint != null) {
        Attempt attempt = new Attempt(endpoint);
        String why = attempt.follow();
        if (closed) {
          return;
        }
        lastBreak.put(endpoint, ++breaks);
        if (!attempt.wasSilent) {
          pool.failed(endpoint); // a silent stream says nothing of the endpoint's other answers
        }
        consumer.accept(new BeaconEvent.Lost(endpoint.name(), why));
        if (attempt.sawEvent) {
          backOffMs = options.firstBackOffMs;
        }
      }
      try {
        Thread.sleep(backOffMs);
      } catch (InterruptedException e) {
        return; // only close() interrupts
      }
      backOffMs = Math.min(options.longestBackOffMs, backOffMs * 2);
    }
  }

  /**
   * The endpoint to open a stream at: of those that are well, the one whose stream broke longest
   * ago. That other requests succeed there says nothing of its stream.
   */
  private @Nullable Endpoint next() {
    List<Endpoint> well = pool.healthy();
    List<Endpoint> order = new ArrayList<>(well.isEmpty() ? pool.ranked() : well);
    order.sort(Comparator.comparingLong(e -> lastBreak.getOrDefault(e, 0L)));
    for (Endpoint endpoint : order) {
      try {
        if (pool.admits(endpoint)) {
          return endpoint;
        }
      } catch (L1Exception e) {
        pool.failed(endpoint);
      }
    }
    return null;
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
    private boolean wasSilent;

    Attempt(Endpoint endpoint) {
      this.endpoint = endpoint;
    }

    /** Follows the stream and says why it ended. */
    String follow() {
      String why = "no topic set was accepted";
      String accepted = acceptedTopics.get(endpoint);
      for (String topics : accepted == null ? TOPIC_SETS : List.of(accepted)) {
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
        if (stream.started) {
          acceptedTopics.put(endpoint, topics);
        }
        if (!why.equals("HTTP 400")) {
          return why;
        }
      }
      acceptedTopics.remove(endpoint); // it may have become another version
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
            wasSilent = stream.started;
            return stream.started ? "silent: no event for " + quietMs + " ms" : "no answer";
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
          lastNanos = System.nanoTime();
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
