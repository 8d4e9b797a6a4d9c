// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.send;

import io.lockstep.l1client.execution.ExecutionClient;
import io.lockstep.primitives.types.Bytes;

/** A way of a signed transaction into an L1 block. Blocks. Used by one thread a sender. */
public interface InclusionPath {
  /** For messages. */
  String name();

  /**
   * Hands a transaction over; the same bytes may be handed over any number of times.
   *
   * @param networkForm with its blobs
   * @param block number of the L1 block that it should stand in, or in a later one
   */
  SendOutcome send(Bytes networkForm, long block);

  /** Whether what was handed over counts for that one block, and is handed over again for each. */
  default boolean isPerBlock() {
    return false;
  }

  /** The pools of all endpoints. */
  static InclusionPath mempool(ExecutionClient execution) {
    return new InclusionPath() {
      @Override
      public String name() {
        return "mempool";
      }

      @Override
      public SendOutcome send(Bytes networkForm, long block) {
        return SendOutcome.send(execution, networkForm);
      }
    };
  }
}
