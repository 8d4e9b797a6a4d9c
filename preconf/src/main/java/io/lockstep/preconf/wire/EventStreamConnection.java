// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.wire;

import io.lockstep.preconf.wire.WireServer.Served;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A connection that has become a stream of server-sent events. Any thread may send. */
final class EventStreamConnection extends ChannelInboundHandlerAdapter implements EventSink {
  private static final Logger LOG = LoggerFactory.getLogger(EventStreamConnection.class);

  private final Channel channel;
  private final Outbox outbox;
  private final Workers workers;
  private final WireMeter meter;
  private final AtomicBoolean closed = new AtomicBoolean();
  private @Nullable List<Runnable> onClose = new ArrayList<>();

  EventStreamConnection(Channel channel, Served served) {
    this.channel = channel;
    this.outbox = new Outbox(channel, served.options().bounds());
    this.workers = served.workers();
    this.meter = served.meter();
  }

  @Override
  public boolean send(@Nullable String event, String data) {
    StringBuilder text = new StringBuilder(data.length() + 64);
    if (event != null) {
      text.append("event: ").append(event).append('\n');
    }
    data.lines().forEach(line -> text.append("data: ").append(line).append('\n'));
    return write(text.append('\n').toString());
  }

  @Override
  public boolean comment(String text) {
    return write(": " + text.replace('\n', ' ').replace('\r', ' ') + "\n\n");
  }

  private boolean write(String text) {
    if (closed.get()) {
      return false;
    }
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    if (!outbox.admit(bytes.length)) {
      cutOff();
      return false;
    }
    if (LoopTask.back(channel.eventLoop(), () -> outbox.send(content(bytes), bytes.length))) {
      return true;
    }
    outbox.release(bytes.length);
    return false;
  }

  private static HttpContent content(byte[] bytes) {
    return new DefaultHttpContent(Unpooled.wrappedBuffer(bytes));
  }

  /** Ends the stream with an event that says why; whoever does not read even that is cut off. */
  private void cutOff() {
    if (closed.compareAndSet(false, true)) {
      meter.count(WireMeter.Event.SLOW_READER);
      LOG.debug("event stream of {} is too slow: {}", channel.remoteAddress(), outbox.limits());
      String last = "event: error\ndata: too slow: " + outbox.limits() + "\n\n";
      Transport.send(channel, content(last.getBytes(StandardCharsets.US_ASCII)));
      Transport.sendLast(channel, LastHttpContent.EMPTY_LAST_CONTENT);
      Transport.closeAfter(channel, Transport.PARTING_MS);
    }
  }

  @Override
  public void onClose(Runnable action) {
    synchronized (this) {
      if (onClose != null) {
        onClose.add(action);
        return;
      }
    }
    workers.start(action);
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      Transport.sendLast(channel, LastHttpContent.EMPTY_LAST_CONTENT);
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    // The client has nothing more to say on this connection.
    ReferenceCountUtil.release(message);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    closed.set(true);
    List<Runnable> actions;
    synchronized (this) {
      actions = onClose == null ? List.of() : onClose;
      onClose = null;
    }
    actions.forEach(workers::start);
    ctx.fireChannelInactive();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    Transport.close(ctx);
  }
}
