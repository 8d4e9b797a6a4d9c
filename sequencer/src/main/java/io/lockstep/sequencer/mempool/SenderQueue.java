// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.mempool;

import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.uint.UInt256;
import java.util.Arrays;

/**
 * One sender's waiting transactions by nonce. The first {@link #pendingCount} could run one after
 * another: their nonces follow on the account's without a gap and each can be paid for by the
 * balance. Owned by its pool, which removes it when it is empty.
 */
final class SenderQueue {
  final Address sender;

  // Places in the pool's two heaps; -1 when in neither.
  int readyPosition = -1;
  int evictionPosition = -1;

  private PooledTx[] txs = new PooledTx[2];
  private int size;
  private int pendingCount;
  private long stateNonce;
  private UInt256 balance;

  /** No waiting transaction costs more; it may be too high after a removal. */
  private UInt256 costCeiling = UInt256.ZERO;

  /** The lowest tip of all, and how many have it. */
  private long lowestTip = Long.MAX_VALUE;

  private int lowestCount;

  // Copies of what the heaps compare first, so that they need not reach into the transactions.
  private long headTip;
  private long headHashPrefix;

  SenderQueue(Address sender, SenderState state) {
    this.sender = sender;
    this.stateNonce = state.nonce();
    this.balance = state.balance();
  }

  int size() {
    return size;
  }

  int pendingCount() {
    return pendingCount;
  }

  PooledTx get(int index) {
    return txs[index];
  }

  PooledTx tail() {
    return txs[size - 1];
  }

  boolean hasQueued() {
    return pendingCount < size;
  }

  long stateNonce() {
    return stateNonce;
  }

  UInt256 balance() {
    return balance;
  }

  /** The nonce after the last pending transaction. */
  long pendingNonce() {
    return stateNonce + pendingCount;
  }

  /**
   * What the transaction at the tail is worth to a builder: it cannot run before those below it, so
   * no more than the lowest tip.
   */
  long lowestTip() {
    return lowestTip;
  }

  /** Best first by the first transaction; both queues must have one. */
  static int compareHeads(SenderQueue a, SenderQueue b, UInt256 baseFee) {
    int order = Long.compare(b.headTip, a.headTip);
    if (order == 0 && a.headTip != Long.MAX_VALUE) {
      order = Long.compareUnsigned(a.headHashPrefix, b.headHashPrefix);
    }
    return order != 0 ? order : PooledTx.compareBest(a.txs[0], b.txs[0], baseFee);
  }

  /** Whether a transaction with this nonce and cost could run right after the pending ones. */
  boolean wouldBePending(long nonce, UInt256 cost) {
    return nonce == pendingNonce() && cost.compareTo(balance) <= 0;
  }

  /** Where {@code nonce} stands, or −1 − where it would be put. */
  int find(long nonce) {
    int low = 0;
    int high = size - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      int order = Long.compareUnsigned(txs[middle].nonce(), nonce);
      if (order == 0) {
        return middle;
      }
      if (order < 0) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return -1 - low;
  }

  void insert(int index, PooledTx pooled) {
    if (size == txs.length) {
      txs = Arrays.copyOf(txs, size * 2);
    }
    System.arraycopy(txs, index, txs, index + 1, size - index);
    txs[index] = pooled;
    size++;
    countTip(pooled.tip);
    costCeiling = costCeiling.compareTo(pooled.cost) < 0 ? pooled.cost : costCeiling;
    extendPending();
    copyHead();
  }

  /** Puts another transaction with the same nonce in the place of one. */
  void replace(int index, PooledTx pooled) {
    PooledTx old = txs[index];
    txs[index] = pooled;
    countTip(pooled.tip);
    uncountTip(old.tip);
    costCeiling = costCeiling.compareTo(pooled.cost) < 0 ? pooled.cost : costCeiling;
    if (index < pendingCount && pooled.cost.compareTo(balance) > 0) {
      pendingCount = index;
    }
    extendPending();
    copyHead();
  }

  /** Takes one out; what is behind it has a gap before it. */
  void remove(int index) {
    PooledTx old = txs[index];
    System.arraycopy(txs, index + 1, txs, index, size - index - 1);
    size--;
    txs[size] = null;
    pendingCount = Math.min(pendingCount, index);
    uncountTip(old.tip);
    copyHead();
  }

  /** Takes out the first, whose nonce the account has used; what is behind it may still run. */
  void removeUsed() {
    int stillPending = Math.max(0, pendingCount - 1);
    remove(0);
    pendingCount = stillPending;
  }

  /**
   * Takes over the account's state. All with a lower nonce must have been removed (as used) before.
   */
  void setState(long nonce, UInt256 newBalance) {
    boolean sameChain = size > 0 && pendingCount > 0 && txs[0].nonce() == nonce;
    boolean allPaid = costCeiling.compareTo(newBalance) <= 0;
    stateNonce = nonce;
    balance = newBalance;
    if (!sameChain || !allPaid) {
      pendingCount = 0;
    }
    extendPending();
  }

  /** Computes all tips anew. */
  void rebase(UInt256 baseFee, long baseFeeWei) {
    for (int i = 0; i < size; i++) {
      txs[i].rebase(baseFee, baseFeeWei);
    }
    recountTips();
    copyHead();
  }

  private void copyHead() {
    if (size > 0) {
      headTip = txs[0].tip;
      headHashPrefix = txs[0].hashPrefix;
    }
  }

  private void extendPending() {
    while (pendingCount < size
        && txs[pendingCount].nonce() == stateNonce + pendingCount
        && txs[pendingCount].cost.compareTo(balance) <= 0) {
      pendingCount++;
    }
  }

  private void countTip(long tip) {
    if (lowestCount == 0 || tip < lowestTip) {
      lowestTip = tip;
      lowestCount = 1;
    } else if (tip == lowestTip) {
      lowestCount++;
    }
  }

  private void uncountTip(long tip) {
    if (tip == lowestTip && --lowestCount == 0) {
      recountTips();
    }
  }

  private void recountTips() {
    lowestTip = Long.MAX_VALUE;
    lowestCount = 0;
    for (int i = 0; i < size; i++) {
      countTip(txs[i].tip);
    }
  }
}
