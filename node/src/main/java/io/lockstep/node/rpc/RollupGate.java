// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.rpc;

import io.lockstep.execution.parallel.Parallel;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.rpc.RpcError;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.tx.TransactionCodec;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.sequencer.loop.Command;
import io.lockstep.sequencer.mempool.AddResult;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A rollup's transactions go to the sequencing thread, and what it takes is passed on to the peers,
 * so that it reaches whoever sequences. Those of one batch are decoded and their senders recovered
 * on all processors, and go to that thread together. Any thread.
 */
public final class RollupGate implements TxGate {
  private static final long LOOP_ANSWER_MS = 5_000;

  /** Recovering fewer takes less time than sharing them out is worth. */
  private static final int LEAST_SHARE = 16;

  private final long rollupId;
  private final Predicate<Command> loop;
  private final Streams streams;
  private final BiConsumer<Long, Transaction> passOn;
  private final Function<Transaction, @Nullable String> intake;
  private final Consumer<List<Transaction>> keep;

  /** A transaction that was read, or why it was not. */
  private sealed interface Read {
    record Good(Transaction tx) implements Read {}

    record Bad(RpcError why) implements Read {}
  }

  /**
   * @param loop takes a command for the sequencing thread; false when it is busy
   * @param passOn gives a transaction to the peers
   * @param intake checks what needs no state; the refusal, or null
   * @param keep told what was taken, before it is answered, so that it outlives a restart
   */
  public RollupGate(
      long rollupId,
      Predicate<Command> loop,
      Streams streams,
      BiConsumer<Long, Transaction> passOn,
      Function<Transaction, @Nullable String> intake,
      Consumer<List<Transaction>> keep) {
    this.rollupId = rollupId;
    this.loop = loop;
    this.streams = streams;
    this.passOn = passOn;
    this.intake = intake;
    this.keep = keep;
  }

  @Override
  public Incoming read(Bytes raw) throws RpcError {
    Transaction tx =
        switch (readOne(raw)) {
          case Read.Good(Transaction good) -> good;
          case Read.Bad(RpcError why) -> throw why;
        };
    return new Incoming() {
      @Override
      public Transaction transaction() {
        return tx;
      }

      @Override
      public Taken offer() throws RpcError {
        return switch (submit(List.of(tx), keep).getFirst()) {
          case Outcome.Accepted(_, Taken taken) -> taken;
          case Outcome.Refused(RpcError why) -> throw why;
        };
      }
    };
  }

  @Override
  public List<Outcome> takeAll(List<Bytes> raws) {
    return takeAll(raws, keep);
  }

  /** Takes what was taken and kept before a restart. */
  public void takeAgain(List<Bytes> raws) {
    var _ = takeAll(raws, kept -> {});
  }

  private List<Outcome> takeAll(List<Bytes> raws, Consumer<List<Transaction>> keeper) {
    List<Read> all = readAll(raws);
    List<Transaction> good = new ArrayList<>(all.size());
    for (Read read : all) {
      if (read instanceof Read.Good(Transaction tx)) {
        good.add(tx);
      }
    }
    Iterator<Outcome> submitted = submit(good, keeper).iterator();
    List<Outcome> outcomes = new ArrayList<>(all.size());
    for (Read read : all) {
      outcomes.add(
          switch (read) {
            case Read.Good _ -> submitted.next();
            case Read.Bad(RpcError why) -> new Outcome.Refused(why);
          });
    }
    return outcomes;
  }

  private List<Read> readAll(List<Bytes> raws) {
    Read[] out = new Read[raws.size()];
    int shares =
        Math.clamp(raws.size() / LEAST_SHARE, 1, Runtime.getRuntime().availableProcessors());
    List<Runnable> parts = new ArrayList<>(shares);
    for (int share = 0; share < shares; share++) {
      int from = raws.size() * share / shares;
      int to = raws.size() * (share + 1) / shares;
      parts.add(() -> {
        for (int i = from; i < to; i++) {
          out[i] = readOne(raws.get(i));
        }
      });
    }
    Parallel.run(parts);
    return List.of(out);
  }

  private Read readOne(Bytes raw) {
    Transaction tx;
    try {
      tx = TransactionCodec.decode(raw);
    } catch (DecodeException e) {
      return bad("invalid transaction: " + e.getMessage());
    }
    if (tx.sender() == null) {
      return bad("invalid sender: the signature recovers to nobody");
    }
    String refusal = intake.apply(tx);
    return refusal == null ? new Read.Good(tx) : bad(refusal);
  }

  private static Read bad(String why) {
    return new Read.Bad(new RpcError(RpcError.SERVER, why));
  }

  private List<Outcome> submit(List<Transaction> txs, Consumer<List<Transaction>> keeper) {
    if (txs.isEmpty()) {
      return List.of();
    }
    List<AddResult> results;
    try {
      results = ask(txs);
    } catch (RpcError busy) {
      return Collections.nCopies(txs.size(), new Outcome.Refused(busy));
    }
    List<Outcome> outcomes = new ArrayList<>(txs.size());
    List<Transaction> taken = new ArrayList<>(txs.size());
    for (int i = 0; i < txs.size(); i++) {
      if (results.get(i) instanceof AddResult.Added
          || results.get(i) instanceof AddResult.Replaced) {
        taken.add(txs.get(i));
      }
    }
    if (!taken.isEmpty()) {
      keeper.accept(taken);
    }
    for (int i = 0; i < txs.size(); i++) {
      outcomes.add(outcome(txs.get(i), results.get(i)));
    }
    return outcomes;
  }

  private Outcome outcome(Transaction tx, AddResult result) {
    return switch (result) {
      case AddResult.Added(boolean pending) -> taken(tx, pending);
      case AddResult.Replaced(var old, boolean pending) -> taken(tx, pending);
      case AddResult.Known _ -> {
        // Sent again: it may have come when no peer was there, or to peers that have died since.
        passOn.accept(rollupId, tx);
        yield new Outcome.Accepted(tx, Taken.KNOWN);
      }
      case AddResult.Refused(var code, String message) ->
          new Outcome.Refused(new RpcError(RpcError.SERVER, message));
    };
  }

  private Outcome taken(Transaction tx, boolean pending) {
    passOn.accept(rollupId, tx);
    streams.onWaiting(rollupId, tx);
    return new Outcome.Accepted(tx, pending ? Taken.PENDING : Taken.QUEUED);
  }

  private List<AddResult> ask(List<Transaction> txs) throws RpcError {
    CompletableFuture<List<AddResult>> answer = new CompletableFuture<>();
    if (!loop.test(new Command.Submit(rollupId, txs, answer::complete))) {
      throw new RpcError(RpcError.LIMIT_EXCEEDED, "busy: the sequencer's inbox is full, try again");
    }
    try {
      return answer.get(LOOP_ANSWER_MS, TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new RpcError(RpcError.LIMIT_EXCEEDED, "busy: the sequencer did not answer in time");
    } catch (ExecutionException e) {
      throw new IllegalStateException("the loop never fails an answer", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RpcError(RpcError.RESOURCE_UNAVAILABLE, "the node is stopping");
    }
  }
}
