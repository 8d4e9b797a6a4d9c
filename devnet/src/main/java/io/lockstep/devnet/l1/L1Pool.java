// SPDX-License-Identifier: Apache-2.0
package io.lockstep.devnet.l1;

import io.lockstep.execution.block.BlockEnv;
import io.lockstep.execution.block.OpenBlock;
import io.lockstep.execution.fork.ForkSchedule;
import io.lockstep.execution.journal.AccountState;
import io.lockstep.execution.journal.StateReader;
import io.lockstep.execution.rpc.PoolView;
import io.lockstep.primitives.crypto.BlobProofs;
import io.lockstep.primitives.rpc.RpcError;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Waiting transactions as an L1 takes them, blobs too, over a chain that whoever made the pool
 * keeps. Any thread.
 */
public final class L1Pool implements PoolView {
  private final ForkSchedule forks;
  private final TxIntake intake;
  private final Supplier<StateReader> head;
  private final TxPool pool = new TxPool(PoolLimits.DEFAULT);
  private final List<Consumer<Transaction>> listeners = new CopyOnWriteArrayList<>();

  /**
   * @param head the state of the chain's head
   * @param nextEnv of the block after it
   */
  public L1Pool(
      ForkSchedule forks,
      UInt256 chainId,
      BlobProofs proofs,
      Supplier<StateReader> head,
      Supplier<BlockEnv> nextEnv) {
    this.forks = forks;
    this.intake = new TxIntake(forks, chainId, proofs, nextEnv);
    this.head = head;
  }

  /** A transaction that was read and checked by itself. */
  public final class Incoming {
    private final TxIntake.Checked checked;

    private Incoming(TxIntake.Checked checked) {
      this.checked = checked;
    }

    public Transaction transaction() {
      return checked.tx();
    }

    /**
     * Lets it wait here.
     *
     * @return whether it could run now
     * @throws RpcError saying why it is refused
     */
    public boolean add() throws RpcError {
      return L1Pool.this.add(checked);
    }
  }

  /** What went into a block: transactions, and the blobs and commitments of those with blobs. */
  public record Filled(List<Transaction> transactions, List<Bytes> blobs, List<Bytes> commitments) {
    public Filled {
      transactions = List.copyOf(transactions);
      blobs = List.copyOf(blobs);
      commitments = List.copyOf(commitments);
    }
  }

  /**
   * Reads a transaction in its network form.
   *
   * @throws RpcError saying why it is refused
   */
  public Incoming read(Bytes raw) throws RpcError {
    return new Incoming(intake.read(raw));
  }

  private synchronized boolean add(TxIntake.Checked checked) throws RpcError {
    StateReader state = head.get();
    TxIntake.refuse(pool.add(checked.tx(), checked.sender(), checked.sidecar(), state, 0));
    listeners.forEach(listener -> listener.accept(checked.tx()));
    return checked.tx().nonce() < pool.nextNonce(checked.sender(), nonce(state, checked.sender()));
  }

  /** Tells every transaction that begins to wait until closed; the listener must not block. */
  public AutoCloseable onWaiting(Consumer<Transaction> listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  /** Fills a block on the head with what waits, best tip first; everything stays in the pool. */
  public synchronized Filled fill(OpenBlock open) {
    List<PooledTx> included =
        BlockMaker.fill(open, pool.ready(head.get(), Long.MAX_VALUE), forks).included();
    List<Sidecar> sidecars =
        included.stream().map(PooledTx::sidecar).filter(java.util.Objects::nonNull).toList();
    return new Filled(
        included.stream().map(PooledTx::tx).toList(),
        sidecars.stream().flatMap(sidecar -> sidecar.blobs().stream()).toList(),
        sidecars.stream().flatMap(sidecar -> sidecar.commitments().stream()).toList());
  }

  /** A waiting transaction, or null. */
  public synchronized @Nullable Transaction waiting(Hash32 hash) {
    PooledTx entry = pool.get(hash);
    return entry == null ? null : entry.tx();
  }

  /** The account's next nonce with waiting transactions counted. */
  public synchronized long pendingNonce(Address account) {
    return pool.nextNonce(account, nonce(head.get(), account));
  }

  @Override
  public synchronized Counts counts() {
    return pool.counts(head.get());
  }

  @Override
  public synchronized Map<Address, Waiting> all(int most) {
    return pool.waiting(head.get(), most);
  }

  @Override
  public synchronized Waiting of(Address sender) {
    return pool.waiting(head.get(), sender);
  }

  private static long nonce(StateReader state, Address account) {
    AccountState known = state.account(account);
    return known == null ? 0 : known.nonce();
  }
}
