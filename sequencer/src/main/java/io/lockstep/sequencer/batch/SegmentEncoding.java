// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.batch;

import io.lockstep.primitives.codec.DecodeException;

/** How a segment's body is written: its codec id. Source: protocol §3.1. */
public enum SegmentEncoding {
  /** RLP rows as they are. */
  RAW(0),
  /** RLP rows in a raw DEFLATE stream, for where Zstandard is missing. */
  DEFLATE(1),
  /** Columns in a Zstandard frame. */
  ZSTD(2);

  private final int id;

  SegmentEncoding(int id) {
    this.id = id;
  }

  /** The codec byte. */
  public int id() {
    return id;
  }

  static SegmentEncoding ofId(int id) throws DecodeException {
    return switch (id) {
      case 0 -> RAW;
      case 1 -> DEFLATE;
      case 2 -> ZSTD;
      default -> throw new DecodeException("segment codec not known: " + id);
    };
  }
}
