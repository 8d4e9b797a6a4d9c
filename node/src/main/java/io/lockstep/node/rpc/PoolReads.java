// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.rpc;

import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.sequencer.loop.Command;
import io.lockstep.sequencer.loop.Pools;
import io.lockstep.sequencer.loop.SequencerLoop;
import io.lockstep.sequencer.mempool.Mempool;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads of the mempools, which the sequencing thread owns: the question is asked there and waited
 * for. Any thread but that one.
 */
public final class PoolReads {
  private static final long ANSWER_MS = 2_000;

  private final SequencerLoop loop;
  private final Pools pools;

  public PoolReads(SequencerLoop loop, Pools pools) {
    this.loop = loop;
    this.pools = pools;
  }

  @Nullable Transaction waiting(long rollupId, Hash32 txHash) {
    Optional<Transaction> none = Optional.empty();
    return ask(rollupId, pool -> Optional.ofNullable(pool.get(txHash)), none).orElse(null);
  }

  OptionalLong pendingNonce(long rollupId, Address account) {
    return ask(rollupId, pool -> pool.pendingNonce(account), OptionalLong.empty());
  }

  /** Waiting and queued transactions, in this order. */
  public record Counts(int pending, int queued) {}

  public Counts counts(long rollupId) {
    return ask(
        rollupId, pool -> new Counts(pool.pendingCount(), pool.queuedCount()), new Counts(0, 0));
  }

  /** A loop too busy to answer is as one that has nothing waiting. */
  private <T> T ask(long rollupId, Function<Mempool, T> question, T otherwise) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    boolean taken =
        loop.offer(
            new Command.Ask(() -> {
              Mempool pool = pools.of(rollupId);
              answer.complete(pool == null ? otherwise : question.apply(pool));
            }));
    if (!taken) {
      return otherwise;
    }
    try {
      return answer.get(ANSWER_MS, TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      return otherwise;
    } catch (ExecutionException e) {
      throw new IllegalStateException("a question to the loop never fails", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return otherwise;
    }
  }
}
