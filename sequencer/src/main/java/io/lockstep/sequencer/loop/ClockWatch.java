// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.loop;

import io.lockstep.l1client.execution.L1Block;
import io.lockstep.primitives.types.SlotClock;
import org.jspecify.annotations.Nullable;

/**
 * Holds the local clock against L1's: a block that comes before its slot began shows a clock that
 * is behind, several in a row that come more than a slot late one that is ahead (protocol §7, clock
 * drift). Owner: the sequencing thread.
 */
final class ClockWatch {
  private static final long LIMIT_MS = 1_000;
  private static final int LATE_IN_A_ROW = 4;

  private final SlotClock clock;
  private long behindMs;
  private int lateInARow;
  private long lateByMs;

  ClockWatch(SlotClock clock) {
    this.clock = clock;
  }

  /** A new block has come; not one of the past that a node catches up on. */
  void saw(L1Block block, long nowMs) {
    long delayMs = nowMs - block.timestampSeconds() * 1000;
    behindMs = Math.max(0, -delayMs);
    if (delayMs > clock.slotSeconds() * 1000 + LIMIT_MS) {
      lateInARow++;
      lateByMs = delayMs;
    } else {
      lateInARow = 0;
    }
  }

  /** Why no timestamp can be trusted, or null. */
  @Nullable String fault() {
    if (behindMs > LIMIT_MS) {
      return "the clock is " + behindMs + " ms behind L1's, limit " + LIMIT_MS;
    }
    if (lateInARow >= LATE_IN_A_ROW) {
      return "L1 blocks come "
          + lateByMs
          + " ms after their slots: the clock is ahead, or the L1 clients are late";
    }
    return null;
  }
}
