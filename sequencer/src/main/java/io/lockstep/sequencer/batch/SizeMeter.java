// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.batch;

import io.lockstep.primitives.tx.Transaction;

/**
 * Bounds the payload of the batch that unposted ticks will become, so that a builder never seals
 * what one posting cannot hold (protocol section 3). The bound is the size of the raw encoding,
 * which an encoder falls back to; compression only makes the batch smaller. One thread; each step
 * takes constant time.
 */
public final class SizeMeter {
  /** List header, tick, anchor delta, anchor hash, gas limit, header of the transactions' list. */
  private static final int BLOCK_ROW_BYTES = 4 + 9 + 9 + 33 + 9 + 4;

  private static final int SEGMENT_BYTES = SegmentCodec.HEADER_BYTES + 4;

  private final int rollups;
  private final long limitBytes;
  private long bytes;
  private int ticks;
  private int seals;
  private int transactions;

  /** An empty batch of {@code rollups} segments that surely fits one posting. */
  public SizeMeter(int rollups) {
    this(rollups, BatchLimits.MAX_PAYLOAD_BYTES);
  }

  /** An empty batch of {@code rollups} segments whose raw encoding may take so many bytes. */
  public SizeMeter(int rollups, long limitBytes) {
    if (rollups < 1 || rollups > BatchLimits.MAX_SEGMENTS) {
      throw new IllegalArgumentException(
          rollups + " rollups, 1 to " + BatchLimits.MAX_SEGMENTS + " allowed");
    }
    this.rollups = rollups;
    this.limitBytes = limitBytes;
    this.bytes = BatchCodec.HEADER_BYTES + (long) rollups * SEGMENT_BYTES;
  }

  /** A bound of {@code batch}'s payload, bytes. */
  public static long boundBytes(BatchContents batch) {
    SizeMeter meter = new SizeMeter(batch.segments().size());
    batch.seals().forEach(meter::addSeal);
    for (int i = 0; i < batch.segments().getFirst().blocks().size(); i++) {
      meter.addTick();
    }
    for (Segment segment : batch.segments()) {
      for (BlockData block : segment.blocks()) {
        block.transactions().forEach(meter::add);
      }
    }
    return meter.boundBytes();
  }

  /** What one block in each of {@code rollups} rollups takes besides its transactions, bytes. */
  public static long tickBytes(int rollups) {
    return (long) rollups * (HeaderTable.ENTRY_BYTES + BLOCK_ROW_BYTES);
  }

  /** What {@code tx} takes at most, bytes: an RLP string. */
  public static long transactionBytes(Transaction tx) {
    return tx.encoded().size() + 4L;
  }

  public void addSeal(CarriedSeal seal) {
    seals++;
    bytes += BatchCodec.SEAL_HEADER_BYTES + (long) seal.signedSeal().size();
  }

  /** Counts a seal of the largest size, whose run is still being gathered. */
  public void reserveSeal() {
    seals++;
    bytes += BatchCodec.SEAL_HEADER_BYTES + BatchLimits.MAX_SEAL_BYTES;
  }

  /** Counts one block in each rollup. */
  public void addTick() {
    ticks++;
    bytes += tickBytes(rollups);
  }

  public void add(Transaction tx) {
    transactions++;
    bytes += transactionBytes(tx);
  }

  /** What the payload cannot exceed, bytes. */
  public long boundBytes() {
    return bytes;
  }

  public int ticks() {
    return ticks;
  }

  public int transactions() {
    return transactions;
  }

  /** Whether one more tick, without transactions, still fits. */
  public boolean hasRoomForTick() {
    int limit =
        Math.min(BatchLimits.MAX_BLOCKS_PER_SEGMENT, BatchLimits.MAX_TABLE_ENTRIES / rollups);
    return ticks < limit && bytes + tickBytes(rollups) <= limitBytes;
  }

  /** Whether {@code tx} still fits a block that is already counted. */
  public boolean hasRoomFor(Transaction tx) {
    return transactions < BatchLimits.MAX_TRANSACTIONS
        && tx.encoded().size() <= BatchLimits.MAX_TRANSACTION_BYTES
        && bytes + transactionBytes(tx) <= limitBytes;
  }

  /** Whether a seal of the largest size still fits. */
  public boolean hasRoomForSeal() {
    return seals < BatchLimits.MAX_SEALS
        && bytes + BatchCodec.SEAL_HEADER_BYTES + BatchLimits.MAX_SEAL_BYTES <= limitBytes;
  }
}
