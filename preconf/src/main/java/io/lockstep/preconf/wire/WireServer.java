// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.wire;

import io.lockstep.preconf.wire.RpcExchange.RpcContext;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.flow.FlowControlHandler;
import io.netty.handler.flush.FlushConsolidationHandler;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Serves JSON-RPC over HTTP and WebSocket, routes and event streams on one port until it is closed.
 * Event loops are its own daemon threads {@code wire-io-i}.
 */
public final class WireServer implements AutoCloseable {
  /** Connections over the limit that are told so at the same time; more are just closed. */
  private static final int MAX_REFUSALS = 128;

  private static final int BACKLOG = 1_024;

  private final EventLoopGroup loops;
  private final Workers workers;
  private final ChannelGroup connections;
  private final Channel listener;

  /** What every connection serves from. */
  record Served(
      Routes routes, Map<String, RpcContext> rpc, RpcContext shared, LastEncoded encoder) {}

  private WireServer(
      EventLoopGroup loops, Workers workers, ChannelGroup connections, Channel listener) {
    this.loops = loops;
    this.workers = workers;
    this.connections = connections;
    this.listener = listener;
  }

  /**
   * Starts serving.
   *
   * @param routes must not be changed afterwards
   * @param rpc JSON-RPC by path: POST and WebSocket upgrade; a GET there may be a route
   * @throws IOException naming host and port when it cannot listen there
   */
  public static WireServer start(WireOptions options, Routes routes, Map<String, RpcEndpoint> rpc)
      throws IOException {
    Workers workers = new Workers(options.maxCallsInFlight());
    Json json = new Json(options.maxBodyBytes());
    Map<String, RpcContext> contexts = new HashMap<>();
    rpc.forEach((path, endpoint) ->
        contexts.put(
            HttpConnection.normal(path), new RpcContext(endpoint, options, json, workers)));
    RpcContext shared = new RpcContext(new RpcEndpoint(Map.of(), Map.of()), options, json, workers);
    Served served = new Served(routes, Map.copyOf(contexts), shared, new LastEncoded());
    EventLoopGroup loops = Transport.eventLoops(options.ioThreads(), "wire-io");
    ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);
    ChannelFuture bound =
        new ServerBootstrap()
            .group(loops)
            .channel(Transport.serverChannel())
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.SO_KEEPALIVE, true)
            .childOption(ChannelOption.AUTO_READ, false)
            .childOption(
                ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(256 << 10, 1 << 20))
            .childHandler(new Connections(served, options, connections))
            .bind(options.host(), options.port())
            .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      workers.close();
      Transport.close(loops);
      throw Transport.cannotListen(options.host(), options.port(), bound.cause());
    }
    return new WireServer(loops, workers, connections, bound.channel());
  }

  /** Builds the pipeline of each connection that is accepted. */
  private static final class Connections extends ChannelInitializer<Channel> {
    private final Served served;
    private final WireOptions options;
    private final ChannelGroup group;
    private final AtomicInteger open = new AtomicInteger();

    Connections(Served served, WireOptions options, ChannelGroup group) {
      this.served = served;
      this.options = options;
      this.group = group;
    }

    @Override
    protected void initChannel(Channel channel) {
      group.add(channel);
      int count = open.incrementAndGet();
      channel.closeFuture().addListener(closed -> open.decrementAndGet());
      if (count > options.maxConnections()) {
        if (count > options.maxConnections() + MAX_REFUSALS) {
          Transport.close(channel);
        } else {
          channel.pipeline().addLast(new Refusal(options.maxConnections()));
        }
        return;
      }
      RequestDeadline deadline = new RequestDeadline(options.requestTimeoutMs());
      channel
          .pipeline()
          // Answers that are ready together leave in one write; it costs no waiting.
          .addLast(
              new FlushConsolidationHandler(
                  FlushConsolidationHandler.DEFAULT_EXPLICIT_FLUSH_AFTER_FLUSHES, true))
          .addLast(new IdleStateHandler(options.idleTimeoutMs(), 0, 0, TimeUnit.MILLISECONDS))
          .addLast(deadline)
          .addLast(new HttpServerCodec(new HttpDecoderConfig()))
          .addLast(new BodyAggregator(options.maxBodyBytes()))
          .addLast(new FlowControlHandler())
          .addLast(new HttpConnection(served, deadline));
    }
  }

  /** The port it listens on, also when it was asked for any. */
  public int port() {
    return ((InetSocketAddress) listener.localAddress()).getPort();
  }

  /** Stops listening, cuts every connection, interrupts what runs; done within two seconds. */
  @Override
  public void close() {
    listener.close().awaitUninterruptibly(500);
    connections.close().awaitUninterruptibly(500);
    workers.close();
    Transport.close(loops);
  }
}
