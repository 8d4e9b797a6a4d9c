// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.derive;

import io.lockstep.l1client.contract.Batch;
import io.lockstep.l1client.contract.BatchProposed;
import io.lockstep.l1client.execution.L1Block;
import io.lockstep.sequencer.batch.BatchContents;
import java.util.Map;

/**
 * A batch that the inbox took, with what was fetched and decoded of it.
 *
 * @param event what the inbox logged
 */
public record FetchedBatch(BatchProposed event, Content content) {
  /** What the call data and the blobs turned out to be. */
  public sealed interface Content {
    /**
     * Decoded; whether it is right is for {@link Derivation} to say.
     *
     * @param anchors the canonical L1 blocks at the anchor numbers that the batch names, as of the
     *     block that holds the batch; a number that does not exist is missing
     */
    record Decoded(Batch call, BatchContents blobs, Map<Long, L1Block> anchors)
        implements Content {}

    /** Never to be decoded by anyone: it derives to nothing. */
    record Garbage(String why) implements Content {}
  }
}
