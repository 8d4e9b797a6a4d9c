// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.verify;

/**
 * Which L1 slot a tick counts for (protocol §1.3.3). All three in seconds, as the inbox and the
 * oracle hold them. Any thread.
 */
public record WindowTime(long tickSeconds, long handoverLeadSeconds, long slotSeconds) {
  /** No chain gets so far: a tick from here on lies in no window. */
  public static final long END_OF_TICKS = 1L << 48;

  private static final long MAX_SECONDS = 1 << 12;

  public WindowTime {
    if (tickSeconds < 1
        || tickSeconds > MAX_SECONDS
        || handoverLeadSeconds < 0
        || handoverLeadSeconds > MAX_SECONDS
        || slotSeconds < 1) {
      throw new IllegalArgumentException(
          "a tick of %d s, a handover of %d s, a slot of %d s"
              .formatted(tickSeconds, handoverLeadSeconds, slotSeconds));
    }
  }

  /** The slot λ(t) of a tick below {@link #END_OF_TICKS}. */
  public long slotOf(long tick) {
    return (tick * tickSeconds + handoverLeadSeconds) / slotSeconds + 1;
  }
}
