// SPDX-License-Identifier: Apache-2.0
package io.lockstep.interop;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What a child process prints, taken as it comes so that the child never blocks on a full pipe; the
 * newest lines are kept. Written by its own thread, read by any.
 */
final class BoundedOutput {
  private static final int MAX_LINES = 2_000;
  private static final int MAX_LINE_CHARS = 4_000;

  private final Deque<String> lines = new ArrayDeque<>();
  private final Thread reader;
  private final StringBuilder open = new StringBuilder();
  private boolean ended;

  BoundedOutput(InputStream from) {
    reader = Thread.ofVirtual().name("child-output").start(() -> drain(from));
  }

  /** Everything kept so far. */
  synchronized String text() {
    return String.join("\n", lines);
  }

  /**
   * Waits for a line that fits, among those kept and those to come; null at the end or too late.
   */
  synchronized @Nullable String await(Predicate<String> wanted, long timeoutMs)
      throws InterruptedException {
    long deadlineNanos = System.nanoTime() + timeoutMs * 1_000_000;
    while (true) {
      for (String line : lines) {
        if (wanted.test(line)) {
          return line;
        }
      }
      long leftMs = (deadlineNanos - System.nanoTime()) / 1_000_000;
      if (ended || leftMs <= 0) {
        return null;
      }
      wait(leftMs);
    }
  }

  /**
   * Waits until the child has closed its output; a grandchild may hold it open, hence the bound.
   */
  void awaitEnd(long timeoutMs) throws InterruptedException {
    reader.join(timeoutMs);
  }

  private void drain(InputStream from) {
    byte[] buffer = new byte[8192];
    try (from) {
      for (int count = from.read(buffer); count >= 0; count = from.read(buffer)) {
        take(new String(buffer, 0, count, StandardCharsets.UTF_8));
      }
    } catch (IOException _) {
      // The pipe breaks when the child is killed; what it printed before is all there is.
    }
    end();
  }

  private synchronized void take(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\n') {
        closeLine();
      } else if (open.length() < MAX_LINE_CHARS) {
        open.append(c);
      }
    }
  }

  private synchronized void end() {
    if (!open.isEmpty()) {
      closeLine();
    }
    ended = true;
    notifyAll();
  }

  private synchronized void closeLine() {
    lines.addLast(open.toString());
    open.setLength(0);
    if (lines.size() > MAX_LINES) {
      lines.removeFirst();
    }
    notifyAll();
  }
}
