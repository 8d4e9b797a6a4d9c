// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.wire;

/**
 * Where a {@link WireServer} listens and every bound it keeps. Port 0 takes a free one.
 *
 * @param maxBodyBytes of a request body or a WebSocket message
 * @param maxAnswerBytes of a JSON-RPC answer, a whole batch included
 * @param maxBatchCalls calls in one JSON-RPC batch
 * @param maxConnections open at once; one more is refused with status 503
 * @param maxSubscriptionsPerConnection of one WebSocket
 * @param maxQueuedMessages notifications or events that wait for one slow reader
 * @param maxQueuedBytes of the same
 * @param maxCallsInFlight over all connections; one more is answered -32005
 * @param maxCallsPerConnection messages of one WebSocket that are being answered; then it is not
 *     read from until one is done
 * @param callTimeoutMs of one HTTP request, JSON-RPC call or whole batch
 * @param idleTimeoutMs after which a silent connection is closed (a WebSocket is pinged first)
 * @param requestTimeoutMs from a request's first byte to its last
 * @param ioThreads event loops
 */
public record WireOptions(
    String host,
    int port,
    int maxBodyBytes,
    int maxAnswerBytes,
    int maxBatchCalls,
    int maxConnections,
    int maxSubscriptionsPerConnection,
    int maxQueuedMessages,
    int maxQueuedBytes,
    int maxCallsInFlight,
    int maxCallsPerConnection,
    long callTimeoutMs,
    long idleTimeoutMs,
    long requestTimeoutMs,
    int ioThreads) {

  /** The defaults, to be changed one by one. */
  public static Builder builder(String host, int port) {
    return new Builder(host, port);
  }

  public static WireOptions of(String host, int port) {
    return builder(host, port).build();
  }

  /** Collects the bounds that differ from the defaults. One thread. */
  public static final class Builder {
    private final String host;
    private final int port;
    private int maxBodyBytes = 10 << 20;
    private int maxAnswerBytes = 64 << 20;
    private int maxBatchCalls = 1_000;
    private int maxConnections = 2_048;
    private int maxSubscriptionsPerConnection = 128;
    private int maxQueuedMessages = 8_192;
    private int maxQueuedBytes = 16 << 20;
    private int maxCallsInFlight = 16_384;
    private int maxCallsPerConnection = 4_096;
    private long callTimeoutMs = 30_000;
    private long idleTimeoutMs = 120_000;
    private long requestTimeoutMs = 30_000;
    private int ioThreads = Math.clamp(Runtime.getRuntime().availableProcessors() / 2, 1, 4);

    private Builder(String host, int port) {
      this.host = host;
      this.port = port;
    }

    public Builder maxBodyBytes(int value) {
      maxBodyBytes = positive(value);
      return this;
    }

    public Builder maxAnswerBytes(int value) {
      maxAnswerBytes = positive(value);
      return this;
    }

    public Builder maxBatchCalls(int value) {
      maxBatchCalls = positive(value);
      return this;
    }

    public Builder maxConnections(int value) {
      maxConnections = positive(value);
      return this;
    }

    public Builder maxSubscriptionsPerConnection(int value) {
      maxSubscriptionsPerConnection = positive(value);
      return this;
    }

    /** Messages and bytes that may wait for one slow reader. */
    public Builder maxQueued(int messages, int bytes) {
      maxQueuedMessages = positive(messages);
      maxQueuedBytes = positive(bytes);
      return this;
    }

    public Builder maxCallsInFlight(int value) {
      maxCallsInFlight = positive(value);
      return this;
    }

    public Builder maxCallsPerConnection(int value) {
      maxCallsPerConnection = positive(value);
      return this;
    }

    public Builder callTimeoutMs(long value) {
      callTimeoutMs = positive(value);
      return this;
    }

    public Builder idleTimeoutMs(long value) {
      idleTimeoutMs = positive(value);
      return this;
    }

    public Builder requestTimeoutMs(long value) {
      requestTimeoutMs = positive(value);
      return this;
    }

    public Builder ioThreads(int value) {
      ioThreads = positive(value);
      return this;
    }

    public WireOptions build() {
      return new WireOptions(
          host,
          port,
          maxBodyBytes,
          maxAnswerBytes,
          maxBatchCalls,
          maxConnections,
          maxSubscriptionsPerConnection,
          maxQueuedMessages,
          maxQueuedBytes,
          maxCallsInFlight,
          maxCallsPerConnection,
          callTimeoutMs,
          idleTimeoutMs,
          requestTimeoutMs,
          ioThreads);
    }

    private static int positive(int value) {
      return (int) positive((long) value);
    }

    private static long positive(long value) {
      if (value <= 0) {
        throw new IllegalArgumentException("a bound must be above zero, got " + value);
      }
      return value;
    }
  }
}
