// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.mempool;

import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import io.lockstep.sequencer.mempool.AddResult.Code;
import io.lockstep.sequencer.mempool.AddResult.Refused;
import io.lockstep.sequencer.mempool.DropListener.Reason;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The transactions that wait for a block of one rollup. One thread, the sequencer loop's; all but
 * {@link #setHead} and {@link #content} take O(log n), besides what a call drops.
 *
 * <p><i>Pending</i> are those that could run one after another from the account's nonce on, each
 * payable by the balance; the others are <i>queued</i>. When the pool is full, what is worth least
 * goes: queued before pending, then the lowest tip of a sender, its highest nonce first, so that no
 * gap arises.
 *
 * <p>The owner keeps account states current: {@link #included} for each transaction that got into a
 * block, then {@link #onStateChange} for each changed account that has transactions here.
 */
public final class Mempool {
  private final MempoolLimits limits;
  private final DropListener listener;
  private final Map<Hash32, PooledTx> byHash = new HashMap<>();
  private final Map<Address, SenderQueue> senders = new HashMap<>();
  private final AgeList ages = new AgeList();
  private final FailureBudget failures;
  private final SenderHeap ready;
  private final SenderHeap eviction;
  private UInt256 baseFee = UInt256.ZERO;
  private long blockGasLimit = Long.MAX_VALUE;
  private int pendingCount;
  private long bytes;
  private long version;

  public Mempool(MempoolLimits limits, DropListener listener) {
    this.limits = limits;
    this.listener = listener;
    this.failures = new FailureBudget(limits.maxFailures(), limits.failureRegainMs());
    this.ready = SenderHeap.ready((a, b) -> SenderQueue.compareHeads(a, b, baseFee));
    this.eviction = SenderHeap.eviction(Mempool::compareWorst);
  }

  /** Worst first, for eviction. */
  private static int compareWorst(SenderQueue a, SenderQueue b) {
    int order = Boolean.compare(b.hasQueued(), a.hasQueued());
    if (order == 0) order = Long.compare(a.lowestTip(), b.lowestTip());
    return order != 0 ? order : PooledTx.compareHash(b.tail(), a.tail());
  }

  /**
   * Offers a transaction whose sender is known (recovered).
   *
   * @param accounts account states in the newest state
   */
  public AddResult add(Transaction tx, Function<Address, SenderState> accounts, long nowMs) {
    if (byHash.containsKey(tx.hash())) {
      return new AddResult.Known();
    }
    Refused refused = Admission.form(tx, limits, blockGasLimit);
    if (refused != null) {
      return refused;
    }
    Address sender = tx.sender();
    if (sender == null) {
      return new Refused(Code.INVALID_SENDER, "invalid sender");
    }
    SenderState state = accounts.apply(sender);
    onStateChange(sender, state.nonce(), state.balance());
    UInt256 cost = PooledTx.costOf(tx);
    refused = Admission.account(tx, cost, state);
    if (refused != null) {
      return refused;
    }
    SenderQueue queue = senders.get(sender);
    int at = queue == null ? -1 : queue.find(tx.nonce());
    return queue != null && at >= 0
        ? replace(queue, at, tx, cost, nowMs)
        : insert(sender, state, tx, cost, nowMs);
  }

  private AddResult replace(SenderQueue queue, int at, Transaction tx, UInt256 cost, long nowMs) {
    PooledTx old = queue.get(at);
    Refused refused = Admission.replacement(old.tx, tx);
    if (refused != null) {
      return refused;
    }
    PooledTx pooled = new PooledTx(tx, queue, cost, baseFee, nowMs);
    // Its own sender's tail may be the worst; what stands at `at` must not be evicted for itself.
    int moreBytes = pooled.sizeBytes - old.sizeBytes;
    if (bytes + moreBytes > limits.maxBytes()) {
      return full();
    }
    int pendingBefore = queue.pendingCount();
    unlink(old);
    queue.replace(at, pooled);
    link(pooled);
    settle(queue, pendingBefore);
    listener.dropped(old.tx, Reason.REPLACED);
    return new AddResult.Replaced(old.hash, at < queue.pendingCount());
  }

  private AddResult insert(
      Address sender, SenderState state, Transaction tx, UInt256 cost, long nowMs) {
    SenderQueue known = senders.get(sender);
    SenderQueue queue = known == null ? new SenderQueue(sender, state) : known;
    PooledTx pooled = new PooledTx(tx, queue, cost, baseFee, nowMs);
    boolean senderFull = queue.size() >= limits.maxPerSender();
    if (senderFull && Long.compareUnsigned(tx.nonce(), queue.tail().nonce()) > 0) {
      return new Refused(
          Code.SENDER_FULL,
          "account limit exceeded: " + limits.maxPerSender() + " transactions waiting");
    }
    if (!makeRoom(pooled, senderFull)) {
      return full();
    }
    // Eviction may have emptied this sender's own queue, which then is no longer the pool's.
    senders.putIfAbsent(sender, queue);
    int pendingBefore = queue.pendingCount();
    int at = -1 - queue.find(tx.nonce());
    queue.insert(at, pooled);
    link(pooled);
    settle(queue, pendingBefore);
    return new AddResult.Added(at < queue.pendingCount());
  }

  private static Refused full() {
    return new Refused(Code.POOL_FULL, "txpool is full");
  }

  /**
   * Evicts what is worth less than {@code pooled} until it fits. When that is not enough, nothing
   * is evicted.
   *
   * @param senderFull whether its sender's last one goes in any case
   */
  private boolean makeRoom(PooledTx pooled, boolean senderFull) {
    SenderQueue own = pooled.queue;
    boolean pending = own.wouldBePending(pooled.nonce(), pooled.cost);
    long worth = own.size() == 0 ? pooled.tip : Math.min(pooled.tip, own.lowestTip());
    List<PooledTx> evicted = new ArrayList<>();
    if (senderFull) {
      evicted.add(takeTail(own));
    }
    while (byHash.size() >= limits.maxTransactions()
        || bytes + pooled.sizeBytes > limits.maxBytes()) {
      SenderQueue worst = eviction.size() == 0 ? null : eviction.get(0);
      if (worst == null || !isWorthMore(pending, worth, worst)) {
        for (PooledTx victim : evicted.reversed()) {
          putBack(victim);
        }
        return false;
      }
      evicted.add(takeTail(worst));
    }
    for (PooledTx victim : evicted) {
      listener.dropped(victim.tx, Reason.EVICTED);
    }
    return true;
  }

  private static boolean isWorthMore(boolean pending, long worth, SenderQueue worst) {
    return pending == worst.hasQueued() ? pending : worth > worst.lowestTip();
  }

  private PooledTx takeTail(SenderQueue queue) {
    PooledTx tail = queue.tail();
    removeAt(queue, queue.size() - 1);
    return tail;
  }

  private void putBack(PooledTx pooled) {
    SenderQueue queue = pooled.queue;
    senders.putIfAbsent(queue.sender, queue);
    int pendingBefore = queue.pendingCount();
    queue.insert(-1 - queue.find(pooled.nonce()), pooled);
    link(pooled);
    settle(queue, pendingBefore);
  }

  /**
   * Takes out a transaction that may not wait any longer, such as one that execution refused; those
   * behind it are queued.
   *
   * @return it, or null when it does not wait here
   */
  public @Nullable Transaction remove(Hash32 hash) {
    PooledTx pooled = byHash.get(hash);
    if (pooled == null) {
      return null;
    }
    removeAt(pooled.queue, pooled.queue.find(pooled.nonce()));
    return pooled.tx;
  }

  /**
   * Takes out one that was executed in vain: it cannot run in the state it found. Its sender is
   * charged, see {@link #isSpent}.
   */
  public void failed(Transaction tx, long nowMs) {
    remove(tx.hash());
    Address sender = tx.sender();
    if (sender != null) {
      failures.charge(sender, nowMs);
    }
  }

  /**
   * Whether so many of the sender's transactions have failed of late that it may not offer others
   * now.
   */
  public boolean isSpent(Address sender, long nowMs) {
    return failures.isSpent(sender, nowMs);
  }

  /** Takes out what got into a block, and whatever else its nonce makes void. */
  public void included(Transaction tx) {
    Address sender = tx.sender();
    SenderQueue queue = sender == null ? null : senders.get(sender);
    if (queue != null && Long.compareUnsigned(queue.stateNonce(), tx.nonce()) <= 0) {
      changeState(queue, tx.nonce() + 1, queue.balance(), tx.hash());
    }
  }

  /**
   * Tells the account's state after a block, a frag or a reorg; unknown senders are passed over.
   */
  public void onStateChange(Address sender, long nonce, UInt256 balance) {
    SenderQueue queue = senders.get(sender);
    if (queue != null && (queue.stateNonce() != nonce || !queue.balance().equals(balance))) {
      changeState(queue, nonce, balance, Hash32.ZERO);
    }
  }

  private void changeState(SenderQueue queue, long nonce, UInt256 balance, Hash32 included) {
    int pendingBefore = queue.pendingCount();
    while (queue.size() > 0 && Long.compareUnsigned(queue.get(0).nonce(), nonce) < 0) {
      PooledTx used = queue.get(0);
      queue.removeUsed();
      unlink(used);
      if (!used.hash.equals(included)) {
        listener.dropped(used.tx, Reason.NONCE_USED);
      }
    }
    queue.setState(nonce, balance);
    settle(queue, pendingBefore);
  }

  /** Drops what has been queued for longer than its lifetime. */
  public void expire(long nowMs) {
    PooledTx oldest = ages.oldest();
    while (oldest != null && oldest.ageFromMs + limits.queuedLifetimeMs() <= nowMs) {
      int at = oldest.queue.find(oldest.nonce());
      if (at < oldest.queue.pendingCount()) {
        // It can run: it only waits for a lower base fee. Looked at again a lifetime later.
        ages.remove(oldest);
        oldest.ageFromMs = nowMs;
        ages.append(oldest);
      } else {
        removeAt(oldest.queue, at);
        listener.dropped(oldest.tx, Reason.EXPIRED);
      }
      oldest = ages.oldest();
    }
  }

  /** Tells the base fee and gas limit of the block that is being built. O(n) when the fee moves. */
  public void setHead(UInt256 newBaseFee, long newBlockGasLimit) {
    blockGasLimit = newBlockGasLimit;
    if (newBaseFee.equals(baseFee)) {
      return;
    }
    baseFee = newBaseFee;
    long newBaseFeeWei = newBaseFee.fitsLong() ? newBaseFee.limb(0) : -1;
    // Each sender stands in the eviction heap; its array is quicker to walk than the map.
    for (int i = 0; i < eviction.size(); i++) {
      eviction.get(i).rebase(newBaseFee, newBaseFeeWei);
    }
    ready.reorder();
    eviction.reorder();
    version++;
  }

  /** A walk over the runnable transactions, best first, at the base fee of {@link #setHead}. */
  public BestFirst bestFirst() {
    return new BestFirst(this, ready, baseFee);
  }

  public @Nullable Transaction get(Hash32 hash) {
    PooledTx pooled = byHash.get(hash);
    return pooled == null ? null : pooled.tx;
  }

  /** Whether the transaction waits and could run now. */
  public boolean isPending(Hash32 hash) {
    PooledTx pooled = byHash.get(hash);
    return pooled != null && pooled.queue.find(pooled.nonce()) < pooled.queue.pendingCount();
  }

  public boolean hasSender(Address sender) {
    return senders.containsKey(sender);
  }

  /** The nonce after the sender's pending transactions; empty when none of its wait here. */
  public OptionalLong pendingNonce(Address sender) {
    SenderQueue queue = senders.get(sender);
    return queue == null ? OptionalLong.empty() : OptionalLong.of(queue.pendingNonce());
  }

  /** What waits of one sender, or null. */
  public @Nullable SenderContent content(Address sender) {
    SenderQueue queue = senders.get(sender);
    return queue == null ? null : SenderContent.of(queue);
  }

  /** All that waits, by sender in order of address: a copy of at most so many transactions. */
  public Map<Address, SenderContent> content(int most) {
    Map<Address, SenderContent> content = new TreeMap<>();
    int left = most;
    for (SenderQueue queue : senders.values()) {
      left -= queue.size();
      if (left < 0) {
        break;
      }
      content.put(queue.sender, SenderContent.of(queue));
    }
    return content;
  }

  public int size() {
    return byHash.size();
  }

  public int pendingCount() {
    return pendingCount;
  }

  public int queuedCount() {
    return byHash.size() - pendingCount;
  }

  /** Encoded bytes of all that waits. */
  public long sizeBytes() {
    return bytes;
  }

  long version() {
    return version;
  }

  private void removeAt(SenderQueue queue, int at) {
    int pendingBefore = queue.pendingCount();
    PooledTx pooled = queue.get(at);
    queue.remove(at);
    unlink(pooled);
    settle(queue, pendingBefore);
  }

  private void link(PooledTx pooled) {
    byHash.put(pooled.hash, pooled);
    ages.append(pooled);
    bytes += pooled.sizeBytes;
  }

  private void unlink(PooledTx pooled) {
    byHash.remove(pooled.hash);
    ages.remove(pooled);
    bytes -= pooled.sizeBytes;
  }

  /** Brings what is derived from a sender's queue in line after a change of it. */
  private void settle(SenderQueue queue, int pendingBefore) {
    pendingCount += queue.pendingCount() - pendingBefore;
    ready.update(queue, queue.pendingCount() > 0);
    eviction.update(queue, queue.size() > 0);
    if (queue.size() == 0) {
      senders.remove(queue.sender);
    }
    version++;
  }
}
