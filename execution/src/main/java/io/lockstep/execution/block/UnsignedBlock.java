// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.block;

import io.lockstep.execution.evm.Status;
import io.lockstep.execution.evm.Tracer;
import io.lockstep.execution.fork.BlobParams;
import io.lockstep.execution.fork.Fork;
import io.lockstep.execution.fork.Rules;
import io.lockstep.execution.journal.StateDiff;
import io.lockstep.execution.journal.StateReader;
import io.lockstep.execution.precompile.Precompiles;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.tx.Withdrawal;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import java.math.BigInteger;
import java.util.List;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * A block of transactions that nobody signed, for {@code eth_simulateV1}: like a real one but for
 * signatures, the cap of EIP-7825 and the rule of EIP-3607. Without validation nonces do not
 * matter, and a transaction that names no fees pays none. One thread, whose interruption ends a run
 * with a {@link io.lockstep.execution.evm.StoppedException}.
 */
public final class UnsignedBlock {
  private static final long NONCE_LIMIT = -1;

  private final OpenBlock block;
  private final boolean validates;

  /**
   * Opens one; the system calls at its start have run.
   *
   * @param precompiles instead of the fork's
   * @param blobBaseFee wei; null for what the environment's excess gives
   */
  public UnsignedBlock(
      BlockExecutor executor,
      BlockEnv env,
      StateReader parentState,
      LongFunction<@Nullable Hash32> blockHash,
      Precompiles precompiles,
      @Nullable UInt256 blobBaseFee,
      boolean validates) {
    this.block = new OpenBlock(executor, env, parentState, blockHash, precompiles, blobBaseFee);
    this.validates = validates;
    block.startOfBlock();
  }

  /** What became of one transaction. */
  public sealed interface Result {
    /**
     * It is in the block.
     *
     * @param status one of {@link Status}
     * @param gasUsed after refunds
     * @param gasSpent before refunds
     */
    record Ran(int status, Bytes output, long gasUsed, long gasSpent) implements Result {
      public boolean isSuccess() {
        return Status.isSuccess(status);
      }

      public boolean isRevert() {
        return status == Status.REVERTED;
      }

      /** The error in the words of common clients. */
      public String error() {
        return Status.message(status);
      }
    }

    /** It could not start, and the simulation ends. */
    record Refused(Fault fault, String message) implements Result {}
  }

  /** Why a transaction cannot start. */
  public enum Fault {
    NONCE_TOO_LOW,
    NONCE_TOO_HIGH,
    FEE_CAP_BELOW_BASE_FEE,
    INTRINSIC_GAS_TOO_LOW,
    INSUFFICIENT_FUNDS,
    INIT_CODE_TOO_LARGE,
    TIP_ABOVE_FEE_CAP,
    OTHER
  }

  public long gasUsed() {
    return block.gasUsed();
  }

  public long nonce(Address account) {
    return block.account(account).nonce();
  }

  /** Everything that changed since the parent's state. */
  public StateDiff diff() {
    return block.diff();
  }

  /** Runs a transaction, whatever its signature is. */
  public Result run(Transaction tx, Address sender, @Nullable Tracer tracer) {
    Result.Refused fault = fault(tx, sender);
    if (fault != null) {
      return fault;
    }
    Applied done = block.applyChecked(tx, sender, tracer);
    return new Result.Ran(
        done.outcome().status(), done.outcome().output(), done.gasUsed(), done.gasSpent());
  }

  /**
   * Ends the block.
   *
   * @return null and no more use when the state lacks a system contract of the fork, or it fails
   */
  public @Nullable ExecutedBlock finish(@Nullable List<Withdrawal> withdrawals) {
    return block.close(withdrawals, List.of()) instanceof BlockResult.Valid(ExecutedBlock done)
        ? done
        : null;
  }

  private Result.@Nullable Refused fault(Transaction tx, Address sender) {
    if (validates) {
      Result.Refused wrongNonce = nonceFault(tx, sender);
      if (wrongNonce != null) {
        return wrongNonce;
      }
    }
    Result.Refused wrongFees = feeFault(tx, sender);
    if (wrongFees != null) {
      return wrongFees;
    }
    Result.Refused wrongForm = formFault(tx);
    if (wrongForm != null) {
      return wrongForm;
    }
    UInt256 balance = block.account(sender).balance();
    BigInteger cost = TxCheck.mostWei(tx).max(upfront(tx));
    if (balance.toBigInteger().compareTo(cost) < 0) {
      return new Result.Refused(
          Fault.INSUFFICIENT_FUNDS,
          "insufficient funds for gas * price + value: address %s have %s want %s"
              .formatted(sender, balance, cost));
    }
    Fork fork = block.fork();
    long least =
        IntrinsicGas.least(
            fork, tx.to() == null, tx.data(), tx.accessList(), tx.authorizations().size());
    if (Long.compareUnsigned(tx.gasLimit(), least) < 0) {
      return new Result.Refused(
          Fault.INTRINSIC_GAS_TOO_LOW,
          "intrinsic gas too low: have %d, want %d".formatted(tx.gasLimit(), least));
    }
    int limit = Rules.of(fork).maxInitCodeBytes;
    if (tx.to() == null && tx.data().size() > limit) {
      return new Result.Refused(
          Fault.INIT_CODE_TOO_LARGE,
          "max initcode size exceeded: code size %d limit %d".formatted(tx.data().size(), limit));
    }
    return null;
  }

  private Result.@Nullable Refused nonceFault(Transaction tx, Address sender) {
    long next = nonce(sender);
    int order = Long.compareUnsigned(tx.nonce(), next);
    if (order != 0) {
      return new Result.Refused(
          order < 0 ? Fault.NONCE_TOO_LOW : Fault.NONCE_TOO_HIGH,
          "nonce too %s: address %s, tx: %s state: %s"
              .formatted(
                  order < 0 ? "low" : "high",
                  sender,
                  Long.toUnsignedString(tx.nonce()),
                  Long.toUnsignedString(next)));
    }
    return next == NONCE_LIMIT
        ? new Result.Refused(Fault.OTHER, "nonce has max value: address " + sender)
        : null;
  }

  private Result.@Nullable Refused feeFault(Transaction tx, Address sender) {
    UInt256 cap = tx.maxFeePerGas();
    UInt256 tip = tx.maxPriorityFeePerGas();
    boolean namesFees = !cap.isZero() || !tip.isZero();
    if (block.fork().isAtLeast(Fork.LONDON) && (validates || namesFees)) {
      if (cap.compareTo(tip) < 0) {
        return new Result.Refused(
            Fault.TIP_ABOVE_FEE_CAP,
            "max priority fee per gas higher than max fee per gas: address %s, tip %s, cap %s"
                .formatted(sender, tip, cap));
      }
      UInt256 baseFee = block.context().baseFee();
      if (cap.compareTo(baseFee) < 0) {
        return new Result.Refused(
            Fault.FEE_CAP_BELOW_BASE_FEE,
            "max fee per gas less than block base fee: address %s, maxFeePerGas: %s, baseFee: %s"
                .formatted(sender, cap, baseFee));
      }
    }
    UInt256 blobCap = tx.maxFeePerBlobGas();
    boolean hasBlobs = !tx.blobVersionedHashes().isEmpty();
    return hasBlobs
            && (validates || !blobCap.isZero())
            && blobCap.compareTo(block.context().blobBaseFee()) < 0
        ? new Result.Refused(
            Fault.OTHER,
            "max fee per blob gas less than block blob gas fee: address %s, cap %s, fee %s"
                .formatted(sender, blobCap, block.context().blobBaseFee()))
        : null;
  }

  private static Result.@Nullable Refused formFault(Transaction tx) {
    String fault =
        switch (tx.type()) {
          case BLOB ->
              tx.to() == null
                  ? "blob transaction of type create"
                  : tx.blobVersionedHashes().isEmpty()
                      ? "blob transaction missing blob hashes"
                      : tx.blobVersionedHashes().stream().anyMatch(UnsignedBlock::isOfNoVersion)
                          ? "blob hash with an unknown version"
                          : null;
          case SET_CODE ->
              tx.to() == null
                  ? "EIP-7702 transaction cannot be used to create contract"
                  : tx.authorizations().isEmpty()
                      ? "EIP-7702 transaction with empty auth list"
                      : null;
          case LEGACY, ACCESS_LIST, FEE_MARKET -> null;
        };
    return fault == null ? null : new Result.Refused(Fault.OTHER, fault);
  }

  /** EIP-4844: the one version there is. */
  private static boolean isOfNoVersion(Hash32 blobHash) {
    return blobHash.word(0) >>> 56 != 1;
  }

  /** What is taken before it runs: without validation a blob's cap need not cover its fee. */
  private BigInteger upfront(Transaction tx) {
    UInt256 price = tx.effectiveGasPrice(block.context().baseFee());
    long blobGas = tx.blobVersionedHashes().size() * BlobParams.GAS_PER_BLOB;
    return price
        .toBigInteger()
        .multiply(BigInteger.valueOf(tx.gasLimit()))
        .add(block.context().blobBaseFee().toBigInteger().multiply(BigInteger.valueOf(blobGas)))
        .add(tx.value().toBigInteger());
  }
}
