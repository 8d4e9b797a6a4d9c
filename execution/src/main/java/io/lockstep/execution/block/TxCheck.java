// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.block;

import io.lockstep.execution.block.TxOutcome.Reason;
import io.lockstep.execution.block.TxOutcome.Refused;
import io.lockstep.execution.fork.BlobParams;
import io.lockstep.execution.fork.Fork;
import io.lockstep.execution.fork.Rules;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.tx.TransactionType;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/**
 * Whether a transaction may stand in a block, in two parts: what does not depend on the state, and
 * what does. Messages begin with the words that wallets look for. Any thread.
 */
public final class TxCheck {
  /** EIP-7594. */
  private static final int MAX_BLOBS_OF_A_TRANSACTION = 6;

  private TxCheck() {}

  /** The sender by the fork's rules of signatures, or null. */
  public static @Nullable Address sender(Transaction tx, Fork fork) {
    return fork.isAtLeast(Fork.HOMESTEAD) ? tx.sender() : tx.senderBeforeHomestead();
  }

  /** Checks all that can be judged without state and block, but for the sender; null when well. */
  public static @Nullable Refused withoutState(
      Transaction tx, Fork fork, BlobParams blobs, UInt256 chainId) {
    Rules rules = Rules.of(fork);
    if (!fork.isAtLeast(firstFork(tx.type()))) {
      return malformed("transaction type not supported: " + tx.type().id());
    }
    UInt256 own = tx.chainId();
    if (own != null && (!own.equals(chainId) || !fork.isAtLeast(Fork.SPURIOUS_DRAGON))) {
      return malformed("invalid chain id for signer: have " + own + " want " + chainId);
    }
    if (tx.nonce() == -1) {
      return malformed("nonce has max value: nonce: " + Long.toUnsignedString(tx.nonce()));
    }
    if (tx.maxFeePerGas().compareTo(tx.maxPriorityFeePerGas()) < 0) {
      return malformed(
          "max priority fee per gas higher than max fee per gas: maxPriorityFeePerGas: "
              + tx.maxPriorityFeePerGas()
              + ", maxFeePerGas: "
              + tx.maxFeePerGas());
    }
    if (mostWei(tx).bitLength() > 256) {
      return new Refused(
          Reason.INSUFFICIENT_FUNDS,
          "insufficient funds for gas * price + value: more than 256 bits are wanted");
    }
    if (Long.compareUnsigned(tx.gasLimit(), rules.txGasCap) > 0) {
      return new Refused(
          Reason.GAS_LIMIT_TOO_HIGH,
          "transaction gas limit too high (cap: "
              + rules.txGasCap
              + ", tx: "
              + Long.toUnsignedString(tx.gasLimit())
              + ")");
    }
    boolean creates = tx.to() == null;
    if (creates && tx.data().size() > rules.maxInitCodeBytes) {
      return malformed(
          "max initcode size exceeded: code size "
              + tx.data().size()
              + " limit "
              + rules.maxInitCodeBytes);
    }
    Refused typed = typed(tx, fork, blobs);
    return typed != null ? typed : gas(tx, rules, creates);
  }

  private static @Nullable Refused gas(Transaction tx, Rules rules, boolean creates) {
    long intrinsic =
        IntrinsicGas.of(rules, creates, tx.data(), tx.accessList(), tx.authorizations().size());
    if (Long.compareUnsigned(tx.gasLimit(), intrinsic) < 0) {
      return new Refused(
          Reason.INTRINSIC_GAS_TOO_LOW,
          "intrinsic gas too low: gas " + tx.gasLimit() + ", minimum needed " + intrinsic);
    }
    long floor = IntrinsicGas.floor(rules, tx.data());
    if (Long.compareUnsigned(tx.gasLimit(), floor) < 0) {
      return new Refused(
          Reason.INTRINSIC_GAS_TOO_LOW,
          "insufficient gas for floor data gas cost: gas "
              + tx.gasLimit()
              + ", minimum needed "
              + floor);
    }
    return null;
  }

  private static @Nullable Refused typed(Transaction tx, Fork fork, BlobParams blobs) {
    if (tx.type() == TransactionType.SET_CODE && tx.authorizations().isEmpty()) {
      return malformed("EIP-7702 transaction with empty auth list");
    }
    if (tx.type() != TransactionType.BLOB) {
      return null;
    }
    int count = tx.blobVersionedHashes().size();
    if (count == 0) {
      return malformed("blob transaction missing blob hashes");
    }
    int most =
        fork.isAtLeast(Fork.OSAKA)
            ? Math.min(MAX_BLOBS_OF_A_TRANSACTION, blobs.maxBlobs())
            : blobs.maxBlobs();
    if (count > most) {
      return malformed("blob transaction has too many blobs: " + count + ", allowed " + most);
    }
    for (Hash32 hash : tx.blobVersionedHashes()) {
      if (hash.word(0) >>> 56 != 1) {
        return malformed("blob has invalid hash version: " + hash);
      }
    }
    return null;
  }

  /** Checks a sender's account and the block's fees; null when well. */
  static @Nullable Refused againstState(
      Transaction tx,
      Address sender,
      long nonce,
      UInt256 balance,
      boolean hasForeignCode,
      UInt256 baseFee,
      UInt256 blobBaseFee) {
    int order = Long.compareUnsigned(tx.nonce(), nonce);
    if (order != 0) {
      return new Refused(
          order < 0 ? Reason.NONCE_TOO_LOW : Reason.NONCE_TOO_HIGH,
          (order < 0 ? "nonce too low: next nonce " : "nonce too high: next nonce ")
              + Long.toUnsignedString(nonce)
              + ", tx nonce "
              + Long.toUnsignedString(tx.nonce()));
    }
    if (hasForeignCode) {
      return new Refused(Reason.SENDER_HAS_CODE, "sender not an eoa: address " + sender);
    }
    if (tx.maxFeePerGas().compareTo(baseFee) < 0) {
      return new Refused(
          Reason.FEE_CAP_BELOW_BASE_FEE,
          "max fee per gas less than block base fee: address "
              + sender
              + ", maxFeePerGas: "
              + tx.maxFeePerGas()
              + ", baseFee: "
              + baseFee);
    }
    if (tx.type() == TransactionType.BLOB && tx.maxFeePerBlobGas().compareTo(blobBaseFee) < 0) {
      return new Refused(
          Reason.BLOB_FEE_CAP_BELOW_BLOB_BASE_FEE,
          "max fee per blob gas less than block blob gas fee: address "
              + sender
              + " blobGasFeeCap: "
              + tx.maxFeePerBlobGas()
              + ", blobBaseFee: "
              + blobBaseFee);
    }
    BigInteger cost = mostWei(tx);
    if (balance.toBigInteger().compareTo(cost) < 0) {
      return new Refused(
          Reason.INSUFFICIENT_FUNDS,
          "insufficient funds for gas * price + value: address "
              + sender
              + " have "
              + balance
              + " want "
              + cost);
    }
    return null;
  }

  /** The most that a transaction can take from its sender: value, gas and blobs at their caps. */
  public static BigInteger mostWei(Transaction tx) {
    long blobGas = tx.blobVersionedHashes().size() * BlobParams.GAS_PER_BLOB;
    return unsigned(tx.gasLimit())
        .multiply(tx.maxFeePerGas().toBigInteger())
        .add(tx.value().toBigInteger())
        .add(BigInteger.valueOf(blobGas).multiply(tx.maxFeePerBlobGas().toBigInteger()));
  }

  private static BigInteger unsigned(long gas) {
    return gas >= 0 ? BigInteger.valueOf(gas) : new BigInteger(Long.toUnsignedString(gas));
  }

  static Refused malformed(String message) {
    return new Refused(Reason.MALFORMED, message);
  }

  private static Fork firstFork(TransactionType type) {
    return switch (type) {
      case LEGACY -> Fork.FRONTIER;
      case ACCESS_LIST -> Fork.BERLIN;
      case FEE_MARKET -> Fork.LONDON;
      case BLOB -> Fork.CANCUN;
      case SET_CODE -> Fork.PRAGUE;
    };
  }
}
