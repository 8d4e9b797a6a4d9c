// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.scenario;

import io.lockstep.execution.journal.AccountState;
import io.lockstep.execution.state.ChainDb;
import io.lockstep.execution.state.Genesis;
import io.lockstep.l1client.fee.BlobSchedule;
import io.lockstep.preconf.commitment.CommitmentDomain;
import io.lockstep.preconf.evidence.EvidenceStore;
import io.lockstep.preconf.gossip.FragMessage;
import io.lockstep.preconf.gossip.PromiseMessage;
import io.lockstep.preconf.gossip.SealMessage;
import io.lockstep.preconf.ledger.CommitmentLedger;
import io.lockstep.preconf.signing.CommitmentSigner;
import io.lockstep.preconf.signing.GroupCommit;
import io.lockstep.preconf.signing.SigningDatabase;
import io.lockstep.preconf.signing.SigningDatabaseRefused;
import io.lockstep.preconf.signing.SigningScope;
import io.lockstep.primitives.crypto.Signer;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.sequencer.builder.BuilderRules;
import io.lockstep.sequencer.builder.TickBuilder;
import io.lockstep.sequencer.derive.Derivation;
import io.lockstep.sequencer.derive.DerivationLog;
import io.lockstep.sequencer.follow.Follower;
import io.lockstep.sequencer.head.Cluster;
import io.lockstep.sequencer.head.L1View;
import io.lockstep.sequencer.head.NodeStatus;
import io.lockstep.sequencer.head.NodeView;
import io.lockstep.sequencer.head.Turns;
import io.lockstep.sequencer.inbound.InboundLog;
import io.lockstep.sequencer.loop.Command;
import io.lockstep.sequencer.loop.Core;
import io.lockstep.sequencer.loop.LoopListener;
import io.lockstep.sequencer.loop.LoopRules;
import io.lockstep.sequencer.loop.Pools;
import io.lockstep.sequencer.loop.SequencerLoop;
import io.lockstep.sequencer.mempool.DropListener;
import io.lockstep.sequencer.mempool.Mempool;
import io.lockstep.sequencer.mempool.MempoolLimits;
import io.lockstep.sequencer.post.Poster;
import io.lockstep.sequencer.promise.PromiseRates;
import io.lockstep.sequencer.tick.InsertionRules;
import io.lockstep.sequencer.tick.Rollup;
import io.lockstep.sequencer.watch.ContradictionWatch;
import io.lockstep.sequencer.window.WindowClock;
import io.lockstep.storage.kv.Column;
import io.lockstep.storage.kv.KeyValueStore;
import io.lockstep.storage.kv.RocksStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One node of a scenario: the real loop over a real store, driven by hand. */
final class ScenarioNode implements LoopListener, AutoCloseable {
  private static final PromiseRates RATES =
      new PromiseRates(5_400, 990_000, 1_000_000, 50_000, 60, 800_000, 250_000, 126_976);

  private final ScenarioNet net;
  private final Path dir;
  private @Nullable SigningDatabase signing;
  final int operatorId;
  final KeyValueStore store;
  final Core core;
  final SequencerLoop loop;
  final List<FragMessage> released = new ArrayList<>();
  final List<SealMessage> sealed = new ArrayList<>();
  final List<PromiseMessage> promisesHeard = new ArrayList<>();
  boolean cutOff;
  boolean dead;
  NodeView view;

  /**
   * @param operatorId 0 for a follower
   */
  ScenarioNode(ScenarioNet net, int operatorId, @Nullable Signer committer, Path dir) {
    this.net = net;
    this.operatorId = operatorId;
    Genesis genesis = net.genesis;
    List<Column> columns = new ArrayList<>(ChainDb.columns("r"));
    columns.addAll(CommitmentLedger.columns());
    columns.addAll(EvidenceStore.columns());
    columns.addAll(SigningDatabase.mainColumns());
    columns.addAll(DerivationLog.columns());
    columns.addAll(InboundLog.columns());
    this.dir = dir;
    this.store = RocksStore.open(dir, columns);
    InboundLog inbound = new InboundLog(store);
    ChainDb chain = ChainDb.open(store, "r", genesis);
    Cluster cluster =
        new Cluster(List.of(new Rollup(genesis, chain, inbound, new InsertionRules(16))));
    CommitmentDomain domain = net.domain;
    CommitmentLedger ledger = new CommitmentLedger(store, domain);
    DerivationLog log = new DerivationLog(store);
    WindowClock clock =
        new WindowClock(net.clock, ScenarioNet.TICK_SECONDS, ScenarioNet.LEAD_SECONDS);
    L1View l1 = new L1View(net.clock, 2);
    Turns turns = new Turns(clock);
    Derivation derivation =
        new Derivation(
            cluster, log, inbound, net.rules, domain, net.clusterId, net.genesisBatchHash);
    ContradictionWatch watch = new ContradictionWatch(domain, ledger, l1, new EvidenceStore(store));
    Follower follower =
        new Follower(cluster, l1, turns, domain, net.clusterId, ledger, net.rules, watch);
    Mempool mempool = new Mempool(MempoolLimits.DEFAULT, DropListener.NONE);
    long rollupId = cluster.first().id();
    Pools pools = new Pools(Map.of(rollupId, mempool));
    this.core =
        new Core(
            cluster,
            l1,
            turns,
            ledger,
            log,
            derivation,
            follower,
            watch,
            pools,
            new LoopRules(
                net.clusterId,
                net.genesisBatchHash,
                1_000,
                net.countedPerTransaction,
                30,
                net.earlyPostingPercent,
                16,
                96,
                0));
    this.view = NodeView.of(cluster, 0, null, turns.schedule(), NodeStatus.STARTING);
    this.loop =
        new SequencerLoop(
            core,
            committer == null ? null : operator(committer, ledger, pools, cluster, log),
            this);
  }

  private SequencerLoop.OperatorParts operator(
      Signer committer, CommitmentLedger ledger, Pools pools, Cluster cluster, DerivationLog log) {
    SigningScope scope =
        new SigningScope(net.clusterId, net.domain.l1ChainId(), committer.address());
    SigningDatabase database;
    try {
      database =
          SigningDatabase.open(
              dir.resolve(SigningDatabase.DIRECTORY),
              store,
              scope,
              KeyValueStore.Durability.PROCESS);
    } catch (SigningDatabaseRefused e) {
      throw new IllegalStateException(e);
    }
    signing = database;
    database.completeLedger(ledger);
    CommitmentSigner signer =
        new CommitmentSigner(
            committer, net.domain, database, GroupCommit.process(), 0, net.nowMs());
    TickBuilder builder =
        new TickBuilder(
            new BuilderRules(net.clusterId, 10, 250),
            cluster.rollups(),
            pools.byRollup(),
            signer,
            ledger);
    Poster poster =
        new Poster(
            operatorId,
            cluster,
            ledger,
            log,
            net.genesisBatchHash,
            new ScriptedPosting(net.l1, operatorId),
            Runnable::run);
    return new SequencerLoop.OperatorParts(
        operatorId, signer, builder, poster, BlobSchedule.UNKNOWN, RATES);
  }

  long height() {
    return core.cluster().height();
  }

  /** How many transactions of the net's user the first rollup's newest block stands on. */
  long userTransactions() {
    AccountState user =
        core.cluster().first().chain().headState().account(ScenarioNet.key("user").address());
    return user == null ? 0 : user.nonce();
  }

  long safeHeight() {
    return core.cluster().safeHeight();
  }

  @Nullable Hash32 hashAt(long height) {
    return core.cluster().first().chain().canonicalHash(height);
  }

  void tell(Command command) {
    if (!loop.offer(command)) {
      throw new IllegalStateException("the inbox of operator " + operatorId + " is full");
    }
  }

  @Override
  public void published(NodeView next, List<Hash32> shown) {
    view = next;
    net.shown(this, shown);
  }

  @Override
  public void release(FragMessage frag) {
    released.add(frag);
    net.deliver(this, new Command.Frag(frag));
  }

  @Override
  public void release(SealMessage seal) {
    sealed.add(seal);
    net.deliver(this, new Command.Seal(seal));
  }

  @Override
  public void release(PromiseMessage promise) {
    net.deliver(this, new Command.Promise(promise));
  }

  @Override
  public void followed(PromiseMessage promise) {
    promisesHeard.add(promise);
  }

  @Override
  public void followed(FragMessage frag) {}

  @Override
  public void followed(SealMessage seal) {}

  @Override
  public void missingTicks(long firstTick, boolean everyPeer) {
    net.askForTicks(this, firstTick);
  }

  @Override
  public void close() {
    if (signing != null) {
      signing.close();
    }
    store.close();
  }
}
