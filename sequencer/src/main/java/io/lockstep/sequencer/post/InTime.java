// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.post;

import io.lockstep.sequencer.batch.BatchLimits;
import io.lockstep.sequencer.batch.EncodedBatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How much of what is due goes into one posting, so that its proofs are made in time for its block:
 * a large posting that comes too late posts nothing and makes the next one larger still. Any
 * thread.
 */
final class InTime {
  private static final Logger LOG = LoggerFactory.getLogger(InTime.class);

  /** What is left of the share, because not all ticks compress alike. */
  private static final int SHARE_PERCENT = 95;

  private final long windowSlot;
  private final long lastTick;
  private final int mostBlobs;
  private long mostSignedBytes = Poster.MAX_SIGNED_BYTES;

  /**
   * @param mostBlobs that come in time
   */
  InTime(long windowSlot, long lastTick, int mostBlobs) {
    this.windowSlot = windowSlot;
    this.lastTick = lastTick;
    this.mostBlobs = mostBlobs;
  }

  boolean isOf(long ofWindowSlot, long ofLastTick) {
    return windowSlot == ofWindowSlot && lastTick == ofLastTick;
  }

  /** What is gathered at most, by what its transactions take as they were signed. */
  synchronized long mostSignedBytes() {
    return mostSignedBytes;
  }

  /**
   * Looks how many blobs it became when all was gathered.
   *
   * @return whether that is too much, and less is to be gathered
   */
  synchronized boolean isTooMuch(BatchAssembler.Draft draft, EncodedBatch encoded) {
    if (encoded.blobs().size() <= mostBlobs) {
      return false;
    }
    if (mostSignedBytes == Poster.MAX_SIGNED_BYTES) {
      LOG.info(
          "window {}: {} blobs would come too late for its slot, about {} are posted",
          windowSlot,
          encoded.blobs().size(),
          mostBlobs);
    }
    long room = (long) mostBlobs * BatchLimits.PAYLOAD_BYTES_PER_BLOB;
    mostSignedBytes = draft.signedBytes() * room / encoded.payloadBytes() * SHARE_PERCENT / 100;
    return true;
  }
}
