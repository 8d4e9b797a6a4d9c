// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.wire;

import io.lockstep.preconf.wire.RpcExchange.RpcContext;
import io.lockstep.preconf.wire.WireServer.Served;
import io.lockstep.primitives.rpc.RpcError;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.timeout.IdleStateEvent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * One WebSocket: JSON-RPC messages in, answers and notifications out. State is the event loop's,
 * but the subscriptions' map and the outbox. Answers come in the order in which calls end.
 */
final class WebSocketConnection extends SimpleChannelInboundHandler<WebSocketFrame>
    implements Subscriber {
  private static final Logger LOG = LoggerFactory.getLogger(WebSocketConnection.class);
  private static final byte[] ETH_HEAD = notifyHead("eth");
  private static final byte[] PRECONF_HEAD = notifyHead("preconf");
  private static final byte[] NOTIFY_MIDDLE = ascii("\",\"result\":");
  private static final byte[] NOTIFY_TAIL = ascii("}}");

  private final RpcContext context;
  private final Gate.Caller caller;
  private final LastEncoded encoder;
  private final WireMeter meter;
  private final Channel channel;
  private final Outbox outbox;
  private final Map<String, Subscription> subscriptions = new ConcurrentHashMap<>();
  private final AtomicBoolean closing = new AtomicBoolean();
  private int callsRunning;
  private boolean pinged;

  WebSocketConnection(RpcContext context, Gate.Caller caller, Served served, Channel channel) {
    this.context = context;
    this.caller = caller;
    this.encoder = served.encoder();
    this.meter = served.meter();
    this.channel = channel;
    this.outbox = new Outbox(channel, context.bounds());
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, WebSocketFrame frame) {
    pinged = false;
    switch (frame) {
      case TextWebSocketFrame text -> receive(text.content());
      case BinaryWebSocketFrame binary -> receive(binary.content());
      case PingWebSocketFrame ping ->
          Transport.send(channel, new PongWebSocketFrame(ping.content().retain()));
      case CloseWebSocketFrame close -> {
        closing.set(true);
        Transport.sendLast(channel, close.retain());
      }
      default -> {} // a pong: that it came is all it says
    }
  }

  private void receive(ByteBuf content) {
    callsRunning++;
    regulate();
    LoopTask.rpc(
        context, ByteBufUtil.getBytes(content), caller, this, channel.eventLoop(), this::answered);
  }

  private void answered(byte @Nullable [] answer, List<Subscription> started) {
    callsRunning--;
    regulate();
    if (answer != null
        && !closing.get()
        && !outbox.sendAnswer(
            new TextWebSocketFrame(Unpooled.wrappedBuffer(answer)), answer.length)) {
      cutOff();
    }
    started.forEach(Subscription::activate);
  }

  /** Reads on only while the client takes its answers and has not too many calls running. */
  private void regulate() {
    boolean read = callsRunning < context.bounds().maxCallsPerConnection() && channel.isWritable();
    if (channel.config().isAutoRead() != read) {
      channel.config().setAutoRead(read);
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    regulate();
    ctx.fireChannelWritabilityChanged();
  }

  @Override
  public Subscription subscribe(String namespace, SubscriptionSource source, JsonNode params)
      throws RpcError {
    Subscription subscription =
        new Subscription(this, namespace.equals("preconf") ? PRECONF_HEAD : ETH_HEAD);
    int limit = context.bounds().maxSubscriptions();
    synchronized (subscriptions) {
      if (subscriptions.size() >= limit) {
        throw new RpcError(
            RpcError.LIMIT_EXCEEDED, "limit of " + limit + " subscriptions a connection reached");
      }
      subscriptions.put(subscription.id(), subscription);
      meter.subscription(1);
    }
    boolean running = false;
    try {
      subscription.bind(source.subscribe(params, subscription.sink()));
      running = true;
    } finally {
      if (!running && subscriptions.remove(subscription.id()) != null) {
        meter.subscription(-1);
      }
    }
    if (!channel.isActive()) {
      unsubscribe(subscription.id());
    }
    return subscription;
  }

  @Override
  public boolean unsubscribe(String id) {
    Subscription subscription = subscriptions.remove(id);
    if (subscription == null) {
      return false;
    }
    meter.subscription(-1);
    subscription.end();
    return true;
  }

  @Override
  public void awaitRoom() throws InterruptedException {
    outbox.awaitRoom();
  }

  /** Queues a result for the event loop; a subscriber that is too far behind is cut off. */
  void offer(Subscription to, JsonNode result) {
    Encoded encoded = encoder.of(result);
    if (!outbox.admit(lengthBytes(to, encoded))) {
      LoopTask.back(channel.eventLoop(), this::cutOff);
    } else if (!LoopTask.back(channel.eventLoop(), () -> to.deliver(encoded))) {
      drop(to, encoded);
    }
  }

  private void cutOff() {
    if (closing.compareAndSet(false, true)) {
      meter.count(WireMeter.Event.SLOW_READER);
      close(WebSocketCloseStatus.POLICY_VIOLATION, "too slow: " + outbox.limits());
    }
  }

  /** Lets go of what waits for a subscription that has ended. */
  void forget(Subscription ended) {
    LoopTask.back(channel.eventLoop(), ended::discard);
  }

  /** A queued result that is no longer wanted. */
  void drop(Subscription to, Encoded result) {
    outbox.release(lengthBytes(to, result));
  }

  private static int lengthBytes(Subscription to, Encoded result) {
    return to.notifyHead().length
        + to.id().length()
        + NOTIFY_MIDDLE.length
        + result.lengthBytes()
        + NOTIFY_TAIL.length;
  }

  /** Sends one notification; on the event loop. */
  void notify(Subscription to, Encoded result) {
    if (closing.get()) {
      drop(to, result);
      return;
    }
    outbox.send(new TextWebSocketFrame(frame(to, result)), lengthBytes(to, result));
  }

  private ByteBuf frame(Subscription to, Encoded result) {
    byte[] small = result.small();
    int ownBytes = lengthBytes(to, result) - (small == null ? result.lengthBytes() : 0);
    ByteBuf own = channel.alloc().directBuffer(ownBytes).writeBytes(to.notifyHead());
    own.writeCharSequence(to.id(), StandardCharsets.US_ASCII);
    own.writeBytes(NOTIFY_MIDDLE);
    if (small != null) {
      return own.writeBytes(small).writeBytes(NOTIFY_TAIL);
    }
    int head = own.readableBytes();
    own.writeBytes(NOTIFY_TAIL);
    return channel
        .alloc()
        .compositeDirectBuffer(3)
        .addComponents(
            true, own.retainedSlice(0, head), result.part(), own.slice(head, NOTIFY_TAIL.length));
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof IdleStateEvent) {
      if (pinged) {
        end(WebSocketCloseStatus.NORMAL_CLOSURE, "idle");
      } else {
        pinged = true;
        Transport.send(channel, new PingWebSocketFrame());
      }
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    closing.set(true);
    outbox.gone();
    context.workers().start(this::endSubscriptions);
    ctx.fireChannelInactive();
  }

  private void endSubscriptions() {
    subscriptions.keySet().forEach(this::unsubscribe);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    switch (cause) {
      case TooLongFrameException tooLong ->
          end(
              WebSocketCloseStatus.MESSAGE_TOO_BIG,
              "message of more than the limit of " + context.bounds().maxBodyBytes() + " bytes");
      case CorruptedWebSocketFrameException corrupted ->
          end(corrupted.closeStatus(), "malformed frame");
      case IOException gone -> Transport.close(ctx);
      default -> {
        LOG.error("WebSocket of {} failed", channel.remoteAddress(), cause);
        Transport.close(ctx);
      }
    }
  }

  /** Says good-bye unless that was already said; on the event loop. */
  private void end(WebSocketCloseStatus status, String reason) {
    if (closing.compareAndSet(false, true)) {
      close(status, reason);
    }
  }

  private void close(WebSocketCloseStatus status, String reason) {
    context.workers().start(this::endSubscriptions);
    Transport.sendLast(channel, new CloseWebSocketFrame(status, reason));
    Transport.closeAfter(channel, Transport.PARTING_MS);
  }

  private static byte[] notifyHead(String namespace) {
    return ascii(
        "{\"jsonrpc\":\"2.0\",\"method\":\"%s_subscription\",\"params\":{\"subscription\":\""
            .formatted(namespace));
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
