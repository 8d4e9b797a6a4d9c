// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.gossip;

import io.lockstep.config.HostPort;
import io.lockstep.preconf.wire.Transport;
import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.flush.FlushConsolidationHandler;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node among its peers: floods, asks and answers. Peers that dial each other keep both
 * connections and use the older one. Threads: event loop {@code gossip-io}, delivery {@code
 * gossip-work}, answers {@code gossip-answer-i}; every method may be called from any thread and
 * none blocks but {@link #close}.
 */
public final class GossipNode implements Gossip, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(GossipNode.class);
  private static final int ANSWER_THREADS = 2;

  /** Both sides dial, and a connection may not have noticed yet that it is dead. */
  private static final int MAX_CONNECTIONS_PER_PEER = 4;

  private final GossipOptions options;
  private final GossipListener listener;
  private final PeerId id;
  private final EventLoopGroup loops = Transport.eventLoops(1, "gossip-io");
  private final ExecutorService work =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().daemon(true).name("gossip-work").factory());
  private final ExecutorService answers =
      Executors.newFixedThreadPool(
          ANSWER_THREADS, Thread.ofPlatform().daemon(true).name("gossip-answer-", 0).factory());
  private final ChannelGroup channels = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);
  private final AtomicInteger accepted = new AtomicInteger();
  private final SeenCache seen;

  /** Connections of each peer, oldest first; the lists are replaced, never changed. */
  private final Map<PeerId, List<PeerConnection>> peers = new ConcurrentHashMap<>();

  private final Channel server;
  private volatile boolean closed;

  private GossipNode(GossipOptions options, GossipListener listener) throws IOException {
    this.options = options;
    this.listener = listener;
    this.seen = new SeenCache(options.seenCapacity());
    SecureRandom random = new SecureRandom();
    this.id = new PeerId(random.nextLong(), random.nextLong());
    this.server = listen();
  }

  /**
   * Listens, and dials every configured peer for as long as it lives.
   *
   * @throws IOException naming host and port when it cannot listen there
   */
  public static GossipNode start(GossipOptions options, GossipListener listener)
      throws IOException {
    GossipNode node = new GossipNode(options, listener);
    for (HostPort peer : options.peers()) {
      new Dialer(node, options, peer, node.loops.next()).dial();
    }
    return node;
  }

  private Channel listen() throws IOException {
    ChannelFuture bound =
        new ServerBootstrap()
            .group(loops)
            .channel(Transport.serverChannel())
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.SO_KEEPALIVE, true)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    accept(channel);
                  }
                })
            .bind(options.host(), options.port())
            .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      shutDown();
      throw Transport.cannotListen(options.host(), options.port(), bound.cause());
    }
    return bound.channel();
  }

  private void accept(Channel channel) {
    int count = accepted.incrementAndGet();
    channel.closeFuture().addListener(gone -> accepted.decrementAndGet());
    if (count > options.maxConnections()) {
      LOG.debug("gossip: limit of {} connections reached", options.maxConnections());
      Transport.close(channel);
    } else {
      prepare(channel, null);
    }
  }

  /** Builds the pipeline of a connection, dialled or accepted. */
  void prepare(Channel channel, @Nullable Dialer dialer) {
    channels.add(channel);
    FrameDecoder decoder = new FrameDecoder(options.maxFrameBytes());
    channel
        .pipeline()
        .addLast(
            new FlushConsolidationHandler(
                FlushConsolidationHandler.DEFAULT_EXPLICIT_FLUSH_AFTER_FLUSHES, true))
        .addLast(
            new IdleStateHandler(
                options.idleTimeoutMs(), options.pingIntervalMs(), 0, TimeUnit.MILLISECONDS))
        .addLast(decoder)
        .addLast(new PeerConnection(this, options, decoder, channel, dialer));
  }

  /** This node's own id. */
  public PeerId id() {
    return id;
  }

  @Override
  public List<PeerId> peers() {
    return List.copyOf(peers.keySet());
  }

  /** The port it listens on, also when it was asked for any. */
  public int port() {
    return ((InetSocketAddress) server.localAddress()).getPort();
  }

  @Override
  public void flood(byte topic, Bytes payload) {
    checkLength(payload);
    seen.add(key(topic, payload));
    spread(topic, payload, id);
  }

  @Override
  public CompletableFuture<Bytes> request(PeerId peer, byte topic, Bytes payload) {
    checkLength(payload);
    List<PeerConnection> connections = peers.get(peer);
    return connections == null
        ? CompletableFuture.failedFuture(new IOException("peer " + peer + " is not connected"))
        : connections.getFirst().ask(topic, payload);
  }

  private void checkLength(Bytes payload) {
    if (payload.size() > options.maxFrameBytes()) {
      throw new IllegalArgumentException(
          "payload of %d bytes, limit %d".formatted(payload.size(), options.maxFrameBytes()));
    }
  }

  private void spread(byte topic, Bytes payload, PeerId except) {
    Frame.Flood frame = new Frame.Flood(topic, payload);
    peers.forEach((peer, connections) -> {
      if (!peer.equals(except)) {
        connections.getFirst().send(frame);
      }
    });
  }

  private static Hash32 key(byte topic, Bytes payload) {
    return Keccak.hashAll(new byte[] {topic}, payload.unsafeArray());
  }

  /** Hands a flooded message to the listener, if it is new, and passes it on. */
  void deliver(PeerId from, byte topic, Bytes payload, Runnable done) {
    run(
        work,
        () -> {
          try {
            if (seen.add(key(topic, payload)) && listener.onMessage(from, topic, payload)) {
              spread(topic, payload, from);
            }
          } finally {
            done.run();
          }
        });
  }

  /** Answers a peer's question. */
  void answer(PeerConnection to, PeerId from, Frame.Request request, Runnable done) {
    run(
        answers,
        () -> {
          Frame.Response response = refusal(request, "internal error");
          try {
            Bytes answer = listener.onRequest(from, request.topic(), request.payload());
            response =
                answer.size() > options.maxFrameBytes()
                    ? refusal(request, "the answer is longer than a frame")
                    : new Frame.Response(request.id(), true, answer);
          } finally {
            to.send(response);
            done.run();
          }
        });
  }

  private static Frame.Response refusal(Frame.Request request, String reason) {
    return new Frame.Response(
        request.id(), false, Bytes.wrap(reason.getBytes(StandardCharsets.UTF_8)));
  }

  /** A connection's other side said hello. */
  synchronized void joined(PeerId peer, PeerConnection connection) {
    List<PeerConnection> known = peers.getOrDefault(peer, List.of());
    if (known.size() >= MAX_CONNECTIONS_PER_PEER) {
      connection.drop("more than " + MAX_CONNECTIONS_PER_PEER + " connections to one node");
      return;
    }
    List<PeerConnection> all = new ArrayList<>(known);
    all.add(connection);
    peers.put(peer, List.copyOf(all));
    if (known.isEmpty()) {
      LOG.info("gossip peer {} connected", connection);
      run(work, () -> listener.onPeer(peer, true));
    }
  }

  /** A connection that may have joined is closed. */
  synchronized void left(PeerId peer, PeerConnection connection) {
    List<PeerConnection> all = new ArrayList<>(peers.getOrDefault(peer, List.of()));
    if (!all.remove(connection)) {
      return;
    }
    if (all.isEmpty()) {
      peers.remove(peer);
      run(work, () -> listener.onPeer(peer, false));
    } else {
      peers.put(peer, List.copyOf(all));
    }
  }

  /** Completes somebody's future, off the event loop; also while closing, so that nobody waits. */
  void complete(Runnable completion) {
    if (!run(answers, completion)) {
      completion.run();
    }
  }

  /**
   * The top of this room's threads: a listener's bug ends one task, not the thread. False when the
   * node is closing.
   */
  private static boolean run(ExecutorService executor, Runnable task) {
    try {
      executor.execute(() -> {
        try {
          task.run();
        } catch (RuntimeException e) {
          LOG.error("a gossip listener failed", e);
        }
      });
      return true;
    } catch (RejectedExecutionException closing) {
      return false;
    }
  }

  boolean isClosed() {
    return closed;
  }

  void later(EventLoop loop, Runnable action, long delay, TimeUnit unit) {
    if (!closed && !loop.isShuttingDown()) {
      loop.schedule(action, delay, unit).addListener(ignored -> {});
    }
  }

  void closeSoon(Channel channel, long delayMs) {
    later(channel.eventLoop(), () -> Transport.close(channel), delayMs, TimeUnit.MILLISECONDS);
  }

  /** Closes every connection and stops; done within two seconds. */
  @Override
  public void close() {
    closed = true;
    server.close().awaitUninterruptibly(500);
    channels.close().awaitUninterruptibly(500);
    shutDown();
  }

  private void shutDown() {
    closed = true;
    work.shutdownNow();
    answers.shutdown();
    Transport.close(loops);
  }
}
