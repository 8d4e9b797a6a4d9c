// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.wire;

import io.lockstep.config.RpcBounds;
import io.netty.channel.Channel;

/**
 * Counts what waits to be sent on one connection, so that a slow reader is cut off rather than
 * buffered for: events by number and bytes; answers by bytes, and before that no call is begun. Any
 * thread; sending on the event loop.
 */
final class Outbox {
  private final Channel channel;
  private final int maxEvents;
  private final long maxBytes;
  private final long mostAnswerBytes;
  private int events;
  private long eventBytes;
  private long answerBytes;

  Outbox(Channel channel, RpcBounds bounds) {
    this.channel = channel;
    this.maxEvents = bounds.maxQueuedMessages();
    this.maxBytes = bounds.maxQueuedBytes();
    // Calls that had begun when room ended.
    this.mostAnswerBytes = maxBytes + 2L * bounds.maxAnswerBytes();
  }

  /** Takes a place for an event; false when there is none left. One alone always has a place. */
  synchronized boolean admit(int lengthBytes) {
    if (events >= maxEvents || (events > 0 && eventBytes + lengthBytes > maxBytes)) {
      return false;
    }
    events++;
    eventBytes += lengthBytes;
    return true;
  }

  /** Gives the place of an event back. */
  synchronized void release(int lengthBytes) {
    events--;
    eventBytes -= lengthBytes;
  }

  /** Sends an event that was admitted. */
  void send(Object event, int lengthBytes) {
    channel.writeAndFlush(event).addListener(done -> release(lengthBytes));
  }

  /** Sends an answer; false, and nothing sent, when far too many wait. */
  boolean sendAnswer(Object answer, int lengthBytes) {
    synchronized (this) {
      if (answerBytes > 0 && answerBytes + lengthBytes > mostAnswerBytes) {
        return false;
      }
      answerBytes += lengthBytes;
    }
    channel.writeAndFlush(answer).addListener(done -> releaseAnswer(lengthBytes));
    return true;
  }

  private synchronized void releaseAnswer(int lengthBytes) {
    answerBytes -= lengthBytes;
    if (answerBytes <= maxBytes) {
      notifyAll();
    }
  }

  /** Waits until the reader has taken so many answers that another call may be begun. */
  synchronized void awaitRoom() throws InterruptedException {
    while (answerBytes > maxBytes && channel.isActive()) {
      wait();
    }
  }

  /** Wakes whoever waits for room: the connection is gone. */
  synchronized void gone() {
    notifyAll();
  }

  String limits() {
    return "more than " + maxEvents + " messages or " + maxBytes + " bytes waiting";
  }
}
