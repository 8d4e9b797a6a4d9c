// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.block;

import io.lockstep.execution.evm.BlockContext;
import io.lockstep.execution.fork.Fork;
import io.lockstep.execution.fork.Rules;
import io.lockstep.execution.journal.JournaledState;
import io.lockstep.execution.journal.StateReader;
import io.lockstep.execution.parallel.Parallel;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ForkJoinPool;

/**
 * Reads the state that the transactions of a block will touch before the block's own thread comes
 * to them; what it read is then in the caches of the state. Senders are recovered and accounts read
 * at once, by all threads together. Calls are tried beside the block's thread and their results
 * thrown away: it begins at the end of the list, so that the two threads wait for each other's
 * reads only where they meet. On the common pool; nothing depends on what it does.
 */
final class ReadAhead {
  /** With fewer transactions it is not worth a thread's while. */
  static final int FROM_TRANSACTIONS = 256;

  private static final int PART = 64;

  /** A transaction that needs more spends its time on computing, which read state does not help. */
  private static final long GAS_CAP = 500_000;

  private final BlockExecutor executor;
  private final Rules rules;
  private final BlockContext context;
  private final StateReader state;
  private final List<Transaction> transactions;

  /** How many of the transactions the block's thread has begun with. */
  private volatile int begun;

  private ReadAhead(
      BlockExecutor executor, BlockEnv env, StateReader state, List<Transaction> transactions) {
    Fork fork = executor.fork(env);
    this.executor = executor;
    this.rules = Rules.of(fork);
    this.context =
        OpenBlock.context(
            executor, env, fork, executor.forks().blobParams(fork), number -> Hash32.ZERO);
    this.state = state;
    this.transactions = transactions;
  }

  /**
   * Reads the accounts, and begins with the calls.
   *
   * @param state of the parent block, to be read from any thread
   */
  static ReadAhead start(
      BlockExecutor executor, BlockEnv env, StateReader state, List<Transaction> transactions) {
    ReadAhead ahead = new ReadAhead(executor, env, state, List.copyOf(transactions));
    ahead.readAccounts();
    for (int end = transactions.size(); end > 0; end -= PART) {
      int from = Math.max(0, end - PART);
      int to = end;
      if (transactions.subList(from, to).stream().anyMatch(ReadAhead::mayCall)) {
        ForkJoinPool.commonPool().execute(() -> ahead.read(from, to));
      }
    }
    return ahead;
  }

  /** Says how far the block's thread has come; what lies behind it is left alone. */
  void passed(int count) {
    begun = count;
  }

  /** Stops it soon. */
  void stop() {
    begun = Integer.MAX_VALUE;
  }

  private void readAccounts() {
    Parallel.ranges(transactions.size(), i -> transactions.get(i).sender());
    Set<Address> accounts = LinkedHashSet.newLinkedHashSet(2 * transactions.size());
    for (Transaction tx : transactions) {
      Address sender = tx.sender();
      Address to = tx.to();
      if (sender != null) {
        accounts.add(sender);
      }
      if (to != null) {
        accounts.add(to);
      }
    }
    state.expect(accounts);
  }

  private static boolean mayCall(Transaction tx) {
    return tx.to() != null && !tx.data().isEmpty();
  }

  private void read(int from, int to) {
    try {
      JournaledState journal = new JournaledState(state, executor.codes());
      TxApplier applier = new TxApplier(rules, journal, context, executor.engine());
      for (int i = to - 1; i >= from && i >= begun; i--) {
        if (mayCall(transactions.get(i))) {
          call(applier, transactions.get(i));
        }
      }
    } catch (RuntimeException _) {
      // A failing disk, damage, a closed store: whoever needs these values meets the same, and
      // reports it.
      stop();
    }
  }

  /** A call without a price, so that whether it can be paid does not matter. */
  private void call(TxApplier applier, Transaction tx) {
    Address sender = tx.sender();
    long gas = Math.min(tx.gasLimit(), GAS_CAP);
    if (sender == null
        || gas < IntrinsicGas.least(rules.fork, false, tx.data(), tx.accessList(), 0)
        || applier.state().account(sender).balance().compareTo(tx.value()) < 0) {
      return;
    }
    applier.apply(
        new TxMessage(
            sender,
            tx.to(),
            tx.value(),
            tx.data(),
            gas,
            UInt256.ZERO,
            tx.accessList(),
            List.of(),
            List.of()),
        null);
  }
}
