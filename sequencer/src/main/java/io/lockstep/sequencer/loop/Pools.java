// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.loop;

import io.lockstep.execution.journal.AccountState;
import io.lockstep.execution.journal.StateReader;
import io.lockstep.primitives.tx.BlockHeader;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import io.lockstep.sequencer.mempool.AddResult;
import io.lockstep.sequencer.mempool.Mempool;
import io.lockstep.sequencer.mempool.SenderState;
import io.lockstep.sequencer.tick.OpenTick;
import io.lockstep.sequencer.tick.Rollup;
import io.lockstep.sequencer.tick.SystemTransaction;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The rollups' mempools, kept in line with what is on the chains. Owner: the sequencing thread. */
public final class Pools {
  private final Map<Long, Mempool> byRollup;

  public Pools(Map<Long, Mempool> byRollup) {
    this.byRollup = new LinkedHashMap<>(byRollup);
  }

  public Map<Long, Mempool> byRollup() {
    return byRollup;
  }

  public @Nullable Mempool of(long rollupId) {
    return byRollup.get(rollupId);
  }

  /** Offers a transaction that somebody has sent; see {@link #add}. */
  AddResult submit(Rollup rollup, Transaction tx, StateReader newest, long nowMs) {
    Mempool pool = byRollup.get(rollup.id());
    Address sender = tx.sender();
    if (pool != null && sender != null && pool.isSpent(sender, nowMs)) {
      return new AddResult.Refused(
          AddResult.Code.SENDER_SPENT,
          "too many failed transactions: those of " + sender + " are not taken for a while");
    }
    return add(rollup, tx, newest, nowMs);
  }

  /**
   * Offers a transaction.
   *
   * @param newest state after everything released, in which nonce and balance are judged
   */
  private AddResult add(Rollup rollup, Transaction tx, StateReader newest, long nowMs) {
    Mempool pool = byRollup.get(rollup.id());
    if (pool == null) {
      throw new IllegalStateException("no mempool for rollup " + rollup.id());
    }
    String refusal = SystemTransaction.refusal(tx);
    if (refusal != null) {
      return new AddResult.Refused(AddResult.Code.INVALID_SENDER, refusal);
    }
    UInt256 chainId = tx.chainId();
    if (chainId != null && !chainId.equals(rollup.genesis().chainId())) {
      return new AddResult.Refused(
          AddResult.Code.INVALID_SENDER,
          "invalid chain id for signer: have " + chainId + " want " + rollup.id());
    }
    return pool.add(tx, address -> senderState(newest, address), nowMs);
  }

  /** Takes out what a followed frag or block has included, and tells the senders' new states. */
  void included(Rollup rollup, List<Transaction> transactions, StateReader newest) {
    Mempool pool = byRollup.get(rollup.id());
    if (pool == null || pool.size() == 0) {
      return;
    }
    Set<Address> senders = new HashSet<>();
    for (Transaction tx : transactions) {
      pool.included(tx);
      Address sender = tx.sender();
      if (sender != null) {
        senders.add(sender);
      }
    }
    for (Address sender : senders) {
      if (pool.hasSender(sender)) {
        SenderState state = senderState(newest, sender);
        pool.onStateChange(sender, state.nonce(), state.balance());
      }
    }
  }

  /** Takes back what had been included and is so no longer; what cannot wait any more is let go. */
  void takeBack(Rollup rollup, List<Transaction> transactions, StateReader newest, long nowMs) {
    for (Transaction tx : transactions) {
      if (tx.sender() != null) {
        add(rollup, tx, newest, nowMs);
      }
    }
  }

  /**
   * Takes back what a tick had that is no more and was not sealed.
   *
   * @param open the tick whose transactions are shown now
   */
  void takeBack(OpenTick gone, @Nullable OpenTick open, long nowMs) {
    for (OpenTick.RollupBlock block : gone.blocks()) {
      Rollup rollup = block.rollup();
      takeBack(rollup, block.body(), newestOf(rollup, open), nowMs);
    }
  }

  /** Tells the fees of the next block. */
  void newHead(Rollup rollup, UInt256 nextBaseFee) {
    Mempool pool = byRollup.get(rollup.id());
    if (pool != null) {
      BlockHeader head = rollup.chain().head();
      pool.setHead(nextBaseFee, head.gasLimit());
    }
  }

  void expire(long nowMs) {
    byRollup.values().forEach(pool -> pool.expire(nowMs));
  }

  /** The waiting transaction with this hash in any rollup, or null. */
  public @Nullable Transaction waiting(Hash32 hash) {
    for (Mempool pool : byRollup.values()) {
      Transaction tx = pool.get(hash);
      if (tx != null) {
        return tx;
      }
    }
    return null;
  }

  static StateReader newestOf(Rollup rollup, @Nullable OpenTick open) {
    return open == null ? rollup.chain().headState() : open.block(rollup.id()).state();
  }

  private static SenderState senderState(StateReader state, Address address) {
    AccountState account = state.account(address);
    return account == null
        ? SenderState.EMPTY
        : new SenderState(account.nonce(), account.balance());
  }
}
