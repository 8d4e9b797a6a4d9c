// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.send;

import io.lockstep.l1client.execution.ExecutionClient;
import io.lockstep.primitives.types.Bytes;

/** A way of a signed transaction into an L1 block. Blocks. Used by any sender's thread. */
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
  boolean isPerBlock();

  /** The pools of all endpoints: the transaction is public. */
  static InclusionPath mempool(ExecutionClient execution) {
    return new PoolPath("mempool", execution);
  }

  /**
   * The execution client that builds the operator's own blocks, and no other: it needs no gossip to
   * be in time for them.
   *
   * @param own has that one endpoint
   */
  static InclusionPath ownClient(ExecutionClient own) {
    return new PoolPath("own execution client", own);
  }

  /**
   * A block builder or relay that takes bundles.
   *
   * @param builder has that one endpoint
   */
  static InclusionPath builder(ExecutionClient builder) {
    return new BuilderPath(builder);
  }

  /** Two ways at once: taken when either takes it, refused as the first refuses it. */
  static InclusionPath both(InclusionPath first, InclusionPath second) {
    return new BothPaths(first, second);
  }
}
