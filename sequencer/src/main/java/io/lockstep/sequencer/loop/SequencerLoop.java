// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.loop;

import io.lockstep.execution.journal.StateReader;
import io.lockstep.l1client.fee.BlobSchedule;
import io.lockstep.preconf.gossip.FragMessage;
import io.lockstep.preconf.signing.CommitmentSigner;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.uint.UInt256;
import io.lockstep.sequencer.builder.TickBuilder;
import io.lockstep.sequencer.head.NodeStatus;
import io.lockstep.sequencer.mempool.AddResult;
import io.lockstep.sequencer.post.Poster;
import io.lockstep.sequencer.promise.PromiseAnswer;
import io.lockstep.sequencer.promise.PromiseAsk;
import io.lockstep.sequencer.promise.PromiseOffer;
import io.lockstep.sequencer.promise.PromisePrice;
import io.lockstep.sequencer.promise.PromiseRates;
import io.lockstep.sequencer.tick.Rollup;
import io.lockstep.storage.kv.StorageException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drains commands, applies them to the state it owns, runs the timers. Time is read once a turn.
 * All of it can be driven by hand: {@link #offer} and {@link #doWork}.
 */
public final class SequencerLoop {
  private static final Logger LOG = LoggerFactory.getLogger(SequencerLoop.class);
  private static final int INBOX_COMMANDS = 16_384;

  /** Commands of one turn, each transaction of several counted as one. */
  private static final int COMMANDS_PER_TURN = 512;

  private static final long HOUSEKEEPING_MS = 1_000;

  private final Stage stage;
  private final PeerSide peerSide;
  private final L1Side l1Side;
  private final BlockingQueue<Command> inbox = new ArrayBlockingQueue<>(INBOX_COMMANDS);
  private long housekeptMs;
  private @Nullable Runnable onceHandedOver;

  /**
   * What makes a node an operator.
   *
   * @param blobs parameters of the L1's blobs, for what promises cost
   * @param rates what promises are priced by
   */
  public record OperatorParts(
      int operatorId,
      CommitmentSigner signer,
      TickBuilder builder,
      Poster poster,
      BlobSchedule blobs,
      PromiseRates rates) {}

  /**
   * @param operator null for a follower
   */
  public SequencerLoop(Core core, @Nullable OperatorParts operator, LoopListener listener) {
    this.stage = new Stage(core, operator, listener);
    this.peerSide = new PeerSide(stage);
    this.l1Side = new L1Side(stage, peerSide);
  }

  /** Puts a command in the inbox; false when it is full, which is the answer "busy". Any thread. */
  public boolean offer(Command command) {
    return inbox.offer(command);
  }

  /** Puts a command in the inbox and waits for room: for the L1 feed alone. */
  public void put(Command command) throws InterruptedException {
    inbox.put(command);
  }

  /** Runs until the thread is interrupted. */
  public void run(LongSupplier clockMs) {
    while (!Thread.currentThread().isInterrupted()) {
      int work = doWork(clockMs.getAsLong());
      if (work == 0) {
        try {
          Command next = inbox.poll(1, TimeUnit.MILLISECONDS);
          if (next != null) {
            handle(next, clockMs.getAsLong());
          }
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
    }
  }

  /** One turn of the loop; returns how much was done. */
  public int doWork(long nowMs) {
    int work = 0;
    for (Command command = inbox.poll(); command != null; command = inbox.poll()) {
      handle(command, nowMs);
      work += command instanceof Command.Submit submit ? submit.txs().size() : 1;
      if (work >= COMMANDS_PER_TURN) {
        break;
      }
    }
    work += stage.releases.flush();
    OwnTurn turn = stage.own;
    if (turn != null) {
      if (stage.caughtUp && !stage.releases.isBackedUp()) {
        NodeStatus.State before = turn.state();
        work += take(step(turn, nowMs), turn, nowMs);
        work += answer(turn);
        if (turn.state() != before) {
          stage.touch();
        }
      }
      if (turn.poster().step(stage.core.l1().headSlot(), nowMs)) {
        work++;
        stage.touch();
      }
      Runnable waiting = onceHandedOver;
      if (waiting != null && turn.hasHandedOver() && stage.releases.isEmpty()) {
        onceHandedOver = null;
        waiting.run();
      }
    }
    stage.peers.step(stage.cluster.headTick(), nowMs);
    if (nowMs - housekeptMs >= HOUSEKEEPING_MS) {
      housekeptMs = nowMs;
      stage.core.pools().expire(nowMs);
      stage.touch();
    }
    stage.publish(nowMs);
    return work;
  }

  private static TickBuilder.Step step(OwnTurn turn, long nowMs) {
    try {
      return turn.step(nowMs);
    } catch (StorageException e) {
      if (!turn.signer().durability().hasFailed()) {
        throw e;
      }
      return new TickBuilder.Step.Halted("the signing database's disk has failed: " + e);
    }
  }

  private int take(TickBuilder.Step step, OwnTurn turn, long nowMs) {
    switch (step) {
      case TickBuilder.Step.Nothing _ -> {
        return 0;
      }
      case TickBuilder.Step.Released released -> {
        stage.releases.signed(released.ticket());
        for (FragMessage.Part part : released.frag().parts()) {
          stage.show(part.transactions().stream().map(Transaction::hash).toList());
        }
        if (!released.frag().parts().isEmpty()) {
          stage.publish(nowMs);
        }
        stage.releases.add(() -> {
          stage.core.ledger().released(released.frag());
          stage.listener.release(released.frag());
        });
      }
      case TickBuilder.Step.Sealed sealed -> {
        stage.releases.signed(sealed.ticket());
        stage.newHeads();
        stage.publish(nowMs);
        stage.releases.add(() -> {
          stage.core.ledger().released(sealed.seal());
          stage.listener.release(sealed.seal());
        });
      }
      case TickBuilder.Step.Unsigned _ -> stage.touch();
      case TickBuilder.Step.GivenUp given -> {
        LOG.warn("{}", given.why());
        stage.chainMoved(nowMs);
        stage.touch();
      }
      case TickBuilder.Step.Halted halted -> {
        turn.halt(halted.why());
        stage.chainMoved(nowMs);
        stage.touch();
      }
    }
    return 1;
  }

  private int answer(OwnTurn turn) {
    List<PromiseSide.Answered> answers = turn.promises().takeAnswered();
    for (PromiseSide.Answered one : answers) {
      stage.releases.signed(one.ticket());
      stage.releases.add(() -> {
        if (one.answer() instanceof PromiseAnswer.Given given) {
          stage.core.ledger().put(given.message());
          stage.listener.release(given.message());
        }
        one.reply().accept(one.answer());
      });
    }
    return answers.size();
  }

  private void handle(Command command, long nowMs) {
    switch (command) {
      case Command.L1 l1 -> l1Side.onUpdate(l1.update(), nowMs);
      case Command.Duties duties -> {
        stage.core.turns().duties(duties.epoch(), duties.validatorIndices());
        peerSide.retryEarly(nowMs);
      }
      case Command.PassedEpoch passed -> {
        stage.core.turns().passed(passed.epoch(), passed.operators());
        stage.touch();
        if (stage.caughtUp) {
          peerSide.reapplySealed(nowMs);
          peerSide.retryEarly(nowMs);
        }
      }
      case Command.DutiesConfirmed confirmed -> stage.core.turns().confirmed(confirmed.epoch());
      case Command.DutiesWithdrawn withdrawn -> {
        LOG.warn("the proposers of epoch {} and later are not relied upon", withdrawn.from());
        stage.core.turns().withdrawDuties(withdrawn.from());
        stage.touch();
      }
      case Command.Alarm alarm -> stage.alarm(alarm.alarm(), alarm.why());
      case Command.Submit submit -> submit.reply().accept(add(submit, nowMs));
      case Command.RequestPromise request -> {
        OwnTurn turn = stage.own;
        if (turn == null) {
          request.reply().accept(new PromiseAnswer.Refused(askElsewhere(nowMs)));
        } else {
          turn.promises().ask(request.ask(), request.reply(), nowMs);
        }
      }
      case Command.PricePromise question -> question.reply().accept(price(question.ask(), nowMs));
      case Command.Frag frag -> peerSide.onFrag(frag, nowMs);
      case Command.Seal seal -> peerSide.onSeal(seal, nowMs);
      case Command.Promise promise -> peerSide.onPromise(promise);
      case Command.Ticks ticks -> peerSide.onTicks(ticks, nowMs);
      case Command.PeerCame _ -> stage.peers.peerCame(stage.cluster.headTick(), nowMs);
      case Command.Synced _ -> stage.releases.flush();
      case Command.PostingLanded landed ->
          LOG.info(
              "posting of window {} {}",
              landed.windowSlot(),
              landed.success() ? "has landed" : "was refused by the inbox");
      case Command.Ask ask -> ask.question().run();
      case Command.Stop stop -> onStop(stop, nowMs);
    }
  }

  private String askElsewhere(long nowMs) {
    return "this node is no operator's: " + stage.core.turns().told(Math.floorDiv(nowMs, 1_000));
  }

  private PromiseOffer price(PromiseAsk ask, long nowMs) {
    OwnTurn turn = stage.own;
    return turn == null
        ? new PromiseOffer(
            null,
            UInt256.ZERO,
            new PromisePrice.Exposure(UInt256.ZERO, UInt256.ZERO),
            askElsewhere(nowMs))
        : turn.promises().offer(ask, nowMs);
  }

  private List<AddResult> add(Command.Submit submit, long nowMs) {
    Rollup rollup = stage.cluster.rollup(submit.rollupId());
    if (rollup == null) {
      throw new IllegalArgumentException("no rollup " + submit.rollupId());
    }
    StateReader newest = Pools.newestOf(rollup, stage.openTick());
    List<AddResult> results = new ArrayList<>(submit.txs().size());
    for (Transaction tx : submit.txs()) {
      results.add(stage.core.pools().submit(rollup, tx, newest, nowMs));
    }
    return results;
  }

  private void onStop(Command.Stop stop, long nowMs) {
    OwnTurn turn = stage.own;
    if (turn == null) {
      stop.done().run();
      return;
    }
    turn.stop();
    TickBuilder.Step last = turn.sealForGood(nowMs);
    if (last != null) {
      take(last, turn, nowMs);
    }
    turn.finish(nowMs);
    onceHandedOver = stop.done();
  }

  /** Tick of the unsafe head, for tests and for asking peers. */
  public long headTick() {
    return stage.cluster.headTick();
  }
}
