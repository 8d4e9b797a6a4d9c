// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.mempool;

import io.lockstep.primitives.types.Hash32;

/** What became of a transaction offered to the pool. Any thread. */
public sealed interface AddResult {
  /**
   * It waits.
   *
   * @param pending whether it could run now; else it is queued behind a nonce gap
   */
  record Added(boolean pending) implements AddResult {}

  /** It waits in the place of one with the same nonce that paid less. */
  record Replaced(Hash32 oldHash, boolean pending) implements AddResult {}

  /** It waits already. A caller that only wants it in may take this as success. */
  record Known() implements AddResult {
    /** The wording of common clients. */
    public static final String MESSAGE = "already known";
  }

  /** It was not taken; the message is in the wording of common clients. */
  record Refused(Code code, String message) implements AddResult {}

  /** Why a transaction was refused. */
  enum Code {
    NONCE_TOO_LOW,
    /** EIP-2681. */
    NONCE_AT_LIMIT,
    INSUFFICIENT_FUNDS,
    UNDERPRICED,
    REPLACEMENT_UNDERPRICED,
    TIP_ABOVE_FEE_CAP,
    EXCEEDS_BLOCK_GAS_LIMIT,
    OVERSIZED,
    /** Blob transactions do not exist on L2. */
    TYPE_NOT_SUPPORTED,
    INVALID_SENDER,
    POOL_FULL,
    SENDER_FULL,
    /** Too many of the sender's transactions have failed of late. */
    SENDER_SPENT
  }
}
