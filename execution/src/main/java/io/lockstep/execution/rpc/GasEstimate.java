// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.rpc;

import io.lockstep.execution.block.CallResult;
import io.lockstep.execution.block.TxOutcome.Reason;
import io.lockstep.execution.journal.AccountState;
import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.rpc.RpcError;
import io.lockstep.primitives.types.Address;
import java.util.function.LongFunction;

/**
 * Finds a gas limit with which a call succeeds, by bisection: the least one, give or take {@value
 * #TOLERANCE} of it. One thread.
 */
final class GasEstimate {
  /** As common clients: an estimate that is exact would cost a dozen more runs. */
  private static final double TOLERANCE = 0.015;

  /** EIP-2. */
  private static final long TRANSFER_GAS = 21_000;

  /** EIP-150's 1/64 that stays behind, and the stipend of a call that sends value. */
  private static final long CALL_STIPEND = 2_300;

  private final CallArgs args;
  private final StatePoint at;
  private final long gasCap;
  private final LongFunction<CallResult> run;

  GasEstimate(CallArgs args, StatePoint at, long gasCap, LongFunction<CallResult> run) {
    this.args = args;
    this.at = at;
    this.gasCap = gasCap;
    this.run = run;
  }

  long find() throws RpcError {
    Long asked = args.gas();
    long high =
        asked != null && asked >= TRANSFER_GAS
            ? asked
            : Math.max(at.env().gasLimit(), TRANSFER_GAS);
    high = CallMethods.affordableGas(args, at, Math.min(high, gasCap));
    if (isPlainTransfer() && high >= TRANSFER_GAS && succeeds(TRANSFER_GAS)) {
      return TRANSFER_GAS;
    }
    CallResult.Ran most = mustSucceed(high);
    long low = most.gasUsed() - 1;
    long likely = (most.gasSpent() + CALL_STIPEND) * 64 / 63;
    if (likely < high) {
      if (succeeds(likely)) {
        high = likely;
      } else {
        low = likely;
      }
    }
    while (low + 1 < high && (double) (high - low) / high >= TOLERANCE) {
      CallPool.checkAborted();
      // Most calls need little more than they used: look low first.
      long middle = Math.min((low + high) / 2, Math.max(low, 1) * 2);
      if (succeeds(middle)) {
        high = middle;
      } else {
        low = middle;
      }
    }
    return high;
  }

  private boolean isPlainTransfer() {
    Address to = args.to();
    if (to == null
        || !args.data().isEmpty()
        || !args.accessList().isEmpty()
        || !args.authorizations().isEmpty()) {
      return false;
    }
    AccountState account = at.state().account(to);
    return account == null || account.codeHash().equals(Keccak.EMPTY);
  }

  private boolean succeeds(long gas) {
    return run.apply(gas) instanceof CallResult.Ran ran && ran.isSuccess();
  }

  /** The run with the most gas there may be; that it fails is the answer. */
  private CallResult.Ran mustSucceed(long gas) throws RpcError {
    return switch (run.apply(gas)) {
      case CallResult.Ran ran when ran.isSuccess() -> ran;
      case CallResult.Ran ran when ran.isRevert() -> throw RevertReason.error(ran.output());
      case CallResult.Ran ran when ran.error().equals("out of gas") -> throw notEnough(gas);
      case CallResult.Ran ran -> throw new RpcError(RpcError.SERVER, ran.error());
      case CallResult.Refused(Reason reason, String message) ->
          throw reason == Reason.INTRINSIC_GAS_TOO_LOW
              ? notEnough(gas)
              : new RpcError(RpcError.SERVER, message);
    };
  }

  private static RpcError notEnough(long gas) {
    return new RpcError(RpcError.SERVER, "gas required exceeds allowance (" + gas + ")");
  }
}
