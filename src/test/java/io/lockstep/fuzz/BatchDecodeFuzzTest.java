// SPDX-License-Identifier: Apache-2.0
package io.lockstep.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.sequencer.batch.BatchCodec;
import io.lockstep.sequencer.batch.BatchContents;
import io.lockstep.sequencer.batch.BatchLimits;
import io.lockstep.sequencer.batch.Blobs;
import io.lockstep.sequencer.batch.EncodingPolicy;
import io.lockstep.sequencer.batch.SegmentEncoding;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * Anyone may post a blob: any bytes must give a batch or a refusal, and what was taken must survive
 * being written again. The first byte of an input chooses how deep the rest starts.
 */
class BatchDecodeFuzzTest {
  private static final int ENTRY_BYTES = 62;

  @FuzzTest(maxDuration = "2m")
  void decodesOrRefuses(byte[] input) throws DecodeException {
    if (input.length < 2) {
      return;
    }
    byte[] rest = Arrays.copyOfRange(input, 1, input.length);
    List<byte[]> blobs =
        switch (input[0] & 3) {
          case 0 -> List.of(Arrays.copyOf(rest, BatchLimits.BLOB_BYTES));
          case 1 -> Blobs.pack(head(rest));
          case 2 -> Blobs.pack(withLength(rest));
          default -> Blobs.pack(oneBlockSegment(input[0] >> 2 & 3, rest));
        };
    BatchContents batch;
    try {
      batch = BatchCodec.decode(blobs);
    } catch (DecodeException refused) {
      return;
    }
    for (SegmentEncoding encoding : SegmentEncoding.values()) {
      BatchContents again =
          BatchCodec.decode(BatchCodec.encode(batch, new EncodingPolicy(encoding, 1)).blobs());
      assertThat(again).isEqualTo(batch);
    }
    assertThat(BatchCodec.segmentRanges(blobs)).hasSameSizeAs(batch.segments());
  }

  private static byte[] head(byte[] payload) {
    return Arrays.copyOf(payload, Math.min(payload.length, BatchLimits.MAX_PAYLOAD_BYTES));
  }

  /** The payload with a header that says how long it is. */
  private static byte[] withLength(byte[] rest) {
    byte[] payload = Arrays.copyOf(head(rest), Math.clamp(rest.length, 31, 130_000));
    System.arraycopy(magic(), 0, payload, 0, 8);
    payload[8] = 1;
    ByteBuffer.wrap(payload).putInt(9, payload.length);
    return payload;
  }

  /** A container with the table of one block, whose segment's body is the input. */
  private static byte[] oneBlockSegment(int codec, byte[] rest) {
    if (rest.length < 4) {
      return withLength(rest);
    }
    ByteBuffer in = ByteBuffer.wrap(rest);
    long tick = in.getShort() & 0xffff;
    int plainLength = in.getShort() & 0xffff;
    byte[] body = new byte[in.remaining()];
    in.get(body);
    int length = 31 + ENTRY_BYTES + 18 + body.length;
    ByteBuffer out = ByteBuffer.allocate(length);
    out.put(magic()).put((byte) 1).putInt(length);
    out.putShort((short) 1).putShort((short) 0).putShort((short) 1).put(new byte[12]);
    out.putLong(tick).putLong(901).putLong(1).put(new byte[38]);
    out.putLong(901).put((byte) 2).put((byte) codec);
    out.putInt(codec == 0 ? body.length : plainLength).putInt(body.length).put(body);
    return out.array();
  }

  private static byte[] magic() {
    return "LOCKSTEP".getBytes(StandardCharsets.US_ASCII);
  }
}
