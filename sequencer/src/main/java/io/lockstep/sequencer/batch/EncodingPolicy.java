// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.batch;

/**
 * How an encoder chooses to write segments; decoders take all. A segment that compression would not
 * make smaller is written raw whatever the policy. Any thread.
 *
 * @param zstdLevel 1 to 22; without effect on the other encodings
 */
public record EncodingPolicy(SegmentEncoding encoding, int zstdLevel) {
  /** From level 16 on the library splits blocks where the statistics of the columns change. */
  public static final EncodingPolicy DEFAULT = new EncodingPolicy(SegmentEncoding.ZSTD, 19);

  public EncodingPolicy {
    if (zstdLevel < 1 || zstdLevel > 22) {
      throw new IllegalArgumentException("zstd level " + zstdLevel + ", 1 to 22 allowed");
    }
  }
}
