// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.loop;

import io.lockstep.execution.block.BlockRules;
import io.lockstep.execution.journal.StateReader;
import io.lockstep.preconf.gossip.SealMessage;
import io.lockstep.primitives.tx.Block;
import io.lockstep.primitives.tx.BlockHeader;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.types.Wei;
import io.lockstep.sequencer.derive.PostedHead;
import io.lockstep.sequencer.head.Cluster;
import io.lockstep.sequencer.head.NodeStatus;
import io.lockstep.sequencer.head.NodeView;
import io.lockstep.sequencer.schedule.Window;
import io.lockstep.sequencer.tick.HeaderExtra;
import io.lockstep.sequencer.tick.OpenTick;
import io.lockstep.sequencer.tick.Rollup;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the loop's sides share: the operator's part if there is one, what is unposted, what leaves.
 * Keeps all of it in line when the chain moves. Owner: the sequencing thread.
 */
final class Stage {
  final Core core;
  final Cluster cluster;
  final LoopListener listener;
  final Handover handover;
  final Posted posted;
  final PostedHead postedHead;
  final Unposted unposted;
  final Releases releases;
  final PeerCatchUp peers;
  final ClockWatch clockWatch;
  final @Nullable OwnTurn own;
  boolean caughtUp;
  @Nullable String l1Trouble;
  private final Map<L1Alarm, String> alarms = new EnumMap<>(L1Alarm.class);
  private final List<Hash32> shown = new ArrayList<>();
  private boolean dirty = true;
  private long promiseMismatches;

  Stage(Core core, SequencerLoop.@Nullable OperatorParts operator, LoopListener listener) {
    this.core = core;
    this.cluster = core.cluster();
    this.listener = listener;
    this.handover =
        new Handover((number, hash) -> hash.equals(cluster.first().chain().canonicalHash(number)));
    this.posted = new Posted(core.derivationLog());
    this.postedHead = new PostedHead(cluster);
    this.unposted =
        new Unposted(cluster, operator == null ? cluster::safeHeight : this::postedAtHeadsAnchor);
    this.peers = new PeerCatchUp(listener, core.rules().peerPatienceMs());
    this.clockWatch = new ClockWatch(core.l1().clock());
    this.releases =
        operator == null
            ? Releases.ofNothingSigned()
            : new Releases(operator.signer().durability());
    this.own =
        operator == null
            ? null
            : new OwnTurn(core, operator, handover, posted, unposted, new Around(), clockWatch);
  }

  /** No anchor goes back: what is posted there is posted for all that comes. */
  private long postedAtHeadsAnchor() {
    return posted.heightAt(cluster.anchorAt(cluster.height()).number());
  }

  /** What the operator's part asks of the loop. */
  private final class Around implements OwnTurn.Surroundings {
    @Override
    public @Nullable String l1Trouble() {
      return l1Trouble;
    }

    @Override
    public @Nullable String headDoubt() {
      String head = alarms.get(L1Alarm.HEAD);
      return head == null ? alarms.get(L1Alarm.SCHEDULE) : head;
    }

    @Override
    public boolean heardPeers(long nowMs) {
      return peers.isDone(cluster.headTick(), nowMs);
    }
  }

  /** The tick whose transactions are shown: the own one, or the one being followed. */
  @Nullable OpenTick openTick() {
    OpenTick mine = own == null ? null : own.builder().openTick();
    return mine == null ? core.follower().openTick() : mine;
  }

  /** L1 cannot be relied upon in some respect, or can be again when there is no reason. */
  void alarm(L1Alarm alarm, @Nullable String why) {
    if (why == null) {
      alarms.remove(alarm);
    } else {
      alarms.put(alarm, why);
    }
    touch();
  }

  void noteSeal(SealMessage tick) {
    long windowSlot = tick.seal().object().windowSlot();
    handover.saw(tick, own == null ? windowSlot - 1 : own.run().previousWindowSlot(windowSlot));
  }

  /** What was included and is so no longer waits again. */
  void takeBack(List<SealMessage> displaced, long nowMs) {
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
  List<SealMessage> unpostedSeals() {
    return sealsOf(unpostedTicks());
  }

  /** The ticks that are on our chain and not on L1. */
  List<Long> unpostedTicks() {
    List<Long> out = new ArrayList<>();
    for (long height = cluster.safeHeight() + 1; height <= cluster.height(); height++) {
      out.add(HeaderExtra.of(header(cluster.first(), height)).tick());
    }
    return out;
  }

  /** Those of the ticks that are known here. */
  List<SealMessage> sealsOf(List<Long> ticks) {
    List<SealMessage> out = new ArrayList<>();
    for (long tick : ticks) {
      SealMessage seal = core.ledger().seal(tick);
      if (seal != null) {
        out.add(seal);
      }
    }
    return out;
  }

  private static BlockHeader header(Rollup rollup, long height) {
    BlockHeader header = rollup.chain().canonicalHeader(height);
    if (header == null) {
      throw new IllegalStateException("rollup " + rollup.id() + " has no block " + height);
    }
    return header;
  }

  static Block block(Rollup rollup, long height) {
    Hash32 hash = rollup.chain().canonicalHash(height);
    Block block = hash == null ? null : rollup.chain().block(hash);
    if (block == null) {
      throw new IllegalStateException("rollup " + rollup.id() + " has no block " + height);
    }
    return block;
  }

  /**
   * The chain has moved under the tick this operator was building, if any: its transactions wait
   * again.
   */
  void chainMoved(long nowMs) {
    if (own == null) {
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

  void newHeads() {
    dirty = true;
    unposted.refresh();
    if (own != null) {
      own.promises().newHeads();
    }
    for (Rollup rollup : cluster.rollups()) {
      core.pools()
          .newHead(rollup, BlockRules.nextBaseFee(rollup.chain().head(), rollup.genesis().forks()));
    }
  }

  /** A signed promise was not kept: what must never be. */
  void promiseMismatch() {
    promiseMismatches++;
  }

  // --- what others see ---

  /** Something that others see has changed. */
  void touch() {
    dirty = true;
  }

  /** These transactions have a receipt from the next picture on. */
  void show(List<Hash32> transactions) {
    if (!transactions.isEmpty()) {
      shown.addAll(transactions);
      dirty = true;
    }
  }

  void publish(long nowMs) {
    if (!dirty) {
      return;
    }
    dirty = false;
    List<Hash32> newly = List.copyOf(shown);
    shown.clear();
    NodeView view =
        NodeView.of(
            cluster, postedHead.height(), openTick(), core.turns().schedule(), status(nowMs));
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
    return new NodeStatus(
        state,
        reason(why),
        turn != null && turn.isSequencing(),
        window == null ? -1 : window.windowSlot().value(),
        window == null ? null : core.turns().committer(window),
        turn == null ? null : turn.signer().committer(),
        turn == null ? Wei.ZERO : turn.exposure(),
        turn == null ? Wei.ZERO : turn.exposureLimit(),
        promiseMismatches
            + core.follower().mismatches()
            + (turn == null ? 0 : turn.promises().differences()));
  }

  private String reason(String why) {
    String trouble = l1Trouble;
    List<String> reasons = new ArrayList<>();
    reasons.add(trouble == null ? why : "L1 is away: " + trouble);
    for (String alarm : alarms.values()) {
      if (!reasons.contains(alarm)) {
        reasons.add(alarm);
      }
    }
    return String.join("; ", reasons);
  }
}
