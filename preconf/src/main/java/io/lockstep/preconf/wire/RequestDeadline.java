// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.wire;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Closes a connection whose request takes too long from its first byte to its last, so that a
 * client that drips bytes cannot hold a place for ever. On the connection's event loop.
 */
final class RequestDeadline extends ChannelInboundHandlerAdapter {
  private final long timeoutMs;
  private @Nullable Future<?> timer;

  RequestDeadline(long timeoutMs) {
    this.timeoutMs = timeoutMs;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (timer == null) {
      timer = ctx.executor().schedule(() -> Transport.close(ctx), timeoutMs, TimeUnit.MILLISECONDS);
    }
    ctx.fireChannelRead(message);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    requestComplete();
    ctx.fireChannelInactive();
  }

  /** The whole request is here. */
  void requestComplete() {
    if (timer != null) {
      timer.cancel(false);
      timer = null;
    }
  }
}
