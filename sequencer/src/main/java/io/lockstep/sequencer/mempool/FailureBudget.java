// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.mempool;

import io.lockstep.primitives.types.Address;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What senders have cost the sequencer for nothing: transactions that were admitted and, when it
 * was their turn, could not run, so that nobody paid for the attempt. Each sender may cause so
 * many, and regains one after another with time. Every call takes constant time. Owned by its pool.
 */
final class FailureBudget {
  /** Senders remembered; when there are more, the one that failed the longest ago is forgotten. */
  static final int MAX_SENDERS = 16_384;

  private final int failures;
  private final long regainMs;

  /** When each sender will have regained everything, those that failed last at the end. */
  private final Map<Address, Long> wholeAtMs = new LinkedHashMap<>();

  /**
   * @param failures that a sender may cause at once
   * @param regainMs after which it may cause one more
   */
  FailureBudget(int failures, long regainMs) {
    this.failures = failures;
    this.regainMs = regainMs;
  }

  void charge(Address sender, long nowMs) {
    Long before = wholeAtMs.remove(sender);
    long from = before == null ? nowMs : Math.max(nowMs, before);
    // More than the budget is not owed: a sender is never shut out for longer than one regain.
    wholeAtMs.put(sender, Math.min(from + regainMs, nowMs + failures * regainMs));
    Iterator<Long> oldest = wholeAtMs.values().iterator();
    if (oldest.next() <= nowMs || wholeAtMs.size() > MAX_SENDERS) {
      oldest.remove();
    }
  }

  /** Whether the sender has nothing left now. */
  boolean isSpent(Address sender, long nowMs) {
    Long whole = wholeAtMs.get(sender);
    return whole != null && whole - nowMs > (failures - 1) * regainMs;
  }

  int size() {
    return wholeAtMs.size();
  }
}
