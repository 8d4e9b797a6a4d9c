// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.wire;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.charset.StandardCharsets;

/** Tells a client over a limit of connections so, in plain HTTP. On the connection's event loop. */
final class Refusal extends ChannelInboundHandlerAdapter {
  private final byte[] answer;

  Refusal(int status, String reason) {
    String body = new String(HttpReply.error(status, reason).body(), StandardCharsets.US_ASCII);
    answer =
        ("HTTP/1.1 "
                + HttpResponseStatus.valueOf(status)
                + "\r\nContent-Type: application/json\r\nConnection: close\r\n"
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
