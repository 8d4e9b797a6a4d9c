// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.send;

import io.lockstep.l1client.fee.Fees;
import io.lockstep.primitives.types.BlockRef;
import io.lockstep.primitives.types.Hash32;

/** How a posting fares; told on the sender's thread. */
public sealed interface PostingEvent {
  PostingId id();

  /** Its content is durable. */
  record Sealed(PostingId id) implements PostingEvent {}

  /** Commitments and proofs are made and durable. */
  record Encoded(PostingId id, BlobSidecar sidecar) implements PostingEvent {}

  /** Signed and durable; from now on these bytes may be on L1 at any time. */
  record Signed(PostingId id, Hash32 txHash, long nonce, Fees fees) implements PostingEvent {}

  /** A node took it (again, after a restart or a reorg). */
  record Sent(PostingId id, Hash32 txHash) implements PostingEvent {}

  /** The same content with higher fees, under the same nonce. */
  record Replaced(PostingId id, Hash32 oldTxHash, Hash32 newTxHash, Fees fees)
      implements PostingEvent {}

  /**
   * In a block of the chain.
   *
   * @param success false when it reverted, which is charged but posts nothing
   */
  record Included(PostingId id, Hash32 txHash, BlockRef block, boolean success, PostingCost cost)
      implements PostingEvent {}

  /** Its block is safe. */
  record Safe(PostingId id, Hash32 txHash, BlockRef block) implements PostingEvent {}

  /** A reorg took it out of the chain; it is sent again as it is. */
  record Reorged(PostingId id, Hash32 txHash, BlockRef block) implements PostingEvent {}

  /** Its block is final. */
  record Final(PostingId id, Hash32 txHash, BlockRef block, boolean success)
      implements PostingEvent {}

  /** It is not on its way for now: a node refuses it, or none is reached. It is tried further. */
  record Stuck(PostingId id, String why) implements PostingEvent {}

  /** Given up on request: it is not sent any more, but may still be included. */
  record Abandoned(PostingId id) implements PostingEvent {}

  /** It will never be in the chain: its nonce went to another transaction. */
  record Failed(PostingId id, String why) implements PostingEvent {}

  /** Not taken on: nothing was signed. */
  record Refused(PostingId id, String why) implements PostingEvent {}
}
