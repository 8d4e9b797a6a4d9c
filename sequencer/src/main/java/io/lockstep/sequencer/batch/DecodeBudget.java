// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.batch;

import io.lockstep.primitives.codec.DecodeException;

/** What is left of a batch's caps while its segments are decoded. One thread. */
final class DecodeBudget {
  private int bytes = BatchLimits.MAX_DECOMPRESSED_BYTES;
  private int transactions = BatchLimits.MAX_TRANSACTIONS;

  /** Takes a segment's declared decompressed length, before it is allocated. */
  void takeBytes(long length) throws DecodeException {
    if (length < 1 || length > BatchLimits.MAX_DECOMPRESSED_BYTES_PER_SEGMENT) {
      throw new DecodeException(
          "segment of "
              + length
              + " bytes, 1 to "
              + BatchLimits.MAX_DECOMPRESSED_BYTES_PER_SEGMENT
              + " allowed");
    }
    if (length > bytes) {
      throw new DecodeException(
          "segments of more than " + BatchLimits.MAX_DECOMPRESSED_BYTES + " bytes together");
    }
    bytes -= (int) length;
  }

  void takeTransactions(int count) throws DecodeException {
    if (count > transactions) {
      throw new DecodeException("more than " + BatchLimits.MAX_TRANSACTIONS + " transactions");
    }
    transactions -= count;
  }
}
