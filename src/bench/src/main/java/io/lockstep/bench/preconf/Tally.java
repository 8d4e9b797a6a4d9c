// SPDX-License-Identifier: Apache-2.0
package io.lockstep.bench.preconf;

import io.lockstep.bench.client.BenchException;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * What became of each transaction: when its frag was checked, and the errors by their message. Any
 * thread writes; read when all have ended. Times are of {@link System#nanoTime()}.
 */
final class Tally {
  private static final int MAX_MESSAGES = 32;

  /** Never a time of a check: those are counted from the first due time, by one at least. */
  private static final long NONE = 0;

  private final AtomicLongArray checkedAfterNs;
  private final CountDownLatch waiting;
  private final AtomicLong frags = new AtomicLong();
  private final AtomicLong faults = new AtomicLong();
  private final Map<String, Long> errors = new TreeMap<>();

  Tally(int count) {
    checkedAfterNs = new AtomicLongArray(count);
    waiting = new CountDownLatch(count);
  }

  /** Notes the first checked frag with a transaction. */
  void checked(int index, long afterNs) {
    if (checkedAfterNs.compareAndSet(index, NONE, Math.max(1, afterNs))) {
      waiting.countDown();
    }
  }

  void frag() {
    frags.incrementAndGet();
  }

  /** A frag that is not to be believed, or a connection that was lost: no figure is good then. */
  void fault(String message) {
    faults.incrementAndGet();
    error(message);
  }

  /** Counts a message; numbers in it are left out, so that equal causes are one. */
  void error(String message) {
    String cause = message.replaceAll("0x[0-9a-fA-F]+", "0x…").replaceAll("\\b[0-9]+\\b", "N");
    synchronized (errors) {
      String key =
          errors.containsKey(cause) || errors.size() < MAX_MESSAGES ? cause : "other errors";
      errors.merge(key, 1L, Long::sum);
    }
  }

  /** Waits until every transaction was seen; false when the time is over before. */
  boolean awaitAll(long timeoutMs) throws BenchException {
    try {
      return waiting.await(timeoutMs, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BenchException("interrupted", e);
    }
  }

  boolean isChecked(int index) {
    return checkedAfterNs.get(index) != NONE;
  }

  long checkedAfterNs(int index) {
    return checkedAfterNs.get(index);
  }

  long frags() {
    return frags.get();
  }

  long faults() {
    return faults.get();
  }

  Map<String, Long> errors() {
    synchronized (errors) {
      return new TreeMap<>(errors);
    }
  }
}
