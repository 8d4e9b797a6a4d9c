// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.wire;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;

/**
 * Reads and throws away what a client still sends after its last answer, then closes. Closing at
 * once would reset the connection and could take the answer with it (RFC 9112, section 9.6). On the
 * connection's event loop.
 */
final class Linger extends ChannelInboundHandlerAdapter {
  private static final long MAX_MS = 2_000;
  private static final long MAX_BYTES = 256L << 20;
  private long discardedBytes;

  static void start(Channel channel) {
    channel.pipeline().addFirst(new Linger());
    channel.config().setAutoRead(true);
    Transport.closeAfter(channel, MAX_MS);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (message instanceof ByteBuf bytes) {
      discardedBytes += bytes.readableBytes();
    }
    ReferenceCountUtil.release(message);
    if (discardedBytes > MAX_BYTES) {
      Transport.close(ctx);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {}

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    Transport.close(ctx);
  }
}
