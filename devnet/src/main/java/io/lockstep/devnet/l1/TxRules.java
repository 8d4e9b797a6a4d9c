// SPDX-License-Identifier: Apache-2.0
package io.lockstep.devnet.l1;

import io.lockstep.execution.block.IntrinsicGas;
import io.lockstep.execution.fork.Fork;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.tx.TransactionType;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import org.jspecify.annotations.Nullable;

/**
 * What the box asks of a transaction before it looks at the state, under Osaka's rules. The wording
 * is that of common clients. Pure.
 */
final class TxRules {
  /** EIP-4844. */
  static final long GAS_PER_BLOB = 131_072;

  /** EIP-7825. */
  static final long MAX_GAS = 1L << 24;

  /** Common clients' bound on a transaction without its blobs. */
  static final int MAX_BYTES = 128 * 1024;

  /** EIP-3860. */
  private static final int MAX_INIT_CODE_BYTES = 49_152;

  private TxRules() {}

  /** What is wrong, or null. */
  static @Nullable String fault(Transaction tx, UInt256 chainId, Fork fork, long blockGasLimit) {
    UInt256 own = tx.chainId();
    if (own != null && !own.equals(chainId)) {
      return "invalid chain id for signer: have %s want %s".formatted(own, chainId);
    }
    if (tx.encoded().size() > MAX_BYTES) {
      return "oversized data: transaction size %d, limit %d"
          .formatted(tx.encoded().size(), MAX_BYTES);
    }
    if (tx.to() == null && tx.data().size() > MAX_INIT_CODE_BYTES) {
      return "max initcode size exceeded: code size %d, limit %d"
          .formatted(tx.data().size(), MAX_INIT_CODE_BYTES);
    }
    if (Long.compareUnsigned(tx.gasLimit(), MAX_GAS) > 0) {
      return "transaction gas limit too high (cap: %d, tx: %s)"
          .formatted(MAX_GAS, Long.toUnsignedString(tx.gasLimit()));
    }
    if (tx.gasLimit() > blockGasLimit) {
      return "exceeds block gas limit: tx %d, block %d".formatted(tx.gasLimit(), blockGasLimit);
    }
    if (tx.maxPriorityFeePerGas().compareTo(tx.maxFeePerGas()) > 0) {
      return "max priority fee per gas higher than max fee per gas: tip %s, cap %s"
          .formatted(tx.maxPriorityFeePerGas(), tx.maxFeePerGas());
    }
    long needed =
        IntrinsicGas.least(
            fork, tx.to() == null, tx.data(), tx.accessList(), tx.authorizations().size());
    if (tx.gasLimit() < needed) {
      return "intrinsic gas too low: have %d, want %d".formatted(tx.gasLimit(), needed);
    }
    if (tx.type() == TransactionType.SET_CODE && tx.authorizations().isEmpty()) {
      return "EIP-7702 transaction with empty auth list";
    }
    return tx.type() == TransactionType.BLOB ? blobFault(tx) : null;
  }

  private static @Nullable String blobFault(Transaction tx) {
    for (Hash32 hash : tx.blobVersionedHashes()) {
      if (hash.word(0) >>> 56 != 1) {
        return "blob hash of version %d, expected 1".formatted(hash.word(0) >>> 56);
      }
    }
    return tx.maxFeePerBlobGas().isZero()
        ? "transaction underpriced: max fee per blob gas 0, minimum needed 1"
        : null;
  }
}
