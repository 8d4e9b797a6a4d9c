// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.batch;

import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.types.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Batches to blobs and back; the format is in the package documentation. Decoding is total: any
 * bytes give contents or a {@link DecodeException}, within the memory that {@link BatchLimits}
 * bounds, and what one node refuses every node refuses. Any thread. Source: protocol sections 2.4
 * and 3.
 */
public final class BatchCodec {
  /** Bytes of the header, one field element. */
  static final int HEADER_BYTES = BatchLimits.ELEMENT_BYTES;

  /** Bytes of a seal besides the signed seal itself. */
  static final int SEAL_HEADER_BYTES = 8 + 4 + 2;

  private static final byte[] MAGIC = "LOCKSTEP".getBytes(StandardCharsets.US_ASCII);
  private static final int VERSION = 1;
  private static final int HEADER_PADDING_BYTES = HEADER_BYTES - MAGIC.length - 1 - 4 - 2 - 2 - 2;

  private BatchCodec() {}

  private record Header(int payloadBytes, int entries, int seals, int segments) {}

  /** Encodes with {@link EncodingPolicy#DEFAULT}. */
  public static EncodedBatch encode(BatchContents batch) {
    return encode(batch, EncodingPolicy.DEFAULT);
  }

  /**
   * Encodes a batch.
   *
   * @throws IllegalStateException when it does not fit one transaction: {@link SizeMeter} tells
   *     what surely does
   */
  public static EncodedBatch encode(BatchContents batch, EncodingPolicy policy) {
    EncodedBatch encoded = encodeIfFits(batch, policy);
    if (encoded == null) {
      throw new IllegalStateException(
          "batch of up to %d bytes does not compress into one transaction, limit %d, or %d decompressed"
              .formatted(
                  SizeMeter.boundBytes(batch),
                  BatchLimits.MAX_PAYLOAD_BYTES,
                  BatchLimits.MAX_DECOMPRESSED_BYTES));
    }
    return encoded;
  }

  /**
   * As {@link #encodeIfFits(BatchContents, EncodingPolicy)} with {@link EncodingPolicy#DEFAULT}.
   */
  public static @Nullable EncodedBatch encodeIfFits(BatchContents batch) {
    return encodeIfFits(batch, EncodingPolicy.DEFAULT);
  }

  /** Encodes a batch; null when it does not fit one transaction. */
  static @Nullable EncodedBatch encodeIfFits(BatchContents batch, EncodingPolicy policy) {
    ByteSink body = new ByteSink(16_384);
    HeaderTable.encode(batch.table(), body);
    for (CarriedSeal seal : batch.seals()) {
      body.fixed(seal.windowSlot(), 8)
          .fixed(seal.operatorId(), 4)
          .fixed(seal.signedSeal().size(), 2)
          .bytes(seal.signedSeal());
    }
    List<SegmentRange> ranges = new ArrayList<>(batch.segments().size());
    long decompressedBytes = 0;
    for (Segment segment : batch.segments()) {
      int from = HEADER_BYTES + body.size();
      decompressedBytes += SegmentCodec.encode(segment, policy, body);
      ranges.add(new SegmentRange(segment.rollupId(), from, HEADER_BYTES + body.size() - from));
    }
    int payloadBytes = HEADER_BYTES + body.size();
    if (payloadBytes > BatchLimits.MAX_PAYLOAD_BYTES
        || decompressedBytes > BatchLimits.MAX_DECOMPRESSED_BYTES) {
      return null;
    }
    ByteSink payload =
        new ByteSink(payloadBytes)
            .bytes(MAGIC)
            .fixed(VERSION, 1)
            .fixed(payloadBytes, 4)
            .fixed(batch.table().size(), 2)
            .fixed(batch.seals().size(), 2)
            .fixed(batch.segments().size(), 2)
            .bytes(new byte[HEADER_PADDING_BYTES])
            .sink(body);
    return new EncodedBatch(
        Blobs.pack(payload.toArray()), batch.headersRoot(), ranges, payloadBytes);
  }

  /**
   * Decodes the blobs of one posting.
   *
   * @throws DecodeException when they are anything but one well-formed batch
   */
  public static BatchContents decode(List<byte[]> blobs) throws DecodeException {
    byte[] payload = Blobs.unpack(blobs);
    Header header = header(payload, blobs.size());
    ByteSource in = new ByteSource(payload, HEADER_BYTES, header.payloadBytes);
    List<TableEntry> table = HeaderTable.decode(in, header.entries);
    List<CarriedSeal> seals = seals(in, header.seals);
    if (header.segments > BatchLimits.MAX_SEGMENTS) {
      throw new DecodeException(header.segments + " segments, limit " + BatchLimits.MAX_SEGMENTS);
    }
    List<Segment> segments = new ArrayList<>(header.segments);
    DecodeBudget budget = new DecodeBudget();
    for (int i = 0; i < header.segments; i++) {
      segments.add(SegmentCodec.decode(in, budget));
    }
    in.end("the payload");
    @Nullable String fault = BatchContents.fault(table, seals, segments);
    if (fault != null) {
      throw new DecodeException("not a batch: " + fault);
    }
    return new BatchContents(table, seals, segments);
  }

  /**
   * Where the segments lie, without decompressing them: derivation compares it with the calldata.
   *
   * @throws DecodeException when the container's outline is broken; segments may still be
   */
  public static List<SegmentRange> segmentRanges(List<byte[]> blobs) throws DecodeException {
    byte[] payload = Blobs.unpack(blobs);
    Header header = header(payload, blobs.size());
    ByteSource in = new ByteSource(payload, HEADER_BYTES, header.payloadBytes);
    in.part(header.entries * HeaderTable.ENTRY_BYTES);
    seals(in, header.seals);
    List<SegmentRange> ranges = new ArrayList<>();
    for (int i = 0; i < header.segments; i++) {
      int from = in.position();
      long rollupId = SegmentCodec.skip(in);
      ranges.add(new SegmentRange(rollupId, from, in.position() - from));
    }
    in.end("the payload");
    return ranges;
  }

  /**
   * The values of the two field elements of blob 0 that hold table entry {@code index}: what KZG
   * openings at elements {@code 1 + 2·index} and the next must show.
   */
  public static List<Bytes> tableElements(BatchContents batch, int index) {
    return HeaderTable.elements(batch.table().get(index));
  }

  private static Header header(byte[] payload, int blobCount) throws DecodeException {
    ByteSource in = new ByteSource(payload, 0, HEADER_BYTES);
    if (!Arrays.equals(in.bytes(MAGIC.length).unsafeArray(), MAGIC)) {
      throw new DecodeException("not a batch: magic missing");
    }
    long version = in.fixed(1);
    if (version != VERSION) {
      throw new DecodeException("batch version not known: " + version);
    }
    long payloadBytes = in.fixed(4);
    if (payloadBytes < HEADER_BYTES || payloadBytes > payload.length) {
      throw new DecodeException(
          "payload of " + payloadBytes + " bytes in blobs that hold " + payload.length);
    }
    if (Blobs.count((int) payloadBytes) != blobCount) {
      throw new DecodeException(
          "payload of " + payloadBytes + " bytes does not need " + blobCount + " blobs");
    }
    new ByteSource(payload, (int) payloadBytes, payload.length)
        .zeros(payload.length - (int) payloadBytes);
    Header header =
        new Header((int) payloadBytes, (int) in.fixed(2), (int) in.fixed(2), (int) in.fixed(2));
    in.zeros(HEADER_PADDING_BYTES);
    return header;
  }

  private static List<CarriedSeal> seals(ByteSource in, int count) throws DecodeException {
    if (count > BatchLimits.MAX_SEALS) {
      throw new DecodeException(count + " seals, limit " + BatchLimits.MAX_SEALS);
    }
    List<CarriedSeal> seals = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      long windowSlot = in.fixed(8);
      long operatorId = in.fixed(4);
      int length = (int) in.fixed(2);
      if (length > BatchLimits.MAX_SEAL_BYTES) {
        throw new DecodeException(
            "seal of " + length + " bytes, limit " + BatchLimits.MAX_SEAL_BYTES);
      }
      seals.add(new CarriedSeal(windowSlot, operatorId, in.bytes(length)));
    }
    return seals;
  }
}
