// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.batch;

/**
 * What a batch may hold (protocol section 3). These are consensus rules: a batch beyond any of them
 * derives to nothing. Caps without a number in the protocol are marked "ours".
 */
public final class BatchLimits {
  /** EIP-4844: 4096 field elements of 32 bytes. */
  public static final int BLOB_BYTES = 131_072;

  public static final int ELEMENTS_PER_BLOB = 4_096;

  /** What a field element carries: its first byte is zero. */
  public static final int ELEMENT_BYTES = 31;

  public static final int PAYLOAD_BYTES_PER_BLOB = ELEMENTS_PER_BLOB * ELEMENT_BYTES;

  /** EIP-7594 clients take no more blobs in a transaction. */
  public static final int MAX_BLOBS = 6;

  public static final int MAX_PAYLOAD_BYTES = MAX_BLOBS * PAYLOAD_BYTES_PER_BLOB;

  /** Entries that fit blob 0 behind the header element, two elements each; ours. */
  public static final int MAX_TABLE_ENTRIES = (ELEMENTS_PER_BLOB - 1) / 2;

  /** Windows that one batch carries; ours. */
  public static final int MAX_SEALS = 64;

  /**
   * A signed seal with the Merkle paths of its last tick's blocks: some 400 bytes for each rollup
   * of a long window; ours.
   */
  public static final int MAX_SEAL_BYTES = 8_192;

  /** Rollups of one batch; ours. */
  public static final int MAX_SEGMENTS = 16;

  public static final int MAX_BLOCKS_PER_SEGMENT = 512;

  /** In a segment and, since 64 bytes of signature do not compress, in a whole batch (ours). */
  public static final int MAX_TRANSACTIONS = 32_768;

  public static final int MAX_TRANSACTION_BYTES = 131_072;

  public static final int MAX_DECOMPRESSED_BYTES_PER_SEGMENT = 8 << 20;

  /** All segments together; ours: it bounds what a stranger's batch costs to decode. */
  public static final int MAX_DECOMPRESSED_BYTES = 16 << 20;

  /** RFC 8878 asks each decoder to support 8 MiB; beyond it decoders differ. */
  static final int MAX_ZSTD_WINDOW_BYTES = 8 << 20;

  private BatchLimits() {}
}
