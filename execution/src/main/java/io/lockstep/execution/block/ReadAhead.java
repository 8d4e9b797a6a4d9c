// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.block;

import io.lockstep.execution.journal.StateReader;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Hash32;
import java.util.List;
import java.util.concurrent.ForkJoinPool;

/**
 * Reads the state that the transactions of a block will touch before the block's own thread comes
 * to them: recovers senders, asks for accounts, tries calls and throws the results away. What it
 * read is then in the caches of the state. It begins at the end of the list, so that the two
 * threads wait for each other's reads only where they meet. On the common pool; nothing depends on
 * what it does.
 */
final class ReadAhead {
  /** With fewer transactions it is not worth a thread's while. */
  static final int FROM_TRANSACTIONS = 256;

  private static final int PART = 64;

  /** A transaction that needs more spends its time on computing, which read state does not help. */
  private static final long GAS_CAP = 500_000;

  private final CallExecutor calls;
  private final BlockEnv env;
  private final StateReader state;
  private final List<Transaction> transactions;

  /** How many of the transactions the block's thread has begun with. */
  private volatile int begun;

  private ReadAhead(
      BlockExecutor executor, BlockEnv env, StateReader state, List<Transaction> transactions) {
    this.calls = new CallExecutor(executor);
    this.env = env;
    this.state = state;
    this.transactions = transactions;
  }

  /**
   * Begins.
   *
   * @param state of the parent block, to be read from any thread
   */
  static ReadAhead start(
      BlockExecutor executor, BlockEnv env, StateReader state, List<Transaction> transactions) {
    ReadAhead ahead = new ReadAhead(executor, env, state, List.copyOf(transactions));
    for (int end = transactions.size(); end > 0; end -= PART) {
      int from = Math.max(0, end - PART);
      int to = end;
      ForkJoinPool.commonPool().execute(() -> ahead.read(from, to));
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

  private void read(int from, int to) {
    try {
      for (int i = to - 1; i >= from && i >= begun; i--) {
        read(transactions.get(i));
      }
    } catch (RuntimeException _) {
      // A failing disk, damage, a closed store: whoever needs these values meets the same, and
      // reports it.
      stop();
    }
  }

  private void read(Transaction tx) {
    Address sender = tx.sender();
    if (sender == null) {
      return;
    }
    state.account(sender);
    Address to = tx.to();
    if (to != null && state.account(to) != null && !tx.data().isEmpty()) {
      CallRequest request =
          new CallRequest(
              sender,
              to,
              tx.gasLimit(),
              tx.effectiveGasPrice(env.baseFeePerGas()),
              tx.value(),
              tx.data(),
              tx.accessList(),
              List.of(),
              List.of());
      calls.call(request, env, state, number -> Hash32.ZERO, GAS_CAP);
    }
  }
}
