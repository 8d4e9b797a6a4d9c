// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.mempool;

import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.tx.TransactionType;
import io.lockstep.primitives.uint.UInt256;
import io.lockstep.sequencer.mempool.AddResult.Code;
import io.lockstep.sequencer.mempool.AddResult.Refused;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/**
 * The rules that a transaction must meet whatever else is waiting, in the wording of common
 * clients. Signature, chain id and intrinsic gas are the intake's to check. Any thread.
 */
final class Admission {
  /** EIP-2681: the last nonce that no transaction may have. */
  private static final long MAX_NONCE = -1L;

  /** A replacement pays at least so many percent of both fees; common clients ask the same. */
  private static final BigInteger REPLACEMENT_PERCENT = BigInteger.valueOf(110);

  private static final BigInteger HUNDRED = BigInteger.valueOf(100);

  private Admission() {}

  static @Nullable Refused form(Transaction tx, MempoolLimits limits, long blockGasLimit) {
    if (tx.type() == TransactionType.BLOB) {
      return new Refused(
          Code.TYPE_NOT_SUPPORTED, "transaction type not supported: " + tx.type().id());
    }
    if (tx.encoded().size() > limits.maxTransactionBytes()) {
      return new Refused(
          Code.OVERSIZED,
          "oversized data: transaction size "
              + tx.encoded().size()
              + ", limit "
              + limits.maxTransactionBytes());
    }
    if (Long.compareUnsigned(tx.gasLimit(), blockGasLimit) > 0) {
      return new Refused(
          Code.EXCEEDS_BLOCK_GAS_LIMIT,
          "exceeds block gas limit: tx gas "
              + Long.toUnsignedString(tx.gasLimit())
              + ", limit "
              + blockGasLimit);
    }
    if (tx.maxPriorityFeePerGas().compareTo(tx.maxFeePerGas()) > 0) {
      return new Refused(
          Code.TIP_ABOVE_FEE_CAP,
          "max priority fee per gas higher than max fee per gas: maxPriorityFeePerGas: "
              + tx.maxPriorityFeePerGas()
              + ", maxFeePerGas: "
              + tx.maxFeePerGas());
    }
    if (tx.maxPriorityFeePerGas().compareTo(limits.minTipWei()) < 0) {
      return new Refused(
          Code.UNDERPRICED,
          "transaction underpriced: gas tip cap "
              + tx.maxPriorityFeePerGas()
              + ", minimum needed "
              + limits.minTipWei());
    }
    if (tx.nonce() == MAX_NONCE) {
      return new Refused(Code.NONCE_AT_LIMIT, "nonce has max value");
    }
    return null;
  }

  static @Nullable Refused account(Transaction tx, UInt256 cost, SenderState state) {
    if (Long.compareUnsigned(tx.nonce(), state.nonce()) < 0) {
      return new Refused(
          Code.NONCE_TOO_LOW,
          "nonce too low: next nonce "
              + Long.toUnsignedString(state.nonce())
              + ", tx nonce "
              + Long.toUnsignedString(tx.nonce()));
    }
    if (cost.compareTo(state.balance()) > 0) {
      return new Refused(
          Code.INSUFFICIENT_FUNDS,
          "insufficient funds for gas * price + value: balance "
              + state.balance()
              + ", tx cost "
              + cost
              + ", overshot "
              + cost.subtract(state.balance()));
    }
    return null;
  }

  static @Nullable Refused replacement(Transaction old, Transaction tx) {
    boolean enough =
        raised(old.maxFeePerGas(), tx.maxFeePerGas())
            && raised(old.maxPriorityFeePerGas(), tx.maxPriorityFeePerGas());
    return enough
        ? null
        : new Refused(Code.REPLACEMENT_UNDERPRICED, "replacement transaction underpriced");
  }

  private static boolean raised(UInt256 old, UInt256 offered) {
    BigInteger threshold = old.toBigInteger().multiply(REPLACEMENT_PERCENT).divide(HUNDRED);
    return offered.compareTo(old) > 0 && offered.toBigInteger().compareTo(threshold) >= 0;
  }
}
