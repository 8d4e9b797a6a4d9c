// SPDX-License-Identifier: Apache-2.0
package io.lockstep.config;

/**
 * Every bound that the JSON-RPC server keeps. Any thread.
 *
 * @param maxBodyBytes of a request body or a WebSocket message
 * @param maxAnswerBytes of a JSON-RPC answer, a whole batch included
 * @param maxBatch calls in one JSON-RPC batch
 * @param maxDepth of arrays and objects in each other in a request
 * @param maxConnections open at once; one more is refused with status 503
 * @param maxConnectionsPerAddress the same for one address, IPv6 by its first 64 bits; status 429
 * @param maxSubscriptions of one WebSocket
 * @param maxQueuedMessages notifications or events that wait for one slow reader
 * @param maxQueuedBytes of the same, and of answers on a WebSocket
 * @param maxCalls being answered, over all connections; one more is answered -32005
 * @param maxCallsPerConnection messages of one WebSocket that are being answered; then it is not
 *     read from until one is done
 * @param readTimeoutMs from a request's first byte to its last
 * @param answerTimeoutMs of one HTTP request, JSON-RPC call or whole batch
 * @param idleTimeoutMs after which a silent connection is closed (a WebSocket is pinged first)
 */
public record RpcBounds(
    int maxBodyBytes,
    int maxAnswerBytes,
    int maxBatch,
    int maxDepth,
    int maxConnections,
    int maxConnectionsPerAddress,
    int maxSubscriptions,
    int maxQueuedMessages,
    int maxQueuedBytes,
    int maxCalls,
    int maxCallsPerConnection,
    long readTimeoutMs,
    long answerTimeoutMs,
    long idleTimeoutMs) {

  /** As it is when the configuration does not say. */
  public static final RpcBounds DEFAULT = builder().build();

  /** The defaults, to be changed one by one. */
  public static Builder builder() {
    return new Builder();
  }

  /** Collects the bounds that differ from the defaults. One thread. */
  public static final class Builder {
    private int maxBodyBytes = 10 << 20;
    private int maxAnswerBytes = 64 << 20;
    private int maxBatch = 1_000;
    private int maxDepth = 64;
    private int maxConnections = 2_048;
    private int maxConnectionsPerAddress = 256;
    private int maxSubscriptions = 128;
    private int maxQueuedMessages = 8_192;
    private int maxQueuedBytes = 16 << 20;
    private int maxCalls = 16_384;
    private int maxCallsPerConnection = 4_096;
    private long readTimeoutMs = 30_000;
    private long answerTimeoutMs = 30_000;
    private long idleTimeoutMs = 120_000;

    private Builder() {}

    public Builder maxBodyBytes(int value) {
      maxBodyBytes = value;
      return this;
    }

    public Builder maxAnswerBytes(int value) {
      maxAnswerBytes = value;
      return this;
    }

    public Builder maxBatch(int value) {
      maxBatch = value;
      return this;
    }

    public Builder maxDepth(int value) {
      maxDepth = value;
      return this;
    }

    public Builder maxConnections(int value) {
      maxConnections = value;
      return this;
    }

    public Builder maxConnectionsPerAddress(int value) {
      maxConnectionsPerAddress = value;
      return this;
    }

    public Builder maxSubscriptions(int value) {
      maxSubscriptions = value;
      return this;
    }

    /** Messages and bytes that may wait for one slow reader. */
    public Builder maxQueued(int messages, int bytes) {
      maxQueuedMessages = messages;
      maxQueuedBytes = bytes;
      return this;
    }

    public Builder maxCalls(int value) {
      maxCalls = value;
      return this;
    }

    public Builder maxCallsPerConnection(int value) {
      maxCallsPerConnection = value;
      return this;
    }

    public Builder readTimeoutMs(long value) {
      readTimeoutMs = value;
      return this;
    }

    public Builder answerTimeoutMs(long value) {
      answerTimeoutMs = value;
      return this;
    }

    public Builder idleTimeoutMs(long value) {
      idleTimeoutMs = value;
      return this;
    }

    public RpcBounds build() {
      return new RpcBounds(
          maxBodyBytes,
          maxAnswerBytes,
          maxBatch,
          maxDepth,
          maxConnections,
          maxConnectionsPerAddress,
          maxSubscriptions,
          maxQueuedMessages,
          maxQueuedBytes,
          maxCalls,
          maxCallsPerConnection,
          readTimeoutMs,
          answerTimeoutMs,
          idleTimeoutMs);
    }
  }
}
