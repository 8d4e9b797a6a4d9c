// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.wire;

import io.lockstep.preconf.wire.RpcExchange.RpcContext;
import io.lockstep.primitives.types.Bytes;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketFrameAggregator;
import io.netty.handler.codec.http.websocketx.WebSocketHandshakeException;
import io.netty.handler.codec.http.websocketx.WebSocketServerHandshaker;
import io.netty.handler.codec.http.websocketx.WebSocketServerHandshakerFactory;
import io.netty.handler.flow.FlowControlHandler;
import io.netty.handler.timeout.IdleStateEvent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One HTTP connection: a request at a time, in order; the next is read when the answer is written
 * and the client keeps up with reading. On the connection's event loop.
 */
final class HttpConnection extends SimpleChannelInboundHandler<FullHttpRequest> {
  private static final Logger LOG = LoggerFactory.getLogger(HttpConnection.class);
  private static final int MAX_QUERY_PARAMS = 256;

  private final WireServer.Served served;
  private final @Nullable AddressKey address;
  private final RequestDeadline deadline;
  private boolean busy;
  private boolean awaitsReader;
  private @Nullable String allowedOrigin;

  HttpConnection(WireServer.Served served, @Nullable AddressKey address, RequestDeadline deadline) {
    this.served = served;
    this.address = address;
    this.deadline = deadline;
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    ctx.read();
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    // A read may end in the middle of a request: the flow control then waits to be asked again.
    if (!busy && !awaitsReader) {
      ctx.read();
    }
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
    busy = true;
    deadline.requestComplete();
    boolean keepAlive = HttpUtil.isKeepAlive(request);
    allowedOrigin = null;
    if (request.decoderResult().isFailure()) {
      reply(ctx, HttpReply.error(400, "malformed HTTP request"), false);
      return;
    }
    QueryStringDecoder uri;
    String path;
    Map<String, List<String>> query;
    try {
      uri = new QueryStringDecoder(request.uri(), StandardCharsets.UTF_8, true, MAX_QUERY_PARAMS);
      path = normal(uri.path());
      query = uri.parameters();
    } catch (IllegalArgumentException e) {
      reply(ctx, HttpReply.error(400, "malformed request path"), keepAlive);
      return;
    }
    switch (served.access().admit(request.headers())) {
      case Access.Admission.Refused(HttpReply.Content answer) -> reply(ctx, answer, keepAlive);
      case Access.Admission.Admitted(boolean isOperator, String origin) -> {
        allowedOrigin = origin;
        serve(ctx, request, path, query, new Gate.Caller(address, isOperator), keepAlive);
      }
    }
  }

  private void serve(
      ChannelHandlerContext ctx,
      FullHttpRequest request,
      String path,
      Map<String, List<String>> query,
      Gate.Caller caller,
      boolean keepAlive) {
    RpcContext rpc = served.rpc().get(path);
    if (request.method().equals(HttpMethod.OPTIONS)) {
      write(ctx, HttpAnswers.preflight(keepAlive), keepAlive);
    } else if (rpc != null && asksForWebSocket(request)) {
      upgrade(ctx, request, rpc, caller);
    } else if (rpc != null && request.method().equals(HttpMethod.POST)) {
      LoopTask.rpc(
          rpc,
          ByteBufUtil.getBytes(request.content()),
          caller,
          null,
          ctx.channel().eventLoop(),
          (answer, started) ->
              write(
                  ctx,
                  HttpAnswers.rpc(answer == null ? new byte[0] : answer, keepAlive),
                  keepAlive));
    } else {
      route(ctx, request, path, query, caller, rpc != null, keepAlive);
    }
  }

  private void route(
      ChannelHandlerContext ctx,
      FullHttpRequest request,
      String path,
      Map<String, List<String>> query,
      Gate.Caller caller,
      boolean isRpcPath,
      boolean keepAlive) {
    String method = request.method().name();
    switch (served.routes().find(method, path)) {
      case Routes.Match.Found(HttpHandler handler, Map<String, String> pathParams) ->
          LoopTask.http(
              served.shared(),
              caller,
              handler,
              new HttpRequest(
                  method,
                  path,
                  pathParams,
                  query,
                  headers(request),
                  Bytes.wrap(ByteBufUtil.getBytes(request.content()))),
              ctx.channel().eventLoop(),
              answer -> reply(ctx, answer, keepAlive));
      case Routes.Match.OtherMethods(List<String> allowed) ->
          reply(ctx, notAllowed(method, allowed), keepAlive);
      case Routes.Match.None() ->
          reply(
              ctx,
              isRpcPath
                  ? notAllowed(method, List.of("POST"))
                  : HttpReply.error(404, "no such path: " + brief(path)),
              keepAlive);
    }
  }

  private static HttpReply.Content notAllowed(String method, List<String> allowed) {
    String list = String.join(", ", allowed);
    HttpReply.Content error =
        HttpReply.error(405, "method " + brief(method) + " not allowed, use " + list);
    return new HttpReply.Content(
        error.status(), error.contentType(), Map.of("Allow", list), error.body());
  }

  private void reply(ChannelHandlerContext ctx, HttpReply reply, boolean keepAlive) {
    switch (reply) {
      case HttpReply.Content content -> write(ctx, content(content, keepAlive), keepAlive);
      case HttpReply.EventStream stream -> stream(ctx, stream);
    }
  }

  /** A handler's headers that HTTP does not allow are the handler's bug, not the client's. */
  private static FullHttpResponse content(HttpReply.Content content, boolean keepAlive) {
    try {
      return HttpAnswers.content(content, keepAlive);
    } catch (IllegalArgumentException e) {
      LOG.error("a handler's answer is not valid HTTP", e);
      return HttpAnswers.content(HttpReply.error(500, "internal error"), keepAlive);
    }
  }

  private void write(ChannelHandlerContext ctx, FullHttpResponse answer, boolean keepAlive) {
    HttpAnswers.allow(answer, allowedOrigin);
    if (!keepAlive) {
      Transport.sendLast(ctx, answer);
      return;
    }
    Transport.send(ctx, answer);
    busy = false;
    awaitsReader = !ctx.channel().isWritable();
    if (!awaitsReader) {
      ctx.read();
    }
  }

  /** The next request is read when the client has taken most of the answers before. */
  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (awaitsReader && ctx.channel().isWritable()) {
      awaitsReader = false;
      ctx.read();
    }
    ctx.fireChannelWritabilityChanged();
  }

  private void stream(ChannelHandlerContext ctx, HttpReply.EventStream stream) {
    Channel channel = ctx.channel();
    Workers workers = served.workers();
    EventStreamConnection sink = new EventStreamConnection(channel, served);
    HttpResponse head = HttpAnswers.eventStream();
    HttpAnswers.allow(head, allowedOrigin);
    Transport.send(ctx, head);
    channel.pipeline().replace(this, "event-stream", sink);
    channel.pipeline().remove(deadline);
    channel.config().setAutoRead(true);
    workers.start(() -> {
      try {
        stream.onOpen().accept(sink);
      } catch (RuntimeException e) {
        LOG.error("opening an event stream failed", e);
        sink.close();
      }
    });
  }

  private static boolean asksForWebSocket(FullHttpRequest request) {
    return request.method().equals(HttpMethod.GET)
        && request
            .headers()
            .containsValue(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET, true);
  }

  private void upgrade(
      ChannelHandlerContext ctx, FullHttpRequest request, RpcContext rpc, Gate.Caller caller) {
    Channel channel = ctx.channel();
    int maxBytes = rpc.bounds().maxBodyBytes();
    String host = request.headers().get(HttpHeaderNames.HOST, "localhost");
    WebSocketDecoderConfig bounds =
        WebSocketDecoderConfig.newBuilder()
            .maxFramePayloadLength(maxBytes)
            .closeOnProtocolViolation(false)
            .build();
    WebSocketServerHandshaker handshaker =
        new WebSocketServerHandshakerFactory("ws://" + host + request.uri(), null, bounds)
            .newHandshaker(request);
    if (handshaker == null) {
      WebSocketServerHandshakerFactory.sendUnsupportedVersionResponse(channel)
          .addListener(ChannelFutureListener.CLOSE);
      return;
    }
    try {
      handshaker
          .handshake(channel, request)
          .addListener(done -> {
            if (done.isSuccess()) {
              becomeWebSocket(channel, rpc, caller, maxBytes);
            } else {
              Transport.close(channel);
            }
          });
    } catch (WebSocketHandshakeException e) {
      reply(ctx, HttpReply.error(400, "malformed WebSocket handshake"), false);
    }
  }

  private void becomeWebSocket(Channel channel, RpcContext rpc, Gate.Caller caller, int maxBytes) {
    channel.pipeline().remove(deadline);
    channel.pipeline().remove(FlowControlHandler.class);
    channel.pipeline().addLast(new WebSocketFrameAggregator(maxBytes));
    channel.pipeline().addLast(new WebSocketConnection(rpc, caller, served, channel));
    channel.pipeline().remove(this);
    channel.config().setAutoRead(true);
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof IdleStateEvent && !busy) {
      Transport.close(ctx);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (!(cause instanceof IOException)) {
      LOG.error("HTTP connection of {} failed", ctx.channel().remoteAddress(), cause);
    }
    Transport.close(ctx);
  }

  private static Map<String, String> headers(FullHttpRequest request) {
    Map<String, String> headers = new LinkedHashMap<>();
    request
        .headers()
        .forEach(h ->
            headers.merge(
                h.getKey().toLowerCase(Locale.ROOT), h.getValue(), (a, b) -> a + ", " + b));
    return Map.copyOf(headers);
  }

  /** The path without a slash at its end, "/" for the root. */
  static String normal(String path) {
    String trimmed = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    return trimmed.isEmpty() ? "/" : trimmed;
  }

  private static String brief(@Nullable String text) {
    String known = text == null ? "" : text;
    return known.length() <= 100 ? known : known.substring(0, 100) + "…";
  }
}
