// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.sim;

import java.util.ArrayList;
import java.util.List;

/**
 * When what was wrong, to tell a promise that nobody could keep from one that was broken. A signer
 * that stays up posts what it sealed; what it cannot post its successors carry, if they have it: so
 * a promise may be lost only when two things fail at once. One thread.
 */
final class Excuses {
  private static final long OPEN = Long.MAX_VALUE;

  /** What can be wrong. */
  enum Trouble {
    /** A node's process is away. */
    DOWN,
    /** Messages do not reach everybody, or late. */
    NETWORK,
    /** L1 does not take or show everything in time, for all or for one node. */
    L1,
    /**
     * A posting landed after its window, which the inbox does not refuse: whoever signed finally
     * since then took for settled what was not (protocol §1.3, §1.4).
     */
    LATE_POSTING
  }

  private static final class Interval {
    final Trouble trouble;
    final int node;
    final long fromMs;
    long untilMs = OPEN;

    Interval(Trouble trouble, int node, long fromMs) {
      this.trouble = trouble;
      this.node = node;
      this.fromMs = fromMs;
    }
  }

  static final int EVERYBODY = -1;

  private final SimTime time;
  private final List<Interval> intervals = new ArrayList<>();

  Excuses(SimTime time) {
    this.time = time;
  }

  void begin(Trouble trouble, int node) {
    intervals.add(new Interval(trouble, node, time.nowMs()));
  }

  void end(Trouble trouble, int node) {
    for (Interval interval : intervals) {
      if (interval.trouble == trouble && interval.node == node && interval.untilMs == OPEN) {
        interval.untilMs = time.nowMs();
      }
    }
  }

  /** Something that is over by itself after a while. */
  void during(Trouble trouble, int node, long ms) {
    Interval interval = new Interval(trouble, node, time.nowMs());
    interval.untilMs = time.nowMs() + ms;
    intervals.add(interval);
  }

  /** A posting landed now whose window was over at {@code fromMs}. */
  void latePosting(long fromMs) {
    Interval interval = new Interval(Trouble.LATE_POSTING, EVERYBODY, fromMs);
    interval.untilMs = time.nowMs();
    intervals.add(interval);
  }

  void endAll() {
    intervals.forEach(interval -> interval.untilMs = Math.min(interval.untilMs, time.nowMs()));
  }

  /** Whether nothing at all was wrong in this time. */
  boolean isCalm(long fromMs, long untilMs) {
    return intervals.stream().noneMatch(i -> overlaps(i, fromMs, untilMs));
  }

  /** Whether what {@code signer} promised may be lost for what went wrong in this time. */
  boolean excuse(int signer, long fromMs, long untilMs) {
    boolean signerDown = is(Trouble.DOWN, signer, true, fromMs, untilMs);
    boolean otherDown = is(Trouble.DOWN, signer, false, fromMs, untilMs);
    boolean network =
        intervals.stream()
            .anyMatch(i -> i.trouble == Trouble.NETWORK && overlaps(i, fromMs, untilMs));
    boolean l1 =
        intervals.stream()
            .anyMatch(i ->
                i.trouble == Trouble.L1
                    && (i.node == EVERYBODY || i.node == signer)
                    && overlaps(i, fromMs, untilMs));
    boolean late =
        intervals.stream()
            .anyMatch(i -> i.trouble == Trouble.LATE_POSTING && overlaps(i, fromMs, untilMs));
    return late || (network && (signerDown || l1)) || (signerDown && otherDown);
  }

  private boolean is(Trouble trouble, int node, boolean same, long fromMs, long untilMs) {
    return intervals.stream()
        .anyMatch(
            i -> i.trouble == trouble && (i.node == node) == same && overlaps(i, fromMs, untilMs));
  }

  private static boolean overlaps(Interval interval, long fromMs, long untilMs) {
    return interval.fromMs <= untilMs && interval.untilMs >= fromMs;
  }
}
