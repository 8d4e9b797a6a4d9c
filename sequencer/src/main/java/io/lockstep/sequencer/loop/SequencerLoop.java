// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.loop;

import io.lockstep.execution.block.BlockRules;
import io.lockstep.execution.journal.StateReader;
import io.lockstep.preconf.gossip.FragMessage;
import io.lockstep.preconf.gossip.SealMessage;
import io.lockstep.preconf.signing.CommitmentSigner;
import io.lockstep.preconf.signing.Durability;
import io.lockstep.primitives.tx.Block;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.types.Wei;
import io.lockstep.sequencer.builder.TickBuilder;
import io.lockstep.sequencer.derive.Derivation;
import io.lockstep.sequencer.derive.DerivationLog;
import io.lockstep.sequencer.derive.FetchedBatch;
import io.lockstep.sequencer.derive.L1Update;
import io.lockstep.sequencer.follow.Follower;
import io.lockstep.sequencer.head.Cluster;
import io.lockstep.sequencer.head.NodeStatus;
import io.lockstep.sequencer.head.NodeView;
import io.lockstep.sequencer.mempool.AddResult;
import io.lockstep.sequencer.post.Poster;
import io.lockstep.sequencer.schedule.Window;
import io.lockstep.sequencer.tick.HeaderExtra;
import io.lockstep.sequencer.tick.OpenTick;
import io.lockstep.sequencer.tick.Rollup;
import io.lockstep.sequencer.tick.SystemTransaction;
import io.lockstep.storage.kv.StorageException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
  private static final int COMMANDS_PER_TURN = 512;
  private static final long HOUSEKEEPING_MS = 1_000;

  private final Core core;
  private final Cluster cluster;
  private final LoopListener listener;
  private final Handover handover = new Handover();
  private final Unposted unposted;
  private final BlockingQueue<Command> inbox = new ArrayBlockingQueue<>(INBOX_COMMANDS);
  private final PeerCatchUp peers;
  private final Releases releases;
  private final ClockWatch clockWatch;
  private final @Nullable OwnTurn own;

  private boolean caughtUp;
  private boolean dirty = true;
  private final List<Hash32> shown = new ArrayList<>();
  private @Nullable String l1Trouble;
  private long housekeptMs;
  private long promiseMismatches;
  private @Nullable Runnable onceHandedOver;

  /** What makes a node an operator. */
  public record OperatorParts(
      int operatorId, CommitmentSigner signer, TickBuilder builder, Poster poster) {}

  /**
   * @param operator null for a follower
   */
  public SequencerLoop(Core core, @Nullable OperatorParts operator, LoopListener listener) {
    this.core = core;
    this.cluster = core.cluster();
    this.listener = listener;
    this.unposted = new Unposted(cluster);
    this.peers = new PeerCatchUp(listener, core.rules().peerPatienceMs());
    this.clockWatch = new ClockWatch(core.l1().clock());
    this.releases =
        new Releases(operator == null ? NothingSigned.INSTANCE : operator.signer().durability());
    this.own =
        operator == null
            ? null
            : new OwnTurn(core, operator, handover, unposted, new Around(), clockWatch);
  }

  /** A follower's: nothing waits for the disk. */
  private enum NothingSigned implements Durability {
    INSTANCE;

    @Override
    public long written() {
      return 0;
    }

    @Override
    public long durable() {
      return 0;
    }

    @Override
    public boolean hasFailed() {
      return false;
    }
  }

  /** What the operator's part asks of the loop. */
  private final class Around implements OwnTurn.Surroundings {
    @Override
    public @Nullable String l1Trouble() {
      return l1Trouble;
    }

    @Override
    public boolean heardPeers(long nowMs) {
      return peers.isDone(cluster.headTick(), nowMs);
    }
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
      if (++work == COMMANDS_PER_TURN) {
        break;
      }
    }
    work += releases.flush();
    OwnTurn turn = own;
    if (turn != null) {
      if (caughtUp && !releases.isBackedUp()) {
        NodeStatus.State before = turn.state();
        work += take(step(turn, nowMs), turn, nowMs);
        dirty |= turn.state() != before;
      }
      if (turn.poster().step(core.l1().headSlot(), nowMs)) {
        work++;
        dirty = true;
      }
      Runnable waiting = onceHandedOver;
      if (waiting != null && turn.hasHandedOver() && releases.isEmpty()) {
        onceHandedOver = null;
        waiting.run();
      }
    }
    peers.step(cluster.headTick(), nowMs);
    if (nowMs - housekeptMs >= HOUSEKEEPING_MS) {
      housekeptMs = nowMs;
      core.pools().expire(nowMs);
      dirty = true;
    }
    publish(nowMs);
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
        releases.signed(released.ticket());
        for (FragMessage.Part part : released.frag().parts()) {
          part.transactions().forEach(tx -> shown.add(tx.hash()));
        }
        if (!released.frag().parts().isEmpty()) {
          dirty = true;
          publish(nowMs);
        }
        releases.add(() -> listener.release(released.frag()));
      }
      case TickBuilder.Step.Sealed sealed -> {
        releases.signed(sealed.ticket());
        newHeads();
        publish(nowMs);
        releases.add(() -> listener.release(sealed.seal()));
      }
      case TickBuilder.Step.Halted halted -> {
        turn.halt(halted.why());
        dropOpenTick(nowMs);
        dirty = true;
      }
    }
    return 1;
  }

  private void handle(Command command, long nowMs) {
    switch (command) {
      case Command.L1 l1 -> onL1(l1.update(), nowMs);
      case Command.Duties duties -> {
        core.turns().duties(duties.epoch(), duties.validatorIndices());
        retryEarly(nowMs);
      }
      case Command.Submit submit -> submit.reply().accept(add(submit, nowMs));
      case Command.Frag frag -> onFrag(frag, nowMs);
      case Command.Seal seal -> onSeal(seal, nowMs);
      case Command.Ticks ticks -> {
        for (SealMessage seal : ticks.seals()) {
          onSeal(new Command.Seal(seal), nowMs);
        }
        peers.answered(ticks.peerHeadTick());
      }
      case Command.PeerCame _ -> peers.peerCame(cluster.headTick(), nowMs);
      case Command.Synced _ -> releases.flush();
      case Command.PostingLanded landed ->
          LOG.info(
              "posting of window {} {}",
              landed.windowSlot(),
              landed.success() ? "has landed" : "was refused by the inbox");
      case Command.Ask ask -> ask.question().run();
      case Command.Stop stop -> onStop(stop, nowMs);
    }
  }

  private AddResult add(Command.Submit submit, long nowMs) {
    Rollup rollup = cluster.rollup(submit.rollupId());
    if (rollup == null) {
      throw new IllegalArgumentException("no rollup " + submit.rollupId());
    }
    return core.pools().add(rollup, submit.tx(), Pools.newestOf(rollup, openTick()), nowMs);
  }

  /** The tick whose transactions are shown: the own one, or the one being followed. */
  private @Nullable OpenTick openTick() {
    OpenTick mine = own == null ? null : own.builder().openTick();
    return mine == null ? core.follower().openTick() : mine;
  }

  // --- what peers say ---

  private void onFrag(Command.Frag command, long nowMs) {
    if (own != null) {
      own.saw(command.message().operatorId(), command.message().frag());
      if (own.isSequencing()) {
        return;
      }
    }
    switch (core.follower().onFrag(command.message())) {
      case Follower.Outcome.FragApplied applied -> {
        OpenTick open = core.follower().openTick();
        for (FragMessage.Part part : command.message().parts()) {
          Rollup rollup = cluster.rollup(part.rollupId());
          if (rollup != null) {
            core.pools().included(rollup, part.transactions(), Pools.newestOf(rollup, open));
          }
        }
        if (!applied.transactions().isEmpty()) {
          shown.addAll(applied.transactions());
          dirty = true;
          publish(nowMs);
        }
        releases.add(() -> listener.followed(command.message()));
      }
      case Follower.Outcome.Early missing -> keepEarly(command, missing.firstMissingTick(), nowMs);
      case Follower.Outcome.Refused refused -> LOG.debug("frag refused: {}", refused.why());
      case Follower.Outcome.Old _, Follower.Outcome.SealApplied _ -> {}
    }
  }

  private void onSeal(Command.Seal command, long nowMs) {
    SealMessage message = command.message();
    if (own != null) {
      own.saw(message.operatorId(), message.seal());
    }
    long heightBefore = cluster.height();
    List<Transaction> before = openTransactions();
    switch (core.follower().onSeal(message)) {
      case Follower.Outcome.SealApplied applied -> {
        if (applied.droppedFrom() != -1) {
          LOG.warn(
              "blocks {} to {} gave way to tick {} of window {}",
              applied.droppedFrom(),
              heightBefore,
              message.tick(),
              message.seal().object().windowSlot());
          unposted.forgetFrom(applied.droppedFrom());
        }
        dropOpenTick(nowMs);
        for (SealMessage tick : applied.ticks()) {
          followed(tick, before);
        }
        takeBack(applied.displaced(), nowMs);
        newHeads();
        publish(nowMs);
        applied.ticks().forEach(tick -> releases.add(() -> listener.followed(tick)));
        retryEarly(nowMs);
      }
      case Follower.Outcome.Early missing -> keepEarly(command, missing.firstMissingTick(), nowMs);
      case Follower.Outcome.Refused refused ->
          LOG.info("seal of tick {} refused: {}", message.tick(), refused.why());
      case Follower.Outcome.Old _, Follower.Outcome.FragApplied _ -> {}
    }
  }

  /** A tick of somebody is on the chain now. */
  private void followed(SealMessage tick, List<Transaction> shownBefore) {
    noteSeal(tick);
    for (int i = 0; i < tick.blocks().size(); i++) {
      Rollup rollup = cluster.rollups().get(i);
      List<Transaction> included = tick.blocks().get(i).transactions();
      core.pools().included(rollup, included, rollup.chain().headState());
      included.stream().filter(tx -> !shownBefore.contains(tx)).forEach(tx -> shown.add(tx.hash()));
    }
  }

  private void noteSeal(SealMessage tick) {
    long windowSlot = tick.seal().object().windowSlot();
    handover.saw(tick.seal(), own == null ? windowSlot - 1 : own.previousWindowSlot(windowSlot));
  }

  private List<Transaction> openTransactions() {
    OpenTick open = core.follower().openTick();
    return open == null ? List.of() : List.copyOf(open.blocks().getFirst().transactions());
  }

  private void keepEarly(Command command, long firstMissingTick, long nowMs) {
    peers.keep(command);
    if (firstMissingTick >= 0) {
      peers.missing(firstMissingTick, nowMs);
    }
  }

  private void retryEarly(long nowMs) {
    for (Command command : peers.takeEarly()) {
      switch (command) {
        case Command.Frag frag -> onFrag(frag, nowMs);
        case Command.Seal seal -> onSeal(seal, nowMs);
        default -> throw new IllegalStateException("only messages are kept");
      }
    }
  }

  // --- what L1 says ---

  private void onL1(L1Update update, long nowMs) {
    dirty = true;
    switch (update) {
      case L1Update.Block block -> onL1Block(block, nowMs);
      case L1Update.Rewind rewind -> onL1Rewind(rewind.number(), nowMs);
      case L1Update.Finalized done -> core.derivation().finalizeUpTo(done.number());
      case L1Update.CaughtUp _ -> {
        caughtUp = true;
        if (own != null) {
          own.caughtUp(nowMs);
        }
        LOG.info("caught up with L1, safe block {}", cluster.safeHeight());
        unpostedSeals().forEach(this::noteSeal);
        reapplySealed(nowMs);
        peers.begin(cluster.headTick(), nowMs);
      }
      case L1Update.Unreachable away -> {
        l1Trouble = away.why();
        LOG.warn("L1 is away: {}", away.why());
      }
    }
  }

  private void onL1Block(L1Update.Block update, long nowMs) {
    l1Trouble = null;
    core.l1().add(update.block());
    if (caughtUp) {
      clockWatch.saw(update.block(), nowMs);
    }
    core.turns().registry(update.block().number(), update.registry());
    for (FetchedBatch batch : update.batches()) {
      DerivationLog.Entry last = core.derivationLog().last();
      if (last == null || batch.event().batchIndex() > last.batchIndex()) {
        derive(update, batch, nowMs);
      }
    }
    if (own != null) {
      own.poster().derivedUpTo(update.block().number());
    }
    if (caughtUp) {
      retryEarly(nowMs);
    }
  }

  private void derive(L1Update.Block update, FetchedBatch batch, long nowMs) {
    Hash32 headBefore = cluster.first().chain().headHash();
    List<SealMessage> unpostedBefore = unpostedSeals();
    Derivation.Outcome outcome = core.derivation().apply(update.block(), batch);
    long replacedFrom =
        switch (outcome) {
          case Derivation.Outcome.Derived derived -> {
            if (own != null) {
              own.sawPosted(batch);
            }
            LOG.info(
                "batch {} of operator {} makes block {} safe",
                batch.event().batchIndex(),
                batch.event().operatorId(),
                derived.height());
            yield derived.replacedFrom();
          }
          case Derivation.Outcome.Skipped skipped -> {
            LOG.warn(
                "batch {} of operator {} derives to nothing: {}",
                batch.event().batchIndex(),
                batch.event().operatorId(),
                skipped.why());
            yield skipped.replacedFrom();
          }
        };
    boolean moved = !headBefore.equals(cluster.first().chain().headHash());
    if (moved) {
      dropOpenTick(nowMs);
      core.follower().reset();
      reapplySealed(nowMs);
    }
    if (replacedFrom != -1) {
      unposted.forgetFrom(replacedFrom);
      List<SealMessage> gone =
          unpostedBefore.stream().filter(seal -> !core.follower().isOnChain(seal)).toList();
      if (gone.stream().anyMatch(seal -> !seal.seal().ctx().isProvisional())) {
        promiseMismatches++;
      }
      LOG.warn("unsafe blocks from {} gave way to what L1 says", replacedFrom);
      takeBack(gone, nowMs);
    }
    newHeads();
  }

  private void onL1Rewind(long number, long nowMs) {
    LOG.warn("L1 reorg: back to block {}", number);
    core.l1().rewindTo(number);
    core.turns().rewindTo(number);
    core.derivation().rewindTo(number);
    long lowestDead = -1;
    for (long height = cluster.height(); height > cluster.safeHeight(); height--) {
      if (anchorOf(height) <= number) {
        break;
      }
      lowestDead = height;
    }
    if (lowestDead != -1) {
      LOG.warn("blocks from {} stand on L1 blocks that are gone", lowestDead);
      List<Dropped> dropped = blocksFrom(lowestDead);
      cluster.rewindTo(lowestDead - 1);
      unposted.forgetFrom(lowestDead);
      core.follower().reset();
      dropOpenTick(nowMs);
      for (Dropped one : dropped) {
        core.pools().takeBack(one.rollup, one.transactions, one.rollup.chain().headState(), nowMs);
      }
    } else if (own != null && own.hasDeadAnchor()) {
      dropOpenTick(nowMs);
    }
    if (own != null) {
      own.poster().derivedUpTo(number);
    }
    newHeads();
  }

  /** What was included and is so no longer waits again. */
  private void takeBack(List<SealMessage> displaced, long nowMs) {
    for (SealMessage tick : displaced) {
      for (SealMessage.SealedBlock block : tick.blocks()) {
        Rollup rollup = cluster.rollup(block.leaf().rollupId());
        if (rollup != null) {
          StateReader newest = Pools.newestOf(rollup, openTick());
          core.pools().takeBack(rollup, block.transactions(), newest, nowMs);
        }
      }
    }
  }

  /**
   * The seals of what is on our chain and not on L1: what is known of handovers after a restart.
   */
  private List<SealMessage> unpostedSeals() {
    List<SealMessage> out = new ArrayList<>();
    for (long height = cluster.safeHeight() + 1; height <= cluster.height(); height++) {
      SealMessage seal =
          core.ledger().seal(HeaderExtra.of(block(cluster.first(), height).header()).tick());
      if (seal != null) {
        out.add(seal);
      }
    }
    return out;
  }

  private record Dropped(Rollup rollup, List<Transaction> transactions) {}

  private List<Dropped> blocksFrom(long height) {
    List<Dropped> out = new ArrayList<>();
    for (Rollup rollup : cluster.rollups()) {
      for (long h = height; h <= cluster.height(); h++) {
        out.add(new Dropped(rollup, block(rollup, h).transactions()));
      }
    }
    return out;
  }

  private long anchorOf(long height) {
    return SystemTransaction.anchorOf(block(cluster.first(), height).transactions().getFirst())
        .number();
  }

  private static Block block(Rollup rollup, long height) {
    Hash32 hash = rollup.chain().canonicalHash(height);
    Block block = hash == null ? null : rollup.chain().block(hash);
    if (block == null) {
      throw new IllegalStateException("rollup " + rollup.id() + " has no block " + height);
    }
    return block;
  }

  /**
   * Puts sealed ticks that this node holds back on the chain: after a restart, or after a batch
   * gave way.
   */
  private void reapplySealed(long nowMs) {
    for (SealMessage seal : core.ledger().seals(cluster.headTick() + 1, 1_024, 64 << 20)) {
      onSeal(new Command.Seal(seal), nowMs);
    }
  }

  /** The chain has moved under the tick this operator was building: its transactions wait again. */
  private void dropOpenTick(long nowMs) {
    if (own == null || own.builder().openTick() == null) {
      return;
    }
    Map<Long, List<Transaction>> orphans = own.headsMoved();
    orphans.forEach((rollupId, transactions) -> {
      Rollup rollup = cluster.rollup(rollupId);
      if (rollup != null) {
        StateReader newest = rollup.chain().headState();
        core.pools().takeBack(rollup, transactions, newest, nowMs);
      }
    });
  }

  private void newHeads() {
    dirty = true;
    unposted.refresh();
    for (Rollup rollup : cluster.rollups()) {
      core.pools()
          .newHead(rollup, BlockRules.nextBaseFee(rollup.chain().head(), rollup.genesis().forks()));
    }
  }

  private void onStop(Command.Stop stop, long nowMs) {
    OwnTurn turn = own;
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

  // --- what others see ---

  private void publish(long nowMs) {
    if (!dirty) {
      return;
    }
    dirty = false;
    List<Hash32> newly = List.copyOf(shown);
    shown.clear();
    NodeView view = NodeView.of(cluster, openTick(), core.turns().schedule(), status(nowMs));
    releases.add(() -> listener.published(view, newly));
  }

  private NodeStatus status(long nowMs) {
    Window window = core.turns().windowAt(Math.floorDiv(nowMs, 1000));
    OwnTurn turn = own;
    NodeStatus.State state =
        !caughtUp
            ? NodeStatus.State.SYNCING
            : turn == null ? NodeStatus.State.FOLLOWING : turn.state();
    String why = turn == null ? "follower" : turn.why();
    String trouble = l1Trouble;
    return new NodeStatus(
        state,
        trouble == null ? why : "L1 is away: " + trouble,
        turn != null && turn.isSequencing(),
        window == null ? -1 : window.windowSlot().value(),
        window == null ? null : core.turns().committer(window.operatorId()),
        turn == null ? null : turn.signer().committer(),
        turn == null ? Wei.ZERO : turn.exposure(),
        turn == null ? Wei.ZERO : turn.exposureLimit(),
        promiseMismatches + core.follower().mismatches());
  }

  /** Tick of the unsafe head, for tests and for asking peers. */
  public long headTick() {
    return HeaderExtra.of(cluster.first().chain().head()).tick();
  }
}
