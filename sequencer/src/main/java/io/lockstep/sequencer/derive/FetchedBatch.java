// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.derive;

import io.lockstep.l1client.contract.Batch;
import io.lockstep.l1client.contract.BatchProposed;
import io.lockstep.l1client.contract.InboxEvent;
import io.lockstep.l1client.contract.OpenBlockProposed;
import io.lockstep.l1client.execution.L1Block;
import io.lockstep.sequencer.batch.BatchContents;
import java.util.Map;

/** What the inbox took, with everything that was fetched and decoded for it. */
public sealed interface FetchedBatch {
  /** What the inbox logged. */
  InboxEvent event();

  /**
   * Decoded; whether it is right is for {@link Derivation} to say.
   *
   * @param l1 canonical L1 blocks by number: the anchors that the batch names and the blocks that
   *     end their use; a number that does not exist yet is missing
   */
  record Decoded(BatchProposed event, Batch call, BatchContents blobs, Map<Long, L1Block> l1)
      implements FetchedBatch {
    public Decoded {
      l1 = Map.copyOf(l1);
    }
  }

  /** Never to be decoded by anyone: it derives to nothing. */
  record Garbage(InboxEvent event, String why) implements FetchedBatch {}

  /**
   * No batch: the block that anybody may let an open window have.
   *
   * @param anchor the newest L1 block that its tick may have
   */
  record OpenBlock(OpenBlockProposed event, L1Block anchor) implements FetchedBatch {}
}
