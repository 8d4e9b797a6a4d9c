// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.gossip;

import io.lockstep.config.HostPort;
import io.lockstep.primitives.types.Hash32;
import java.util.List;

/**
 * Where a {@link GossipNode} listens, whom it dials, and its bounds. Port 0 takes a free one.
 *
 * @param clusterId who has another one is no peer
 * @param maxFrameBytes of one message, question or answer
 * @param maxConnections accepted from others at once
 * @param maxOutboundBytes waiting to be sent to one peer; over it the peer is dropped
 * @param maxInboundBytes of one peer waiting to be handled; over it the peer is not read from
 * @param maxPendingRequests unanswered questions to one peer
 * @param seenCapacity messages remembered so as not to be passed on twice
 * @param helloTimeoutMs from a connection's start to the end of its hello
 * @param pingIntervalMs of silence after which a sign of life is sent
 * @param idleTimeoutMs of silence after which a peer is dropped
 * @param requestTimeoutMs until a question counts as unanswered
 * @param minBackoffMs before the first attempt to dial again, doubled at each failure
 */
public record GossipOptions(
    String host,
    int port,
    List<HostPort> peers,
    Hash32 clusterId,
    int maxFrameBytes,
    int maxConnections,
    int maxOutboundBytes,
    int maxInboundBytes,
    int maxPendingRequests,
    int seenCapacity,
    long helloTimeoutMs,
    long pingIntervalMs,
    long idleTimeoutMs,
    long requestTimeoutMs,
    long minBackoffMs,
    long maxBackoffMs) {
  public GossipOptions {
    peers = List.copyOf(peers);
  }

  public static Builder builder(String host, int port, List<HostPort> peers, Hash32 clusterId) {
    return new Builder(host, port, peers, clusterId);
  }

  /** The defaults. */
  public static GossipOptions of(String host, int port, List<HostPort> peers, Hash32 clusterId) {
    return builder(host, port, peers, clusterId).build();
  }

  /** Collects the bounds that differ from the defaults. One thread. */
  public static final class Builder {
    private final String host;
    private final int port;
    private final List<HostPort> peers;
    private final Hash32 clusterId;
    private int maxFrameBytes = 8 << 20;
    private int maxConnections = 64;
    private int maxOutboundBytes = 64 << 20;
    private int maxInboundBytes = 16 << 20;
    private int maxPendingRequests = 256;
    private int seenCapacity = 1 << 17;
    private long helloTimeoutMs = 5_000;
    private long pingIntervalMs = 5_000;
    private long idleTimeoutMs = 15_000;
    private long requestTimeoutMs = 5_000;
    private long minBackoffMs = 200;
    private long maxBackoffMs = 5_000;

    private Builder(String host, int port, List<HostPort> peers, Hash32 clusterId) {
      this.host = host;
      this.port = port;
      this.peers = peers;
      this.clusterId = clusterId;
    }

    public Builder maxFrameBytes(int value) {
      maxFrameBytes = (int) positive(value);
      return this;
    }

    public Builder maxConnections(int value) {
      maxConnections = (int) positive(value);
      return this;
    }

    /** Bytes that may wait to be sent to a peer, and of what it sent to be handled. */
    public Builder maxQueuedBytes(int outbound, int inbound) {
      maxOutboundBytes = (int) positive(outbound);
      maxInboundBytes = (int) positive(inbound);
      return this;
    }

    public Builder maxPendingRequests(int value) {
      maxPendingRequests = (int) positive(value);
      return this;
    }

    public Builder seenCapacity(int value) {
      seenCapacity = (int) positive(value);
      return this;
    }

    public Builder helloTimeoutMs(long value) {
      helloTimeoutMs = positive(value);
      return this;
    }

    public Builder silence(long pingAfterMs, long dropAfterMs) {
      pingIntervalMs = positive(pingAfterMs);
      idleTimeoutMs = positive(dropAfterMs);
      return this;
    }

    public Builder requestTimeoutMs(long value) {
      requestTimeoutMs = positive(value);
      return this;
    }

    public Builder backoff(long minMs, long maxMs) {
      minBackoffMs = positive(minMs);
      maxBackoffMs = positive(maxMs);
      return this;
    }

    public GossipOptions build() {
      return new GossipOptions(
          host,
          port,
          peers,
          clusterId,
          maxFrameBytes,
          maxConnections,
          maxOutboundBytes,
          maxInboundBytes,
          maxPendingRequests,
          seenCapacity,
          helloTimeoutMs,
          pingIntervalMs,
          idleTimeoutMs,
          requestTimeoutMs,
          minBackoffMs,
          maxBackoffMs);
    }

    private static long positive(long value) {
      if (value <= 0) {
        throw new IllegalArgumentException("a bound must be above zero, got " + value);
      }
      return value;
    }
  }
}
