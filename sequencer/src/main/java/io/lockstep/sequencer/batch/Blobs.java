// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.batch;

import static io.lockstep.sequencer.batch.BatchLimits.BLOB_BYTES;
import static io.lockstep.sequencer.batch.BatchLimits.ELEMENTS_PER_BLOB;
import static io.lockstep.sequencer.batch.BatchLimits.ELEMENT_BYTES;
import static io.lockstep.sequencer.batch.BatchLimits.MAX_BLOBS;
import static io.lockstep.sequencer.batch.BatchLimits.PAYLOAD_BYTES_PER_BLOB;

import io.lockstep.primitives.codec.DecodeException;
import java.util.ArrayList;
import java.util.List;

/**
 * Payload bytes to blobs and back: 31 bytes in each field element, whose first byte is zero. Any
 * thread.
 */
public final class Blobs {
  private Blobs() {}

  /** How many blobs {@code payloadBytes} fill. */
  public static int count(int payloadBytes) {
    return Math.ceilDiv(payloadBytes, PAYLOAD_BYTES_PER_BLOB);
  }

  /**
   * The blobs that carry {@code payload}; the last is filled up with zeros.
   *
   * @throws IllegalArgumentException when there is no payload or more than six blobs hold
   */
  public static List<byte[]> pack(byte[] payload) {
    int count = count(payload.length);
    if (count < 1 || count > MAX_BLOBS) {
      throw new IllegalArgumentException(
          payload.length + " payload bytes, 1 to " + BatchLimits.MAX_PAYLOAD_BYTES + " allowed");
    }
    List<byte[]> blobs = new ArrayList<>(count);
    int from = 0;
    for (int i = 0; i < count; i++) {
      byte[] blob = new byte[BLOB_BYTES];
      for (int element = 0; element < ELEMENTS_PER_BLOB && from < payload.length; element++) {
        int length = Math.min(ELEMENT_BYTES, payload.length - from);
        System.arraycopy(payload, from, blob, element * 32 + 1, length);
        from += length;
      }
      blobs.add(blob);
    }
    return blobs;
  }

  /**
   * All bytes that the blobs can carry, the filling included.
   *
   * @throws DecodeException when there are none or more than six, or one is not a blob of 31-byte
   *     elements
   */
  public static byte[] unpack(List<byte[]> blobs) throws DecodeException {
    if (blobs.isEmpty() || blobs.size() > MAX_BLOBS) {
      throw new DecodeException(blobs.size() + " blobs, 1 to " + MAX_BLOBS + " allowed");
    }
    byte[] payload = new byte[blobs.size() * PAYLOAD_BYTES_PER_BLOB];
    int to = 0;
    for (byte[] blob : blobs) {
      if (blob.length != BLOB_BYTES) {
        throw new DecodeException("blob of " + blob.length + " bytes, expected " + BLOB_BYTES);
      }
      for (int at = 0; at < BLOB_BYTES; at += 32) {
        if (blob[at] != 0) {
          throw new DecodeException("field element " + at / 32 + " has a first byte above zero");
        }
        System.arraycopy(blob, at + 1, payload, to, ELEMENT_BYTES);
        to += ELEMENT_BYTES;
      }
    }
    return payload;
  }
}
