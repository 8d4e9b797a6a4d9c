// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.wire;

import org.jspecify.annotations.Nullable;

/**
 * The sending end of one server-sent event stream (WHATWG HTML, section 9.2). Any thread; no call
 * blocks. A client that reads too slowly is cut off when its bounded queue is full.
 */
public interface EventSink {
  /** Queues an event; false when the stream is closed, also when it was closed for being slow. */
  boolean send(@Nullable String event, String data);

  /** Queues a comment line, which clients ignore: a sign of life. */
  boolean comment(String text);

  /**
   * Runs {@code action} once when the stream has ended for whatever reason; at once if it already
   * has. It runs on a virtual thread.
   */
  void onClose(Runnable action);

  void close();
}
