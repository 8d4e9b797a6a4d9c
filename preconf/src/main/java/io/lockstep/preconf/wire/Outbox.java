// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.wire;

import io.netty.channel.Channel;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Counts what waits to be sent on one connection, so that a slow reader is cut off rather than
 * buffered for. Any thread; {@link #send} on the event loop.
 */
final class Outbox {
  private final Channel channel;
  private final int maxMessages;
  private final int maxBytes;
  private final AtomicInteger messages = new AtomicInteger();
  private final AtomicLong bytes = new AtomicLong();

  Outbox(Channel channel, WireOptions options) {
    this.channel = channel;
    this.maxMessages = options.maxQueuedMessages();
    this.maxBytes = options.maxQueuedBytes();
  }

  /** Takes a place for a message that {@link #send} will send; false when there is none left. */
  boolean admit() {
    if (messages.incrementAndGet() > maxMessages || bytes.get() > maxBytes) {
      messages.decrementAndGet();
      return false;
    }
    return true;
  }

  /** Gives an admitted place back without sending. */
  void release() {
    messages.decrementAndGet();
  }

  /** Sends an admitted message. */
  void send(Object message, int lengthBytes) {
    bytes.addAndGet(lengthBytes);
    channel
        .writeAndFlush(message)
        .addListener(done -> {
          bytes.addAndGet(-lengthBytes);
          messages.decrementAndGet();
        });
  }

  String limits() {
    return "more than " + maxMessages + " messages or " + maxBytes + " bytes waiting";
  }
}
