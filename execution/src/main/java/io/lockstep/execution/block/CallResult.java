// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.block;

import io.lockstep.execution.block.TxOutcome.Reason;
import io.lockstep.execution.evm.Status;
import io.lockstep.primitives.tx.Log;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What trying a call gave. */
public sealed interface CallResult {
  /**
   * It ran.
   *
   * @param status one of {@link Status}
   * @param output what it returned, or the reason of a revert
   * @param gasUsed after refunds
   * @param gasSpent before refunds: an estimate below it cannot succeed
   * @param created the contract of a creation that succeeded
   */
  record Ran(
      int status,
      Bytes output,
      long gasUsed,
      long gasSpent,
      List<Log> logs,
      @Nullable Address created)
      implements CallResult {
    public boolean isSuccess() {
      return Status.isSuccess(status);
    }

    public boolean isRevert() {
      return status == Status.REVERTED;
    }

    /** The error in the words of common clients; empty for a success. */
    public String error() {
      return Status.message(status);
    }
  }

  /** It could not even start. */
  record Refused(Reason reason, String message) implements CallResult {}
}
