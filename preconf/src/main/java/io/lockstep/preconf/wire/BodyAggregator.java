// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.wire;

import io.lockstep.primitives.rpc.RpcError;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import tools.jackson.databind.node.JsonNodeFactory;

/** Joins a request's parts up to the bound; over it the client is told which bound it is. */
final class BodyAggregator extends HttpObjectAggregator {
  private final Access access;

  BodyAggregator(int maxBodyBytes, Access access) {
    super(maxBodyBytes);
    this.access = access;
  }

  @Override
  protected void handleOversizedMessage(ChannelHandlerContext ctx, HttpMessage oversized) {
    byte[] body =
        Json.write(
            RpcExchange.failure(
                JsonNodeFactory.instance.nullNode(),
                new RpcError(
                    RpcError.INVALID_REQUEST,
                    "request body of more than the limit of " + maxContentLength() + " bytes")));
    DefaultFullHttpResponse answer =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1,
            HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE,
            Unpooled.wrappedBuffer(body));
    HttpAnswers.finish(answer, "application/json", false);
    if (access.admit(oversized.headers()) instanceof Access.Admission.Admitted admitted) {
      HttpAnswers.allow(answer, admitted.allowedOrigin());
    }
    Transport.send(ctx, answer);
    Linger.start(ctx.channel());
  }
}
