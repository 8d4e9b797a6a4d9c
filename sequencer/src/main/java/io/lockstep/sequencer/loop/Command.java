// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.loop;

import io.lockstep.preconf.gossip.FragMessage;
import io.lockstep.preconf.gossip.PromiseMessage;
import io.lockstep.preconf.gossip.SealMessage;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Epoch;
import io.lockstep.sequencer.derive.L1Update;
import io.lockstep.sequencer.mempool.AddResult;
import io.lockstep.sequencer.promise.PromiseAnswer;
import io.lockstep.sequencer.promise.PromiseAsk;
import io.lockstep.sequencer.promise.PromiseOffer;
import io.lockstep.sequencer.schedule.EpochOperators;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Everything that other threads can ask of the loop. */
public sealed interface Command {
  /** Something happened on L1. */
  record L1(L1Update update) implements Command {}

  /** Proposers of an epoch, one validator index for each slot. */
  record Duties(Epoch epoch, long[] validatorIndices) implements Command {}

  /** Whose an epoch was that has passed, as the lookahead oracle has it. */
  record PassedEpoch(Epoch epoch, EpochOperators operators) implements Command {}

  /** The beacon node says again what was told of an epoch. */
  record DutiesConfirmed(Epoch epoch) implements Command {}

  /**
   * The proposers of this epoch and of later ones are not to be relied upon: whose turn it is there
   * is not known until they are told again.
   */
  record DutiesWithdrawn(Epoch from) implements Command {}

  /**
   * What L1's nodes say cannot be relied upon, or can be again.
   *
   * @param why null when it is over
   */
  record Alarm(L1Alarm alarm, @Nullable String why) implements Command {}

  /**
   * Transactions for a rollup, offered to its pool in this order; decoded, their senders recovered.
   *
   * @param reply told what became of each on the loop's thread; must not block
   */
  record Submit(long rollupId, List<Transaction> txs, Consumer<List<AddResult>> reply)
      implements Command {
    public Submit {
      txs = List.copyOf(txs);
    }

    /** A single one. */
    public Submit(long rollupId, Transaction tx, Consumer<AddResult> reply) {
      this(rollupId, List.of(tx), results -> reply.accept(results.getFirst()));
    }
  }

  /**
   * Somebody wants a promise.
   *
   * @param reply told on the loop's thread, once what was signed is durable; must not block
   */
  record RequestPromise(PromiseAsk ask, Consumer<PromiseAnswer> reply) implements Command {}

  /**
   * Somebody wants to know what a promise costs.
   *
   * @param reply told on the loop's thread; must not block
   */
  record PricePromise(PromiseAsk ask, Consumer<PromiseOffer> reply) implements Command {}

  /** A frag from a peer. */
  record Frag(FragMessage message) implements Command {}

  /** A seal from a peer. */
  record Seal(SealMessage message) implements Command {}

  /** A promise from a peer. */
  record Promise(PromiseMessage message) implements Command {}

  /**
   * What a peer answered when it was asked for ticks.
   *
   * @param peerHeadTick tick of its unsafe head
   * @param seals none when it knows no newer ones
   * @param frags of ticks above that head
   */
  record Ticks(long peerHeadTick, List<SealMessage> seals, List<FragMessage> frags)
      implements Command {}

  /** A peer has connected. */
  record PeerCame() implements Command {}

  /** Signatures have become durable: what waits for them can leave. */
  record Synced() implements Command {}

  /** A posting has landed, successfully or not. */
  record PostingLanded(long windowSlot, boolean success) implements Command {}

  /**
   * A question about what the loop owns, asked on its thread; it must be short and must not block.
   */
  record Ask(Runnable question) implements Command {}

  /**
   * End: seal and post what is open, sign nothing more.
   *
   * @param done told once everything sealed is handed to the sender of L1 transactions
   */
  record Stop(Runnable done) implements Command {}
}
