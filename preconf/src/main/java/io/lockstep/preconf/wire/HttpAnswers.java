// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.wire;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import org.jspecify.annotations.Nullable;

/** Builds HTTP answers with the headers that every one of them has. */
final class HttpAnswers {
  private HttpAnswers() {}

  static FullHttpResponse content(HttpReply.Content reply, boolean keepAlive) {
    FullHttpResponse answer =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1,
            HttpResponseStatus.valueOf(reply.status()),
            Unpooled.wrappedBuffer(reply.body()));
    reply.headers().forEach((name, value) -> answer.headers().set(name, value));
    return finish(answer, reply.contentType(), keepAlive);
  }

  /** A JSON-RPC answer; without one (notifications only) there is nothing to say. */
  static FullHttpResponse rpc(byte[] body, boolean keepAlive) {
    FullHttpResponse answer =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1,
            body.length == 0 ? HttpResponseStatus.NO_CONTENT : HttpResponseStatus.OK,
            Unpooled.wrappedBuffer(body));
    return finish(answer, "application/json", keepAlive);
  }

  /** Tells a browser what its pages may send (CORS, Fetch standard section 3.2). */
  static FullHttpResponse preflight(boolean keepAlive) {
    FullHttpResponse answer =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1, HttpResponseStatus.NO_CONTENT, Unpooled.EMPTY_BUFFER);
    answer
        .headers()
        .set(HttpHeaderNames.ACCESS_CONTROL_ALLOW_METHODS, "GET, POST, OPTIONS")
        .set(HttpHeaderNames.ACCESS_CONTROL_ALLOW_HEADERS, "Content-Type, Accept, Authorization")
        .set(HttpHeaderNames.ACCESS_CONTROL_MAX_AGE, "86400")
        .set(HttpHeaderNames.ALLOW, "GET, POST, OPTIONS");
    return finish(answer, "", keepAlive);
  }

  /**
   * Lets the page that asked see the answer.
   *
   * @param allowedOrigin null when no page did, or none may
   */
  static void allow(HttpResponse answer, @Nullable String allowedOrigin) {
    if (allowedOrigin != null) {
      answer.headers().set(HttpHeaderNames.ACCESS_CONTROL_ALLOW_ORIGIN, allowedOrigin);
      if (!allowedOrigin.equals("*")) {
        answer.headers().set(HttpHeaderNames.VARY, HttpHeaderNames.ORIGIN);
      }
    }
  }

  static HttpResponse eventStream() {
    HttpResponse answer = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
    answer
        .headers()
        .set(HttpHeaderNames.CONTENT_TYPE, "text/event-stream")
        .set(HttpHeaderNames.CACHE_CONTROL, "no-cache")
        .set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
    return answer;
  }

  static FullHttpResponse finish(FullHttpResponse answer, String contentType, boolean keepAlive) {
    HttpHeaders headers = answer.headers();
    int length = answer.content().readableBytes();
    if (answer.status().code() != 204) {
      headers.set(HttpHeaderNames.CONTENT_TYPE, contentType);
      headers.setInt(HttpHeaderNames.CONTENT_LENGTH, length);
    }
    if (!keepAlive) {
      headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    }
    return answer;
  }
}
