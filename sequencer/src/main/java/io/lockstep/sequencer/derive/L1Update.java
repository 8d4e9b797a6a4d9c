// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.derive;

import io.lockstep.l1client.contract.Batch;
import io.lockstep.l1client.contract.InboundEvents;
import io.lockstep.l1client.execution.L1Block;
import io.lockstep.sequencer.schedule.RegistryChange;
import java.util.List;

/** What happened on L1, in order; a block with everything derivation needs of it fetched. */
public sealed interface L1Update {
  /**
   * A canonical block and what our contracts logged in it. Blocks without events may be left out
   * while catching up.
   */
  record Block(
      L1Block block,
      List<RegistryChange> registry,
      InboundEvents inbound,
      List<FetchedBatch> batches)
      implements L1Update {
    public Block {
      registry = List.copyOf(registry);
      batches = List.copyOf(batches);
    }
  }

  /**
   * What the batches of a canonical block declare whose blobs are still to be fetched, in the
   * inbox's order. Stands until the next {@link Block}, {@link Rewind} or {@link Again}.
   */
  record Declared(List<Batch> batches) implements L1Update {
    public Declared {
      batches = List.copyOf(batches);
    }
  }

  /** Everything above {@code number} is no longer canonical. */
  record Rewind(long number) implements L1Update {}

  /**
   * The blocks above {@code number} follow once more: they are as canonical as before, but
   * something that had happened in them was left out when they were told.
   */
  record Again(long number) implements L1Update {}

  /** L1 finalized up to {@code number}. */
  record Finalized(long number) implements L1Update {}

  /** All blocks up to L1's head as it was at the start have been delivered. */
  record CaughtUp() implements L1Update {}

  /** L1 cannot be read now; what is known stays. */
  record Unreachable(String why) implements L1Update {}
}
