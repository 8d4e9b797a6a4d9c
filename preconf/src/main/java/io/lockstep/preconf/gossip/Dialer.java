// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.gossip;

import io.lockstep.config.HostPort;
import io.lockstep.preconf.wire.Transport;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one connection to one configured peer: dials, and dials again with growing pauses whenever
 * it is gone. On the event loop; names are resolved on a virtual thread, for that may block.
 */
final class Dialer {
  private static final Logger LOG = LoggerFactory.getLogger(Dialer.class);
  private static final int CONNECT_TIMEOUT_MS = 3_000;

  private final GossipNode node;
  private final GossipOptions options;
  private final HostPort target;
  private final EventLoop loop;
  private final SplittableRandom jitter;
  private final AtomicInteger failures = new AtomicInteger();
  private volatile boolean self;

  Dialer(GossipNode node, GossipOptions options, HostPort target, EventLoop loop) {
    this.node = node;
    this.options = options;
    this.target = target;
    this.loop = loop;
    this.jitter = new SplittableRandom(node.id().low() ^ target.hashCode());
  }

  void dial() {
    if (self || node.isClosed()) {
      return;
    }
    Thread.ofVirtual()
        .name("gossip-resolve")
        .start(() -> {
          InetSocketAddress address = new InetSocketAddress(target.host(), target.port());
          if (address.isUnresolved()) {
            failed("the name does not resolve");
          } else {
            connect(address);
          }
        });
  }

  private void connect(InetSocketAddress address) {
    if (loop.isShuttingDown()) {
      return;
    }
    ChannelFuture connecting =
        new Bootstrap()
            .group(loop)
            .channel(Transport.clientChannel())
            .option(ChannelOption.TCP_NODELAY, true)
            .option(ChannelOption.SO_KEEPALIVE, true)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MS)
            .handler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    node.prepare(channel, Dialer.this);
                  }
                })
            .connect(address);
    connecting.addListener(done -> {
      if (done.isSuccess()) {
        connecting.channel().closeFuture().addListener(closed -> again());
      } else {
        failed(String.valueOf(done.cause().getMessage()));
      }
    });
  }

  private void failed(String reason) {
    if (failures.get() == 0 && !node.isClosed()) {
      LOG.info("gossip peer {} cannot be reached, will go on trying: {}", target, reason);
    }
    again();
  }

  /** Dials again after a pause that doubles with each failure, give or take a quarter. */
  private void again() {
    int exponent = Math.min(failures.getAndIncrement(), 20);
    long pause = Math.min(options.maxBackoffMs(), options.minBackoffMs() << exponent);
    long spread;
    synchronized (jitter) {
      spread = jitter.nextLong(Math.max(1, pause / 2));
    }
    node.later(loop, this::dial, pause * 3 / 4 + spread, TimeUnit.MILLISECONDS);
  }

  /** The other side said hello and is a peer. */
  void succeeded() {
    failures.set(0);
  }

  /** The address in the list is this node's own: nothing to dial. */
  void isSelf() {
    self = true;
  }
}
