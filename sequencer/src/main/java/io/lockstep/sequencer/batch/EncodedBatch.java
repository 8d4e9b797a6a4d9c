// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.batch;

import io.lockstep.primitives.types.Hash32;
import java.util.List;

/**
 * A batch ready for commitments and posting. The blobs' bytes must not be changed. Any thread.
 *
 * @param blobs 1 to 6 of {@link BatchLimits#BLOB_BYTES} each
 * @param headersRoot for the calldata
 * @param segments in the order of the batch's segments, for the calldata
 * @param payloadBytes bytes used of the blobs' {@link BatchLimits#PAYLOAD_BYTES_PER_BLOB}
 */
public record EncodedBatch(
    List<byte[]> blobs, Hash32 headersRoot, List<SegmentRange> segments, int payloadBytes) {
  public EncodedBatch {
    blobs = List.copyOf(blobs);
    segments = List.copyOf(segments);
  }
}
