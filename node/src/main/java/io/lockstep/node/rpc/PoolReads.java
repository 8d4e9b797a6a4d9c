// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.rpc;

import io.lockstep.execution.rpc.PoolView;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.sequencer.loop.Command;
import io.lockstep.sequencer.loop.Pools;
import io.lockstep.sequencer.loop.SequencerLoop;
import io.lockstep.sequencer.mempool.Mempool;
import io.lockstep.sequencer.mempool.SenderContent;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
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

  /** Which of some transactions wait; all of them when the loop is too busy to say. */
  public Set<Hash32> waiting(long rollupId, Set<Hash32> txHashes) {
    return ask(
        rollupId,
        pool -> {
          Set<Hash32> waiting = new HashSet<>(txHashes);
          waiting.removeIf(hash -> pool.get(hash) == null);
          return waiting;
        },
        txHashes);
  }

  OptionalLong pendingNonce(long rollupId, Address account) {
    return ask(rollupId, pool -> pool.pendingNonce(account), OptionalLong.empty());
  }

  /** One rollup's pool for {@code txpool_*}. */
  public PoolView of(long rollupId) {
    return new PoolView() {
      @Override
      public Counts counts() {
        return ask(
            rollupId,
            pool -> new Counts(pool.pendingCount(), pool.queuedCount()),
            new Counts(0, 0));
      }

      @Override
      public Map<Address, Waiting> all(int most) {
        Map<Address, SenderContent> none = Map.of();
        Map<Address, Waiting> all = new TreeMap<>();
        ask(rollupId, pool -> pool.content(most), none)
            .forEach((sender, content) -> all.put(sender, waiting(content)));
        return all;
      }

      @Override
      public Waiting of(Address sender) {
        Optional<SenderContent> none = Optional.empty();
        return ask(rollupId, pool -> Optional.ofNullable(pool.content(sender)), none)
            .map(PoolReads::waiting)
            .orElse(Waiting.NONE);
      }
    };
  }

  private static PoolView.Waiting waiting(SenderContent content) {
    return new PoolView.Waiting(content.pending(), content.queued());
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
