// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.send;

import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import java.util.List;

/**
 * What to post. Any thread.
 *
 * @param blobs 1 to 6, 131,072 bytes each
 * @param dueSeconds Unix time of the last L1 block it is of use in, which decides its price; 0 when
 *     it has no such time
 * @param transactions that it carries, for its cost by the transaction
 */
public record PostingRequest(
    PostingId id,
    Address to,
    Bytes callData,
    List<Bytes> blobs,
    long dueSeconds,
    int transactions) {
  public PostingRequest {
    blobs = List.copyOf(blobs);
  }
}
