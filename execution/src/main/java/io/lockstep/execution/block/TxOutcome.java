// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.block;

import io.lockstep.primitives.tx.Receipt;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.uint.UInt256;
import org.jspecify.annotations.Nullable;

/** What became of a transaction that was offered to an open block. */
public sealed interface TxOutcome {
  /**
   * It is in the block, whether it succeeded or reverted.
   *
   * @param gasUsed gas after refunds
   * @param effectiveGasPriceWei what one gas cost the sender
   * @param contractAddress set when it created a contract
   * @param output return or revert bytes
   */
  record Included(
      Receipt receipt,
      long gasUsed,
      UInt256 effectiveGasPriceWei,
      @Nullable Address contractAddress,
      Bytes output)
      implements TxOutcome {}

  /** It may not stand in this block at this place; the state is as it was. */
  record Refused(Reason reason, String message) implements TxOutcome {}

  /**
   * Why a transaction is refused. The message names value and limit in the wording of common
   * clients.
   */
  enum Reason {
    /**
     * Never valid in this fork or chain: type, size, signature, chain id, fee caps, blob hashes.
     */
    MALFORMED,
    NONCE_TOO_LOW,
    NONCE_TOO_HIGH,
    INSUFFICIENT_FUNDS,
    FEE_CAP_BELOW_BASE_FEE,
    BLOB_FEE_CAP_BELOW_BLOB_BASE_FEE,
    INTRINSIC_GAS_TOO_LOW,
    /** Over the cap of EIP-7825. */
    GAS_LIMIT_TOO_HIGH,
    /** The block has not so much gas (or blob gas) left: try the next block. */
    BLOCK_FULL,
    /** EIP-3607. */
    SENDER_HAS_CODE
  }
}
