// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.contract;

import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.types.Slot;
import java.util.List;

/**
 * The call data of {@code ClusterInbox.propose} (protocol, section 2.4).
 *
 * @param expected the Inbox heads (last batch hash or last declared head) it may stand on
 * @param windowSlot names the window of its own ticks
 * @param firstTick own ticks, included
 * @param lastTick own ticks, included
 * @param anchorNumber L1 block of the last tick's anchor
 * @param msgTo L1 messages imported up to here
 * @param headersRoot Merkle root over (tick, rollupId, number, blockHash)
 * @param blobCount blobs of the transaction
 */
public record Batch(
    List<Hash32> expected,
    Slot windowSlot,
    List<Carried> carried,
    long firstTick,
    long lastTick,
    long anchorNumber,
    Hash32 anchorHash,
    long msgTo,
    Hash32 headersRoot,
    List<RollupPart> rollups,
    int blobCount) {
  public static final int MAX_EXPECTED = 16;
  public static final int MAX_CARRIED = 64;
  public static final int MAX_ROLLUPS = 64;

  public Batch {
    expected = List.copyOf(expected);
    carried = List.copyOf(carried);
    rollups = List.copyOf(rollups);
    if (expected.size() > MAX_EXPECTED
        || carried.size() > MAX_CARRIED
        || rollups.size() > MAX_ROLLUPS) {
      throw new IllegalArgumentException("a batch with too many parts");
    }
    if (blobCount < 0 || blobCount > 255) {
      throw new IllegalArgumentException("a blob count of " + blobCount);
    }
  }
}
