// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.wire;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.nio.charset.StandardCharsets;

/** Tells a client over the connection limit so, in plain HTTP. On the connection's event loop. */
final class Refusal extends ChannelInboundHandlerAdapter {
  private final byte[] answer;

  Refusal(int maxConnections) {
    String body =
        new String(
            HttpReply.error(503, "the limit of " + maxConnections + " connections is reached")
                .body(),
            StandardCharsets.UTF_8);
    answer =
        ("HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json\r\nConnection: close\r\n"
                + "Retry-After: 1\r\nContent-Length: "
                + body.length()
                + "\r\n\r\n"
                + body)
            .getBytes(StandardCharsets.US_ASCII);
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    Transport.send(ctx, Unpooled.wrappedBuffer(answer));
    Linger.start(ctx.channel());
  }
}
