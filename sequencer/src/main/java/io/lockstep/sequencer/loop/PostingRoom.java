// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.loop;

import io.lockstep.sequencer.batch.BatchLimits;
import io.lockstep.sequencer.head.Cluster;
import io.lockstep.sequencer.post.Poster;

/**
 * What one posting still has room for beside all that is unposted (protocol §3). Transactions count
 * as they were signed, which no encoding exceeds; once there is much of them they are encoded aside
 * and count as they came out. Owner: the sequencing thread.
 */
final class PostingRoom {
  /** The rest is for what compresses worse beside others than it was measured. */
  private static final long CAPACITY_BYTES = BatchLimits.MAX_PAYLOAD_BYTES * 8L / 10;

  private static final long CAPACITY_SIGNED_BYTES = Poster.MAX_SIGNED_BYTES * 8 / 10;

  /** With so much that was not measured it is worth a thread's while. */
  private static final long MEASURED_FROM_BYTES = CAPACITY_BYTES / 4;

  private static final int MAX_UNPOSTED_TICKS = 480;

  private final Cluster cluster;
  private final Unposted unposted;
  private final Poster poster;
  private long measuredAboveHeight = -1;
  private long measuredUpToHeight = -1;

  PostingRoom(Cluster cluster, Unposted unposted, Poster poster) {
    this.cluster = cluster;
    this.unposted = unposted;
    this.poster = poster;
  }

  /** Takes over what was measured, and has measured what has come since in this own window. */
  void step(long windowSlot) {
    Poster.Measured found = poster.takeMeasured();
    if (found != null) {
      unposted.measured(found);
    }
    boolean isNew =
        cluster.safeHeight() != measuredAboveHeight || cluster.height() != measuredUpToHeight;
    if (isNew
        && unposted.unmeasuredBytes() >= MEASURED_FROM_BYTES
        && poster.measure(windowSlot, unposted.lastTick())) {
      measuredAboveHeight = cluster.safeHeight();
      measuredUpToHeight = cluster.height();
    }
  }

  /** How many bytes of signed transactions surely fit. */
  long freeBytes() {
    return Math.min(
        CAPACITY_BYTES - unposted.bytes(), CAPACITY_SIGNED_BYTES - unposted.signedBytes());
  }

  boolean isFull() {
    return unposted.ticks() >= MAX_UNPOSTED_TICKS || freeBytes() <= 0;
  }

  boolean isFilledTo(int percent) {
    return unposted.bytes() * 100 >= CAPACITY_BYTES * percent
        || unposted.signedBytes() * 100 >= CAPACITY_SIGNED_BYTES * percent;
  }
}
