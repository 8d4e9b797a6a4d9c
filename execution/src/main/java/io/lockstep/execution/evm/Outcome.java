// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.evm;

import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * How a message ended.
 *
 * @param status one of {@link Status}
 * @param gasLeft before any refund
 * @param output what was returned, or the reason of a revert; of a creation the deployed code
 * @param created the contract, when a creation succeeded
 */
public record Outcome(int status, long gasLeft, Bytes output, @Nullable Address created) {
  public boolean isSuccess() {
    return Status.isSuccess(status);
  }
}
