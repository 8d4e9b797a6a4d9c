// SPDX-License-Identifier: Apache-2.0
package io.lockstep.devnet.l1;

import io.lockstep.execution.journal.AccountState;
import io.lockstep.execution.journal.StateReader;
import io.lockstep.execution.rpc.PoolView;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.tx.TransactionType;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The box's waiting transactions: per sender by nonce, gaps allowed, every number bounded. In
 * memory only, as in common clients. Guarded by the box's lock.
 */
final class TxPool {
  /** Common clients' rule for a replacement: 10 % more on both fees. */
  static final int BUMP_PERCENT = 10;

  /** The same for blob transactions: twice every fee. */
  static final int BLOB_BUMP_PERCENT = 100;

  private final PoolLimits limits;
  private final Map<Address, NavigableMap<Long, PooledTx>> bySender = new HashMap<>();
  private final Map<Hash32, PooledTx> byHash = new HashMap<>();
  private int blobs;
  private long sequence;

  TxPool(PoolLimits limits) {
    this.limits = limits;
  }

  /**
   * Takes a transaction whose form was checked ({@link TxRules}).
   *
   * @param state the head's
   * @return why not, in the wording of common clients, or null
   */
  @Nullable String add(
      Transaction tx, Address sender, @Nullable Sidecar sidecar, StateReader state, long slot) {
    if (byHash.containsKey(tx.hash())) {
      return "already known";
    }
    AccountState account = state.account(sender);
    long stateNonce = account == null ? 0 : account.nonce();
    UInt256 balance = account == null ? UInt256.ZERO : account.balance();
    if (tx.nonce() < 0 || tx.nonce() < stateNonce) {
      return "nonce too low: next nonce %d, tx nonce %s"
          .formatted(stateNonce, Long.toUnsignedString(tx.nonce()));
    }
    if (tx.nonce() - stateNonce > limits.nonceGap()) {
      return "nonce too high: next nonce %d, tx nonce %d, at most %d ahead are queued"
          .formatted(stateNonce, tx.nonce(), limits.nonceGap());
    }
    BigInteger cost = PooledTx.costWei(tx);
    if (balance.toBigInteger().compareTo(cost) < 0) {
      return "insufficient funds for gas * price + value: address %s have %s want %s"
          .formatted(sender, balance, cost);
    }
    PooledTx entry = new PooledTx(tx, sender, sidecar, slot, sequence++);
    PooledTx replaced =
        bySender.getOrDefault(sender, Collections.emptyNavigableMap()).get(tx.nonce());
    String refusal = replaced == null ? noRoom(entry) : tooCheap(entry.tx(), replaced.tx());
    if (refusal != null) {
      return refusal;
    }
    if (replaced != null) {
      remove(replaced);
    }
    insert(entry);
    return null;
  }

  /** Puts back a transaction of an abandoned block; one that came since with its nonce wins. */
  void reinstate(Transaction tx, Address sender, @Nullable Sidecar sidecar, long slot) {
    NavigableMap<Long, PooledTx> queue = bySender.get(sender);
    if (!byHash.containsKey(tx.hash()) && (queue == null || !queue.containsKey(tx.nonce()))) {
      insert(new PooledTx(tx, sender, sidecar, slot, sequence++));
    }
  }

  /** Drops what the new head's state has made impossible: nonces that are used. */
  void prune(StateReader state) {
    for (Address sender : List.copyOf(bySender.keySet())) {
      AccountState account = state.account(sender);
      long next = account == null ? 0 : account.nonce();
      NavigableMap<Long, PooledTx> queue = bySender.getOrDefault(sender, new TreeMap<>());
      List.copyOf(queue.headMap(next).values()).forEach(this::remove);
    }
  }

  void remove(PooledTx entry) {
    if (byHash.remove(entry.hash()) == null) {
      return;
    }
    blobs -= entry.blobCount();
    NavigableMap<Long, PooledTx> queue = bySender.get(entry.sender());
    if (queue != null) {
      queue.remove(entry.tx().nonce());
      if (queue.isEmpty()) {
        bySender.remove(entry.sender());
      }
    }
  }

  @Nullable PooledTx get(Hash32 hash) {
    return byHash.get(hash);
  }

  boolean isEmpty() {
    return byHash.isEmpty();
  }

  int size() {
    return byHash.size();
  }

  Collection<PooledTx> all() {
    return byHash.values();
  }

  /** The waiting transactions of a sender, by nonce. */
  SortedMap<Long, PooledTx> of(Address sender) {
    return bySender.getOrDefault(sender, Collections.emptyNavigableMap());
  }

  Collection<Address> senders() {
    return bySender.keySet();
  }

  /** The nonce after the unbroken run of waiting transactions that begins at {@code stateNonce}. */
  long nextNonce(Address sender, long stateNonce) {
    long next = stateNonce;
    NavigableMap<Long, PooledTx> queue = bySender.get(sender);
    while (queue != null && queue.containsKey(next)) {
      next++;
    }
    return next;
  }

  PoolView.Counts counts(StateReader state) {
    int pending = 0;
    for (Address sender : senders()) {
      long next = stateNonce(state, sender);
      pending += (int) (nextNonce(sender, next) - next);
    }
    return new PoolView.Counts(pending, size() - pending);
  }

  /** What waits of a sender: that without a gap after the state's nonce, and the rest. */
  PoolView.Waiting waiting(StateReader state, Address sender) {
    long firstQueued = nextNonce(sender, stateNonce(state, sender));
    SortedMap<Long, PooledTx> own = of(sender);
    return new PoolView.Waiting(
        own.headMap(firstQueued).values().stream().map(PooledTx::tx).toList(),
        own.tailMap(firstQueued).values().stream().map(PooledTx::tx).toList());
  }

  /** The same of all senders, at most so many transactions. */
  Map<Address, PoolView.Waiting> waiting(StateReader state, int most) {
    Map<Address, PoolView.Waiting> all = new TreeMap<>();
    int left = most;
    for (Address sender : senders()) {
      PoolView.Waiting waiting = waiting(state, sender);
      left -= waiting.pending().size() + waiting.queued().size();
      if (left < 0) {
        break;
      }
      all.put(sender, waiting);
    }
    return all;
  }

  private static long stateNonce(StateReader state, Address sender) {
    AccountState account = state.account(sender);
    return account == null ? 0 : account.nonce();
  }

  /**
   * Runs that can start now: for each sender the transactions from its next nonce without a gap.
   */
  List<List<PooledTx>> ready(StateReader state, long beforeSlot) {
    List<List<PooledTx>> runs = new ArrayList<>();
    bySender.forEach((sender, queue) -> {
      AccountState account = state.account(sender);
      long next = account == null ? 0 : account.nonce();
      List<PooledTx> run = new ArrayList<>();
      for (PooledTx entry = queue.get(next);
          entry != null && entry.arrivedSlot() < beforeSlot;
          entry = queue.get(next)) {
        run.add(entry);
        next++;
      }
      if (!run.isEmpty()) {
        runs.add(run);
      }
    });
    return runs;
  }

  private void insert(PooledTx entry) {
    byHash.put(entry.hash(), entry);
    bySender.computeIfAbsent(entry.sender(), a -> new TreeMap<>()).put(entry.tx().nonce(), entry);
    blobs += entry.blobCount();
  }

  private @Nullable String noRoom(PooledTx entry) {
    if (byHash.size() >= limits.transactions()) {
      return "txpool is full: %d transactions are waiting".formatted(byHash.size());
    }
    int ofSender = of(entry.sender()).size();
    if (ofSender >= limits.perSender()) {
      return "account limit exceeded: %d transactions of %s are waiting"
          .formatted(ofSender, entry.sender());
    }
    if (blobs + entry.blobCount() > limits.blobs()) {
      return "txpool is full: %d blobs are waiting, limit %d".formatted(blobs, limits.blobs());
    }
    return null;
  }

  private static @Nullable String tooCheap(Transaction fresh, Transaction old) {
    boolean blob = fresh.type() == TransactionType.BLOB || old.type() == TransactionType.BLOB;
    int percent = blob ? BLOB_BUMP_PERCENT : BUMP_PERCENT;
    boolean enough =
        bumped(fresh.maxFeePerGas(), old.maxFeePerGas(), percent)
            && bumped(fresh.maxPriorityFeePerGas(), old.maxPriorityFeePerGas(), percent)
            && (old.type() != TransactionType.BLOB
                || fresh.type() != TransactionType.BLOB
                || bumped(fresh.maxFeePerBlobGas(), old.maxFeePerBlobGas(), percent));
    return enough
        ? null
        : "replacement transaction underpriced: every fee must be %d%% above that of %s"
            .formatted(percent, old.hash());
  }

  private static boolean bumped(UInt256 fresh, UInt256 old, int percent) {
    BigInteger needed =
        old.toBigInteger()
            .multiply(BigInteger.valueOf(100L + percent))
            .add(BigInteger.valueOf(99))
            .divide(BigInteger.valueOf(100));
    return fresh.toBigInteger().compareTo(needed) >= 0;
  }
}
