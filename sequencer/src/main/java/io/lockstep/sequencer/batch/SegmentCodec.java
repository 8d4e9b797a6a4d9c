// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.batch;

import io.lockstep.primitives.codec.DecodeException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One segment with its header. Segments do not depend on each other. Any thread. */
final class SegmentCodec {
  /** Rollup id, version, codec, decompressed length, body length. */
  static final int HEADER_BYTES = 8 + 1 + 1 + 4 + 4;

  private static final int VERSION = 2;

  private SegmentCodec() {}

  /**
   * Writes the segment; raw when compression does not make it smaller.
   *
   * @return decompressed length, bytes
   */
  static int encode(Segment segment, EncodingPolicy policy, ByteSink out) {
    byte[] rows = RowBody.encode(segment);
    SegmentEncoding encoding = policy.encoding();
    byte[] plain = encoding == SegmentEncoding.ZSTD ? ColumnBody.encode(segment) : rows;
    byte[] body =
        switch (encoding) {
          case RAW -> rows;
          case DEFLATE -> Compression.deflate(rows);
          case ZSTD -> Compression.zstd(plain, policy.zstdLevel());
        };
    if (body.length >= rows.length) {
      encoding = SegmentEncoding.RAW;
      plain = rows;
      body = rows;
    }
    // Rows too: what columns leave out counts when they are read.
    int largest = Math.max(plain.length, rows.length);
    if (largest > BatchLimits.MAX_DECOMPRESSED_BYTES_PER_SEGMENT) {
      throw new IllegalStateException(
          "segment of "
              + largest
              + " bytes, limit "
              + BatchLimits.MAX_DECOMPRESSED_BYTES_PER_SEGMENT);
    }
    out.fixed(segment.rollupId(), 8)
        .fixed(VERSION, 1)
        .fixed(encoding.id(), 1)
        .fixed(plain.length, 4)
        .fixed(body.length, 4)
        .bytes(body);
    return plain.length;
  }

  /** Passes over a segment and tells its rollup. */
  static long skip(ByteSource in) throws DecodeException {
    long rollupId = in.fixed(8);
    in.part(1 + 1 + 4);
    in.part((int) Math.min(Integer.MAX_VALUE, in.fixed(4)));
    return rollupId;
  }

  static Segment decode(ByteSource in, DecodeBudget budget) throws DecodeException {
    long rollupId = in.fixed(8);
    long version = in.fixed(1);
    if (version != VERSION) {
      throw new DecodeException("segment version not known: " + version);
    }
    SegmentEncoding encoding = SegmentEncoding.ofId((int) in.fixed(1));
    long plainLength = in.fixed(4);
    budget.takeBytes(plainLength);
    byte[] body = in.bytes((int) Math.min(Integer.MAX_VALUE, in.fixed(4))).unsafeArray();
    List<BlockData> blocks = blocks(encoding, rollupId, body, (int) plainLength, budget);
    @Nullable String fault = Segment.fault(blocks);
    if (fault != null) {
      throw new DecodeException("segment of rollup " + rollupId + ": " + fault);
    }
    return new Segment(rollupId, blocks);
  }

  private static List<BlockData> blocks(
      SegmentEncoding encoding, long rollupId, byte[] body, int plainLength, DecodeBudget budget)
      throws DecodeException {
    return switch (encoding) {
      case RAW -> {
        if (body.length != plainLength) {
          throw new DecodeException(
              "raw segment of " + body.length + " bytes, declared " + plainLength);
        }
        yield RowBody.decode(body, budget);
      }
      case DEFLATE -> RowBody.decode(Compression.inflate(body, plainLength), budget);
      case ZSTD -> ColumnBody.decode(Compression.unzstd(body, plainLength), rollupId, budget);
    };
  }
}
