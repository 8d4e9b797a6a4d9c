// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.gossip;

import io.lockstep.preconf.wire.Transport;
import io.lockstep.primitives.types.Bytes;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.timeout.IdleState;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One TCP connection to a node, dialled or accepted. Frames come in on the event loop; sending and
 * asking from any thread.
 */
final class PeerConnection extends SimpleChannelInboundHandler<Frame> {
  private static final Logger LOG = LoggerFactory.getLogger(PeerConnection.class);
  private static final long CLOSE_GRACE_MS = 500;

  private final GossipNode node;
  private final GossipOptions options;
  private final FrameDecoder decoder;
  private final Channel channel;
  private final @Nullable Dialer dialer;
  private final AtomicBoolean ending = new AtomicBoolean();
  private final AtomicLong outboundBytes = new AtomicLong();
  private final AtomicLong inboundBytes = new AtomicLong();
  private final AtomicLong requestIds = new AtomicLong();
  private final Map<Long, CompletableFuture<Bytes>> pending = new ConcurrentHashMap<>();
  private volatile @Nullable PeerId peer;
  private @Nullable Future<?> helloTimer;

  PeerConnection(
      GossipNode node,
      GossipOptions options,
      FrameDecoder decoder,
      Channel channel,
      @Nullable Dialer dialer) {
    this.node = node;
    this.options = options;
    this.decoder = decoder;
    this.channel = channel;
    this.dialer = dialer;
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    send(new Frame.Hello(Frame.VERSION, options.clusterId(), node.id()));
    helloTimer =
        ctx.executor()
            .schedule(
                () -> drop("no hello within " + options.helloTimeoutMs() + " ms"),
                options.helloTimeoutMs(),
                TimeUnit.MILLISECONDS);
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, Frame frame) {
    PeerId from = peer;
    if (ending.get()) {
      return;
    }
    if (from == null) {
      switch (frame) {
        case Frame.Hello hello -> greet(hello);
        case Frame.Goodbye(String reason) -> leave(reason);
        default -> drop("a frame before the hello");
      }
      return;
    }
    switch (frame) {
      case Frame.Flood(byte topic, Bytes payload) ->
          handle(payload.size(), work -> node.deliver(from, topic, payload, work));
      case Frame.Request request ->
          handle(request.payload().size(), work -> node.answer(this, from, request, work));
      case Frame.Response response -> answered(response);
      case Frame.Ping() -> {} // that it came is all it says: it has reset the idle timer
      case Frame.Goodbye(String reason) -> leave(reason);
      case Frame.Hello again -> drop("a second hello");
    }
  }

  private void greet(Frame.Hello hello) {
    if (helloTimer != null) {
      helloTimer.cancel(false);
    }
    if (hello.version() != Frame.VERSION) {
      drop("protocol version " + hello.version() + ", ours is " + Frame.VERSION);
    } else if (!hello.clusterId().equals(options.clusterId())) {
      drop("cluster " + hello.clusterId() + ", ours is " + options.clusterId());
    } else if (hello.nodeId().equals(node.id())) {
      if (dialer != null) {
        dialer.isSelf();
      }
      ending.set(true);
      Transport.close(channel);
    } else {
      decoder.admit();
      peer = hello.nodeId();
      if (dialer != null) {
        dialer.succeeded();
      }
      node.joined(hello.nodeId(), this);
    }
  }

  private void leave(String reason) {
    if (ending.compareAndSet(false, true)) {
      LOG.info("gossip peer {} closes the connection: {}", this, reason);
    }
    Transport.close(channel);
  }

  /** Work on what a peer sent; it calls the runnable when it is done. */
  private interface Handling {
    void start(Runnable done);
  }

  /** Keeps count of what waits to be handled and stops reading from a peer that sends too fast. */
  private void handle(int payloadBytes, Handling handling) {
    // An empty message costs something too.
    long cost = payloadBytes + 256L;
    inboundBytes.addAndGet(cost);
    regulate();
    handling.start(() -> {
      inboundBytes.addAndGet(-cost);
      regulate();
    });
  }

  private void regulate() {
    boolean read = inboundBytes.get() < options.maxInboundBytes();
    if (channel.config().isAutoRead() != read) {
      synchronized (this) {
        channel.config().setAutoRead(inboundBytes.get() < options.maxInboundBytes());
      }
    }
  }

  /** Queues a frame; a peer whose queue is full is dropped. Any thread, never blocks. */
  void send(Frame frame) {
    byte[] head = frame.head();
    Bytes payload = frame.payload();
    long length = (long) head.length + payload.size();
    if (ending.get()) {
      return;
    }
    if (outboundBytes.addAndGet(length) > options.maxOutboundBytes()) {
      outboundBytes.addAndGet(-length);
      drop("too slow: more than " + options.maxOutboundBytes() + " bytes waiting");
      return;
    }
    channel
        .writeAndFlush(Unpooled.wrappedBuffer(head, payload.unsafeArray()))
        .addListener(sent -> outboundBytes.addAndGet(-length));
  }

  /** Asks; the future fails with IOException or TimeoutException. Any thread. */
  CompletableFuture<Bytes> ask(byte topic, Bytes payload) {
    CompletableFuture<Bytes> answer = new CompletableFuture<>();
    if (pending.size() >= options.maxPendingRequests()) {
      answer.completeExceptionally(
          new IOException(
              "limit of " + options.maxPendingRequests() + " unanswered requests to " + this));
      return answer;
    }
    long id = requestIds.incrementAndGet();
    pending.put(id, answer);
    if (!channel.isActive()) {
      failPending();
      return answer;
    }
    channel
        .eventLoop()
        .schedule(() -> expire(id, topic), options.requestTimeoutMs(), TimeUnit.MILLISECONDS)
        .addListener(ignored -> {});
    send(new Frame.Request(id, topic, payload));
    return answer;
  }

  private void expire(long id, byte topic) {
    CompletableFuture<Bytes> late = pending.remove(id);
    if (late != null) {
      String message =
          "no answer on topic %d from %s within %d ms"
              .formatted(topic & 0xff, this, options.requestTimeoutMs());
      node.complete(() -> late.completeExceptionally(new TimeoutException(message)));
    }
  }

  private void answered(Frame.Response response) {
    CompletableFuture<Bytes> waiting = pending.remove(response.id());
    if (waiting == null) {
      return; // it came too late; the asker has been told
    }
    if (response.ok()) {
      node.complete(() -> waiting.complete(response.payload()));
    } else {
      String reason = Frame.printable(response.payload(), Frame.MAX_REASON_BYTES);
      node.complete(
          () -> waiting.completeExceptionally(new IOException(this + " answered: " + reason)));
    }
  }

  private void failPending() {
    IOException gone = new IOException("the connection to " + this + " ended");
    List<Long> ids = List.copyOf(pending.keySet());
    for (Long id : ids) {
      CompletableFuture<Bytes> lost = pending.remove(id);
      if (lost != null) {
        node.complete(() -> lost.completeExceptionally(gone));
      }
    }
  }

  /** Ends the connection and says why, here and there. Any thread. */
  void drop(String reason) {
    if (!ending.compareAndSet(false, true)) {
      return;
    }
    LOG.warn("gossip peer {} dropped: {}", this, reason);
    Frame.Goodbye goodbye = new Frame.Goodbye(reason);
    Transport.sendLast(channel, Unpooled.wrappedBuffer(goodbye.head()));
    // A peer that does not read would never let the good-bye through.
    node.closeSoon(channel, CLOSE_GRACE_MS);
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof IdleStateEvent idle) {
      if (idle.state() == IdleState.WRITER_IDLE) {
        send(new Frame.Ping());
      } else if (channel.config().isAutoRead()) {
        drop("silent for " + options.idleTimeoutMs() + " ms");
      }
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (helloTimer != null) {
      helloTimer.cancel(false);
    }
    if (ending.compareAndSet(false, true)) {
      LOG.info("gossip peer {} disconnected", this);
    }
    PeerId known = peer;
    if (known != null) {
      node.left(known, this);
    }
    failPending();
    ctx.fireChannelInactive();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    Throwable root = cause.getCause() == null ? cause : cause.getCause();
    drop(root instanceof IOException ? "connection lost" : String.valueOf(root.getMessage()));
  }

  @Override
  public String toString() {
    PeerId known = peer;
    return (known == null ? "(unknown)" : known) + " at " + channel.remoteAddress();
  }
}
