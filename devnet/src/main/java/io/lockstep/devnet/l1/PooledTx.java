// SPDX-License-Identifier: Apache-2.0
package io.lockstep.devnet.l1;

import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/**
 * A waiting transaction.
 *
 * @param sidecar its blobs, null for a transaction without
 * @param arrivedSlot the slot in which it came: blocks of later slots may hold it
 */
record PooledTx(
    Transaction tx, Address sender, @Nullable Sidecar sidecar, long arrivedSlot, long sequence) {
  Hash32 hash() {
    return tx.hash();
  }

  int blobCount() {
    return sidecar == null ? 0 : sidecar.blobs().size();
  }

  /** What the sender pays above the base fee for one gas, zero when it does not reach it. */
  UInt256 effectiveTip(UInt256 baseFee) {
    return tx.maxFeePerGas().compareTo(baseFee) <= 0
        ? UInt256.ZERO
        : tx.effectiveGasPrice(baseFee).subtract(baseFee);
  }

  /** Most that it can cost its sender: gas, value and blob gas. */
  static BigInteger costWei(Transaction tx) {
    BigInteger gas = BigInteger.valueOf(tx.gasLimit()).multiply(tx.maxFeePerGas().toBigInteger());
    BigInteger blobGas =
        BigInteger.valueOf(TxRules.GAS_PER_BLOB * tx.blobVersionedHashes().size())
            .multiply(tx.maxFeePerBlobGas().toBigInteger());
    return gas.add(blobGas).add(tx.value().toBigInteger());
  }
}
