// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.rpc;

import io.lockstep.execution.block.BlockEnv;
import io.lockstep.primitives.tx.Block;
import io.lockstep.primitives.tx.Receipt;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Hash32;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Tells how a chain's open block grows, part by part, and misses no transaction: what a node learns
 * only with a block's seal, because the part that released it was never heard, is told then, in the
 * form it would have had. Subscribing from any thread; the rest on the one that tells.
 */
public final class OpenBlockFeed {
  private final ChainView view;
  private final List<Consumer<Growth>> listeners = new CopyOnWriteArrayList<>();

  /** What was open at last. */
  private ChainView.@Nullable OpenPart shown;

  /**
   * The open block after a part of it was released.
   *
   * @param first index of the first transaction that is new
   */
  public record Growth(
      BlockEnv env, List<Transaction> transactions, List<Receipt> receipts, int first) {}

  public OpenBlockFeed(ChainView view) {
    this.view = view;
  }

  /** Tells {@code listener} until closed, one growth at a time and in order. */
  public AutoCloseable subscribe(Consumer<Growth> listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  /** The sealed head moved; told before what is open on the new one. */
  public void sealed(ChainView.HeadChange change) {
    if (listeners.isEmpty()) {
      return;
    }
    for (Hash32 hash : change.added()) {
      Block block = view.block(hash);
      List<Receipt> receipts = view.receipts(hash);
      if (block != null && receipts != null) {
        grown(StatePoint.env(block.header()), block.transactions(), receipts);
      }
    }
  }

  /** What is open now, null when nothing is. */
  public void opened(ChainView.@Nullable OpenPart now) {
    if (now != null && !listeners.isEmpty()) {
      grown(now.env(), now.transactions(), now.receipts());
    }
    shown = now;
  }

  private void grown(BlockEnv env, List<Transaction> transactions, List<Receipt> receipts) {
    int known = known(env, transactions);
    if (known < transactions.size()) {
      Growth growth = new Growth(env, transactions, receipts, known);
      listeners.forEach(listener -> listener.accept(growth));
    }
  }

  /**
   * How many of a block's transactions were shown before; none when it is another block than the
   * one that was open, or one that begins otherwise.
   */
  private int known(BlockEnv env, List<Transaction> transactions) {
    ChainView.OpenPart before = shown;
    if (before == null
        || !before.env().parentHash().equals(env.parentHash())
        || before.env().timestampSeconds() != env.timestampSeconds()) {
      return 0;
    }
    int count = before.transactions().size();
    boolean goesOn =
        count <= transactions.size()
            && (count == 0
                || before
                    .transactions()
                    .getLast()
                    .hash()
                    .equals(transactions.get(count - 1).hash()));
    return goesOn ? count : 0;
  }
}
