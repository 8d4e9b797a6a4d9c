// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.mempool;

import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/** A waiting transaction with what the pool orders it by. Owned by its pool. */
final class PooledTx {
  final Transaction tx;
  final Hash32 hash;
  final SenderQueue queue;
  final int sizeBytes;

  /** The hash's first 64 bits: they decide nearly every tie without reading the hash itself. */
  final long hashPrefix;

  // Fee cap and tip as longs, beside each other, so that a new base fee reads one object for each
  // transaction; both are negative when either needs more bits.
  private final long feeCapWei;
  private final long tipCapWei;

  /** Gas limit × fee cap + value; the largest number when that does not fit. */
  final UInt256 cost;

  /**
   * Effective tip per gas at the pool's base fee, at most 2^63 − 1. Negative when the fee cap is
   * below the base fee, by how much it is: such a one may not stand in a block.
   */
  long tip;

  // Neighbours in the pool's list by age.
  long ageFromMs;
  @Nullable PooledTx older;
  @Nullable PooledTx younger;

  PooledTx(Transaction tx, SenderQueue queue, UInt256 cost, UInt256 baseFee, long nowMs) {
    this.tx = tx;
    this.hash = tx.hash();
    this.queue = queue;
    this.sizeBytes = tx.encoded().size();
    this.hashPrefix = hash.word(0);
    boolean small = tx.maxFeePerGas().fitsLong() && tx.maxPriorityFeePerGas().fitsLong();
    this.feeCapWei = small ? tx.maxFeePerGas().limb(0) : -1;
    this.tipCapWei = small ? tx.maxPriorityFeePerGas().limb(0) : -1;
    this.cost = cost;
    this.ageFromMs = nowMs;
    rebase(baseFee, baseFee.fitsLong() ? baseFee.limb(0) : -1);
  }

  long nonce() {
    return tx.nonce();
  }

  static UInt256 costOf(Transaction tx) {
    BigInteger cost =
        tx.maxFeePerGas()
            .toBigInteger()
            .multiply(BigInteger.valueOf(tx.gasLimit()))
            .add(tx.value().toBigInteger());
    return cost.bitLength() > 256 ? UInt256.MAX : UInt256.of(cost);
  }

  /**
   * Computes the tip anew.
   *
   * @param baseFeeWei the same as {@code baseFee}, or negative when it needs more bits
   */
  void rebase(UInt256 baseFee, long baseFeeWei) {
    if (baseFeeWei >= 0 && feeCapWei >= 0) {
      // Negative when the cap is below the base fee, as wanted; neither difference can wrap.
      tip = Math.min(feeCapWei - baseFeeWei, tipCapWei);
    } else if (tx.maxFeePerGas().compareTo(baseFee) < 0) {
      tip = -baseFee.subtract(tx.maxFeePerGas()).toLongSaturated();
    } else {
      tip = exactTip(tx, baseFee).toLongSaturated();
    }
  }

  boolean isIncludable() {
    return tip >= 0;
  }

  private static UInt256 exactTip(Transaction tx, UInt256 baseFee) {
    return tx.maxFeePerGas().subtract(baseFee).min(tx.maxPriorityFeePerGas());
  }

  /** Best first: higher tip, then lower hash (protocol section 2.1). */
  static int compareBest(PooledTx a, PooledTx b, UInt256 baseFee) {
    int order = Long.compare(b.tip, a.tip);
    if (order == 0 && a.tip == Long.MAX_VALUE) {
      order = exactTip(b.tx, baseFee).compareTo(exactTip(a.tx, baseFee));
    }
    return order != 0 ? order : compareHash(a, b);
  }

  static int compareHash(PooledTx a, PooledTx b) {
    int order = Long.compareUnsigned(a.hashPrefix, b.hashPrefix);
    return order != 0 ? order : a.hash.compareTo(b.hash);
  }
}
