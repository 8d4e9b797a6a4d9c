// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.wire;

import io.lockstep.config.RpcBounds;
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
import org.jspecify.annotations.Nullable;

/**
 * Serves JSON-RPC over HTTP and WebSocket, routes and event streams on one port until it is closed.
 * Event loops are its own daemon threads {@code wire-io-i}.
 */
public final class WireServer implements AutoCloseable {
  private static final int BACKLOG = 1_024;

  private final EventLoopGroup loops;
  private final Workers workers;
  private final ChannelGroup connections;
  private final Channel listener;

  /** What every connection serves from. */
  record Served(
      Routes routes,
      Map<String, RpcContext> rpc,
      RpcContext shared,
      Access access,
      LastEncoded encoder,
      Workers workers,
      WireOptions options,
      WireMeter meter) {}

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
    return start(options, routes, rpc, new WireMeter());
  }

  /**
   * Starts serving.
   *
   * @param meter counts what the server has and refuses
   */
  public static WireServer start(
      WireOptions options, Routes routes, Map<String, RpcEndpoint> rpc, WireMeter meter)
      throws IOException {
    Workers workers = new Workers(options.bounds().maxCalls());
    Served served = served(options, routes, rpc, workers, meter);
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
            .childHandler(new Connections(served, connections))
            .bind(options.host(), options.port())
            .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      workers.close();
      Transport.close(loops);
      throw Transport.cannotListen(options.host(), options.port(), bound.cause());
    }
    return new WireServer(loops, workers, connections, bound.channel());
  }

  private static Served served(
      WireOptions options,
      Routes routes,
      Map<String, RpcEndpoint> rpc,
      Workers workers,
      WireMeter meter) {
    Json json = new Json(options.bounds().maxBodyBytes(), options.bounds().maxDepth());
    Access access =
        new Access(
            options.access(),
            options.host(),
            json,
            () -> Math.floorDiv(System.currentTimeMillis(), 1000),
            meter);
    Gate gate =
        new Gate(access, new RateLimiter(options.rates(), System::nanoTime), options, meter);
    Map<String, RpcContext> contexts = new HashMap<>();
    rpc.forEach((path, endpoint) ->
        contexts.put(
            HttpConnection.normal(path),
            new RpcContext(endpoint, options.bounds(), json, workers, gate)));
    RpcContext shared =
        new RpcContext(new RpcEndpoint(Map.of(), Map.of()), options.bounds(), json, workers, gate);
    return new Served(
        routes, Map.copyOf(contexts), shared, access, new LastEncoded(), workers, options, meter);
  }

  /** Builds the pipeline of each connection that is accepted. */
  private static final class Connections extends ChannelInitializer<Channel> {
    private final Served served;
    private final RpcBounds bounds;
    private final ChannelGroup group;
    private final ConnectionLimit limit;

    Connections(Served served, ChannelGroup group) {
      this.served = served;
      this.bounds = served.options().bounds();
      this.group = group;
      this.limit = new ConnectionLimit(bounds);
    }

    @Override
    protected void initChannel(Channel channel) {
      group.add(channel);
      AddressKey address =
          AddressKey.of(channel.remoteAddress(), served.options().trustsLoopback());
      ConnectionLimit.Verdict verdict = limit.enter(address);
      channel.closeFuture().addListener(closed -> limit.leave(address));
      switch (verdict) {
        case ADMITTED -> serve(channel, address);
        case TOO_MANY -> {
          served.meter().count(WireMeter.Event.CONNECTION_OVER_LIMIT);
          int most = bounds.maxConnections();
          refuse(channel, 503, "the limit of " + most + " connections is reached");
        }
        case TOO_MANY_OF_ADDRESS -> {
          served.meter().count(WireMeter.Event.ADDRESS_OVER_LIMIT);
          int most = bounds.maxConnectionsPerAddress();
          refuse(channel, 429, "the limit of " + most + " connections of one address is reached");
        }
        case TOO_MANY_TO_TELL -> {
          served.meter().count(WireMeter.Event.CONNECTION_OVER_LIMIT);
          Transport.close(channel);
        }
      }
    }

    private static void refuse(Channel channel, int status, String reason) {
      channel.pipeline().addLast(new Refusal(status, reason));
    }

    private void serve(Channel channel, @Nullable AddressKey address) {
      served.meter().connection(1);
      channel.closeFuture().addListener(closed -> served.meter().connection(-1));
      RequestDeadline deadline = new RequestDeadline(bounds.readTimeoutMs());
      channel
          .pipeline()
          // Answers that are ready together leave in one write; it costs no waiting.
          .addLast(
              new FlushConsolidationHandler(
                  FlushConsolidationHandler.DEFAULT_EXPLICIT_FLUSH_AFTER_FLUSHES, true))
          .addLast(new IdleStateHandler(bounds.idleTimeoutMs(), 0, 0, TimeUnit.MILLISECONDS))
          .addLast(deadline)
          .addLast(new HttpServerCodec(new HttpDecoderConfig()))
          .addLast(new BodyAggregator(bounds.maxBodyBytes(), served.access()))
          .addLast(new FlowControlHandler())
          .addLast(new HttpConnection(served, address, deadline));
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
