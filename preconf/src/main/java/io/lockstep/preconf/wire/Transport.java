// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.wire;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelOutboundInvoker;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.BindException;
import java.util.concurrent.TimeUnit;

/**
 * Which of Netty's transports this machine has: epoll on Linux (half as fast again as NIO for small
 * requests), else NIO. Any thread.
 */
public final class Transport {
  private static final boolean EPOLL = Epoll.isAvailable();
  private static final long CLOSE_TIMEOUT_MS = 1_500;

  /** How long a connection that was told why it ends may take to read that. */
  static final long PARTING_MS = 5_000;

  private Transport() {}

  /** Event loops on daemon threads named {@code name-i}. */
  public static EventLoopGroup eventLoops(int threads, String name) {
    IoHandlerFactory io = EPOLL ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
    return new MultiThreadIoEventLoopGroup(threads, new DefaultThreadFactory(name, true), io);
  }

  public static Class<? extends ServerChannel> serverChannel() {
    return EPOLL ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
  }

  public static Class<? extends Channel> clientChannel() {
    return EPOLL ? EpollSocketChannel.class : NioSocketChannel.class;
  }

  /** Writes and flushes; a connection that cannot be written to is closed. */
  public static void send(ChannelOutboundInvoker to, Object message) {
    to.writeAndFlush(message).addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
  }

  /** Writes, flushes and then closes. */
  public static void sendLast(ChannelOutboundInvoker to, Object message) {
    to.writeAndFlush(message).addListener(ChannelFutureListener.CLOSE);
  }

  /** Closes after a delay, if it is then still open. */
  public static void closeAfter(Channel channel, long delayMs) {
    channel
        .eventLoop()
        .schedule(() -> close(channel), delayMs, TimeUnit.MILLISECONDS)
        .addListener(ignored -> {});
  }

  /** Closes; that it was closed already is no fault. */
  public static void close(ChannelOutboundInvoker channel) {
    channel.close().addListener(ignored -> {});
  }

  /** A failed bind as an exception that names where it was to be. */
  public static IOException cannotListen(String host, int port, Throwable cause) {
    String why =
        cause instanceof BindException || String.valueOf(cause.getMessage()).contains("in use")
            ? "the port is taken or the address is not this machine's"
            : String.valueOf(cause.getMessage());
    return new IOException("cannot listen on " + host + ":" + port + ": " + why, cause);
  }

  /** Ends the loops and waits for them, not longer than a second and a half. */
  public static void close(EventLoopGroup loops) {
    loops
        .shutdownGracefully(0, CLOSE_TIMEOUT_MS, TimeUnit.MILLISECONDS)
        .awaitUninterruptibly(CLOSE_TIMEOUT_MS);
  }
}
