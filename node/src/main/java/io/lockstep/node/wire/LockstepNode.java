// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.wire;

import io.lockstep.config.NodeConfig;
import io.lockstep.config.OperatorConfig;
import io.lockstep.config.cluster.ClusterFile;
import io.lockstep.execution.state.ChainDb;
import io.lockstep.execution.state.Genesis;
import io.lockstep.l1client.L1Exception;
import io.lockstep.l1client.contract.ClusterInboxAbi;
import io.lockstep.l1client.execution.BlockTag;
import io.lockstep.l1client.heads.L1Event;
import io.lockstep.node.rpc.Streams;
import io.lockstep.node.rpc.SyncDesk;
import io.lockstep.preconf.commitment.CommitmentDomain;
import io.lockstep.preconf.gossip.GossipNode;
import io.lockstep.preconf.gossip.GossipOptions;
import io.lockstep.preconf.ledger.CommitmentLedger;
import io.lockstep.preconf.signing.CommitmentSigner;
import io.lockstep.preconf.wire.WireServer;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.types.Wei;
import io.lockstep.sequencer.builder.BuilderRules;
import io.lockstep.sequencer.builder.TickBuilder;
import io.lockstep.sequencer.derive.Derivation;
import io.lockstep.sequencer.derive.DerivationLog;
import io.lockstep.sequencer.derive.DerivationRules;
import io.lockstep.sequencer.derive.L1Feed;
import io.lockstep.sequencer.follow.Follower;
import io.lockstep.sequencer.head.Cluster;
import io.lockstep.sequencer.head.L1View;
import io.lockstep.sequencer.head.NodeStatus;
import io.lockstep.sequencer.head.NodeView;
import io.lockstep.sequencer.head.Turns;
import io.lockstep.sequencer.loop.Command;
import io.lockstep.sequencer.loop.Core;
import io.lockstep.sequencer.loop.LoopRules;
import io.lockstep.sequencer.loop.Pools;
import io.lockstep.sequencer.loop.SequencerLoop;
import io.lockstep.sequencer.mempool.DropListener;
import io.lockstep.sequencer.mempool.Mempool;
import io.lockstep.sequencer.mempool.MempoolLimits;
import io.lockstep.sequencer.post.Poster;
import io.lockstep.sequencer.tick.HeaderExtra;
import io.lockstep.sequencer.tick.Rollup;
import io.lockstep.sequencer.window.WindowClock;
import io.lockstep.storage.kv.Column;
import io.lockstep.storage.kv.KeyValueStore;
import io.lockstep.storage.kv.RocksStore;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One running node. Parts start in the order in which they stand in {@link #start}; whatever has
 * started is closed in the reverse order, also when a later part fails to start.
 */
public final class LockstepNode implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LockstepNode.class);

  /** Protocol §6.2: λβ = 0.5 × 0.6. */
  private static final int EXPOSURE_SHARE_PERCENT = 30;

  /** Protocol §6.2: what a transaction counts that bought no coverage, 0.0001 ETH. */
  private static final Wei COUNTED_PER_TRANSACTION = Wei.of(100_000_000_000_000L);

  /** An operator that starts waits so long for its peers to tell what is not posted yet. */
  private static final long PEER_PATIENCE_MS = 3_000;

  /**
   * Posted is what was sealed: how long a stopping node waits for its last posting to be on its
   * way.
   */
  private static final long STOP_POSTING_MS = 4_000;

  private final Deque<AutoCloseable> started = new ArrayDeque<>();
  private final NodeConfig config;
  private final LongSupplier clockMs;
  private @Nullable SequencerLoop loop;
  private @Nullable PosterSenders senders;
  private final CountDownLatch failed = new CountDownLatch(1);
  private volatile @Nullable String failure;

  private LockstepNode(NodeConfig config, LongSupplier clockMs) {
    this.config = config;
    this.clockMs = clockMs;
  }

  /**
   * Starts a node.
   *
   * @throws StartFailure when any part cannot start; nothing is left running then
   */
  public static LockstepNode start(NodeConfig config, LongSupplier clockMs) throws StartFailure {
    LockstepNode node = new LockstepNode(config, clockMs);
    try {
      node.startParts();
      return node;
    } catch (StartFailure e) {
      node.closeParts();
      throw e;
    } catch (IOException e) {
      node.closeParts();
      throw new StartFailure(StartFailure.Kind.SURROUNDINGS, String.valueOf(e.getMessage()), e);
    } catch (L1Exception e) {
      node.closeParts();
      throw new StartFailure(StartFailure.Kind.SURROUNDINGS, "L1: " + e.getMessage(), e);
    }
  }

  /** Waits until the node has failed and says why; a node that is closed does not fail. */
  public String awaitFailure() throws InterruptedException {
    failed.await();
    return String.valueOf(failure);
  }

  private void startParts() throws StartFailure, IOException, L1Exception {
    ClusterFile cluster = config.cluster().cluster();
    List<Genesis> geneses = geneses(cluster);
    KeyValueStore store =
        keep(RocksStore.open(config.storage().dir().resolve("db"), columns(geneses)));
    ExecutorService kzg = Threads.cpu("kzg", 1);
    started.push(kzg::shutdownNow);
    ExecutorService cpu = Threads.cpu("cpu", 1);
    started.push(cpu::shutdownNow);
    ExecutorService streamThread = Threads.ordered("streams");
    started.push(streamThread::shutdownNow);
    L1Link l1 = keep(L1Link.open(config.l1(), cluster, kzg));

    CommitmentDomain domain =
        new CommitmentDomain(cluster.l1().chainId(), cluster.operatorRegistry());
    Hash32 clusterId = CommitmentDomain.clusterId(cluster.l1().chainId(), cluster.clusterInbox());
    Cluster chains = chains(store, geneses);
    Hash32 genesisBatchHash =
        ClusterInboxAbi.genesisBatchHash(clusterId, ClusterInboxAbi.headOf(genesisHashes(chains)));
    WindowClock clock =
        new WindowClock(
            l1.spec().clock(),
            cluster.parameters().tickSeconds(),
            cluster.parameters().handoverLeadSeconds());
    DerivationRules rules =
        new DerivationRules(
            l1.spec().clock(),
            cluster.parameters().tickSeconds(),
            cluster.parameters().minAnchorLagSlots());
    CommitmentLedger ledger = new CommitmentLedger(store, domain);
    DerivationLog log = new DerivationLog(store);
    L1View view = new L1View(l1.spec().clock(), cluster.parameters().minAnchorLagSlots());
    Turns turns = new Turns(clock, cluster.parameters().registryDelayEpochs(), Wei.ZERO);
    Derivation derivation =
        new Derivation(chains, log, rules, domain, clusterId, genesisBatchHash, turns::committer);
    Follower follower = new Follower(chains, view, turns, domain, clusterId, ledger, rules);
    Pools pools = new Pools(mempools(chains));
    LoopRules loopRules =
        new LoopRules(
            clusterId,
            genesisBatchHash,
            cluster.parameters().graceMs(),
            COUNTED_PER_TRANSACTION,
            EXPOSURE_SHARE_PERCENT,
            config.gossip().peers().isEmpty() ? 0 : PEER_PATIENCE_MS);
    Core core = new Core(chains, view, turns, ledger, log, derivation, follower, pools, loopRules);

    Streams streams = new Streams(domain, streamThread);
    SyncDesk desk = new SyncDesk();
    Outbox outbox = new Outbox(desk, streams);
    SequencerLoop.@Nullable OperatorParts operator = operator(core, l1, store, cpu, kzg);
    SequencerLoop running = new SequencerLoop(core, operator, outbox);
    loop = running;
    outbox.publishFirst(NodeView.of(chains, null, turns.schedule(), NodeStatus.STARTING));

    GossipNode gossip =
        keep(
            GossipNode.start(
                GossipOptions.of(
                    config.gossip().host(),
                    config.gossip().port(),
                    config.gossip().peers(),
                    clusterId),
                new PeerDesk(
                    running, ledger, () -> HeaderExtra.of(outbox.view().first().head()).tick())));
    outbox.connect(running, gossip);

    NodeApi api =
        new NodeApi(config, core, clock, domain, running, outbox, desk, streams, gossip, clockMs);
    WireServer rpc = keep(api.startRpc());
    WireServer ops = keep(api.startOps());

    L1Feed feed =
        new L1Feed(
            l1.execution(),
            l1.inbox(),
            l1.registry(),
            l1.blobs(),
            l1.spec().clock(),
            new L1Feed.Sources(cluster.clusterInbox(), cluster.deploymentBlock()),
            update -> put(running, new Command.L1(update)));
    List<Consumer<L1Event>> told = senders == null ? List.of() : List.of(senders::onL1Event);
    L1Runner runner = keep(new L1Runner(l1, feed, running, told, clockMs, this::onDeath));
    startLoopThread(running);
    if (senders != null) {
      keep(senders).start(this::onDeath);
    }
    runner.start(newestEntries(log));
    LOG.info(
        "node is up: rpc {}, ops {}, gossip {}, {}",
        rpc.port(),
        ops.port(),
        gossip.port(),
        operator == null ? "follower" : "operator " + operator.operatorId());
  }

  private <T extends AutoCloseable> T keep(T part) {
    started.push(part);
    return part;
  }

  private static List<Genesis> geneses(ClusterFile cluster) throws StartFailure {
    List<Genesis> out = new ArrayList<>();
    for (ClusterFile.Rollup rollup : cluster.rollups()) {
      try {
        out.add(Genesis.parse(rollup.genesis()));
      } catch (DecodeException e) {
        throw new StartFailure(
            StartFailure.Kind.CONFIGURATION,
            "genesis of rollup " + rollup.chainId() + ": " + e.getMessage(),
            e);
      }
    }
    return out;
  }

  private static String prefix(Genesis genesis) {
    return "r" + genesis.chainId();
  }

  private static List<Column> columns(List<Genesis> geneses) {
    List<Column> columns = new ArrayList<>();
    geneses.forEach(genesis -> columns.addAll(ChainDb.columns(prefix(genesis))));
    columns.addAll(CommitmentLedger.columns());
    columns.addAll(CommitmentSigner.columns());
    columns.addAll(DerivationLog.columns());
    columns.addAll(PosterSenders.columns());
    return columns;
  }

  private Cluster chains(KeyValueStore store, List<Genesis> geneses) {
    List<Rollup> rollups = new ArrayList<>();
    for (Genesis genesis : geneses) {
      rollups.add(new Rollup(genesis, keep(ChainDb.open(store, prefix(genesis), genesis))));
    }
    return new Cluster(rollups);
  }

  private static List<Hash32> genesisHashes(Cluster cluster) {
    return cluster.rollups().stream().map(rollup -> rollup.chain().genesisHeader().hash()).toList();
  }

  private Map<Long, Mempool> mempools(Cluster cluster) {
    MempoolLimits limits =
        new MempoolLimits(
            config.sequencer().mempoolMaxTransactions(),
            config.sequencer().mempoolMaxBytes(),
            config.sequencer().mempoolMaxPerSender(),
            MempoolLimits.DEFAULT.maxTransactionBytes(),
            MempoolLimits.DEFAULT.queuedLifetimeMs(),
            MempoolLimits.DEFAULT.minTipWei());
    Map<Long, Mempool> out = new LinkedHashMap<>();
    for (Rollup rollup : cluster.rollups()) {
      out.put(rollup.id(), new Mempool(limits, DropListener.NONE));
    }
    return out;
  }

  private SequencerLoop.@Nullable OperatorParts operator(
      Core core, L1Link l1, KeyValueStore store, ExecutorService cpu, ExecutorService kzg)
      throws StartFailure, L1Exception {
    OperatorConfig keys = config.operator();
    if (keys == null) {
      return null;
    }
    ClusterFile cluster = config.cluster().cluster();
    int id = l1.registry().operatorOfCommitter(keys.committer().address(), BlockTag.LATEST);
    if (id == 0) {
      throw new StartFailure(
          StartFailure.Kind.CONFIGURATION,
          "committer "
              + keys.committer().address()
              + " is not registered in "
              + cluster.operatorRegistry()
              + ": register the operator first, or start without [operator] as a follower");
    }
    for (var poster : keys.posters()) {
      if (l1.registry().operatorOfPoster(poster.address(), BlockTag.LATEST) != id) {
        throw new StartFailure(
            StartFailure.Kind.CONFIGURATION,
            "poster " + poster.address() + " is not a poster of operator " + id);
      }
    }
    CommitmentDomain domain =
        new CommitmentDomain(cluster.l1().chainId(), cluster.operatorRegistry());
    CommitmentSigner signer =
        new CommitmentSigner(
            keys.committer(),
            domain,
            store,
            keys.durability() == OperatorConfig.Durability.FSYNC
                ? KeyValueStore.Durability.FSYNC
                : KeyValueStore.Durability.PROCESS);
    TickBuilder builder =
        new TickBuilder(
            new BuilderRules(
                core.rules().clusterId(),
                config.sequencer().fragMinIntervalMs(),
                config.sequencer().heartbeatMs()),
            core.cluster().rollups(),
            core.pools().byRollup(),
            signer,
            core.ledger());
    PosterSenders posting =
        new PosterSenders(
            l1.execution(),
            store,
            keys.posters(),
            cluster,
            kzg,
            (windowSlot, success) -> {
              SequencerLoop target = loop;
              if (target != null) {
                var _ = target.offer(new Command.PostingLanded(windowSlot, success));
              }
            });
    senders = posting;
    Poster poster =
        new Poster(
            id,
            core.cluster(),
            core.ledger(),
            core.derivationLog(),
            core.rules().genesisBatchHash(),
            posting,
            cpu);
    return new SequencerLoop.OperatorParts(id, signer, builder, poster);
  }

  private static List<DerivationLog.Entry> newestEntries(DerivationLog log) {
    List<DerivationLog.Entry> out = new ArrayList<>();
    DerivationLog.Entry entry = log.last();
    while (entry != null && out.size() < 256) {
      out.add(entry);
      entry = entry.l1Number() == 0 ? null : log.newestUpTo(entry.l1Number() - 1);
    }
    return out;
  }

  private void startLoopThread(SequencerLoop running) {
    Thread thread =
        Thread.ofPlatform()
            .name("seq-loop")
            .uncaughtExceptionHandler(this::onDeath)
            .unstarted(() -> running.run(clockMs));
    started.push(() -> {
      thread.interrupt();
      thread.join(TimeUnit.SECONDS.toMillis(5));
    });
    thread.start();
  }

  private static void put(SequencerLoop loop, Command command) {
    try {
      loop.put(command);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void onDeath(Thread thread, Throwable error) {
    LOG.error("thread {} died, the node stops", thread.getName(), error);
    failure = "thread " + thread.getName() + " died: " + error;
    failed.countDown();
  }

  /** Ends gracefully: what is sealed is posted, then the parts are closed in reverse order. */
  @Override
  public void close() {
    SequencerLoop running = loop;
    if (running != null && config.operator() != null && failure == null) {
      CountDownLatch handedOver = new CountDownLatch(1);
      if (running.offer(new Command.Stop(handedOver::countDown))) {
        try {
          long deadlineMs = System.nanoTime() / 1_000_000 + STOP_POSTING_MS;
          if (!handedOver.await(STOP_POSTING_MS, TimeUnit.MILLISECONDS)) {
            LOG.warn("what is sealed could not be handed to L1 in time; a successor carries it");
          } else if (senders != null) {
            senders.awaitIdle(Math.max(0, deadlineMs - System.nanoTime() / 1_000_000));
          }
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
    }
    closeParts();
  }

  private void closeParts() {
    while (!started.isEmpty()) {
      AutoCloseable part = started.pop();
      try {
        part.close();
      } catch (Exception e) {
        LOG.error("{} did not close cleanly", part.getClass().getSimpleName(), e);
      }
    }
  }
}
