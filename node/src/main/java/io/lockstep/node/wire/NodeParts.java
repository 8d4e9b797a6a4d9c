// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.wire;

import io.lockstep.config.NodeConfig;
import io.lockstep.config.OperatorConfig;
import io.lockstep.config.OperatorKey;
import io.lockstep.config.PromiseConfig;
import io.lockstep.config.SequencerConfig;
import io.lockstep.config.StorageConfig;
import io.lockstep.config.cluster.ClusterFile;
import io.lockstep.execution.state.ChainDb;
import io.lockstep.execution.state.ChainOptions;
import io.lockstep.execution.state.Genesis;
import io.lockstep.l1client.L1Exception;
import io.lockstep.l1client.beacon.BeaconEventSource;
import io.lockstep.l1client.blob.BlobArchive;
import io.lockstep.l1client.contract.ClusterInboxAbi;
import io.lockstep.l1client.contract.RegistryReader;
import io.lockstep.l1client.execution.BlockTag;
import io.lockstep.l1client.fee.BlobSchedule;
import io.lockstep.l1client.heads.L1Event;
import io.lockstep.l1client.loop.Pacer;
import io.lockstep.node.duty.L1Duties;
import io.lockstep.node.rpc.L1Heads;
import io.lockstep.node.rpc.Streams;
import io.lockstep.node.rpc.SyncDesk;
import io.lockstep.preconf.commitment.CommitmentDomain;
import io.lockstep.preconf.evidence.EvidenceStore;
import io.lockstep.preconf.gossip.Gossip;
import io.lockstep.preconf.gossip.GossipListener;
import io.lockstep.preconf.ledger.CommitmentLedger;
import io.lockstep.preconf.ledger.ReleasedLedger;
import io.lockstep.preconf.signing.CommitmentSigner;
import io.lockstep.preconf.signing.SigningDatabase;
import io.lockstep.preconf.signing.SigningScope;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.crypto.Signer;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Epoch;
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
import io.lockstep.sequencer.inbound.Inbound;
import io.lockstep.sequencer.inbound.InboundLog;
import io.lockstep.sequencer.loop.Command;
import io.lockstep.sequencer.loop.Core;
import io.lockstep.sequencer.loop.L1Alarm;
import io.lockstep.sequencer.loop.LoopRules;
import io.lockstep.sequencer.loop.Pools;
import io.lockstep.sequencer.loop.SequencerLoop;
import io.lockstep.sequencer.mempool.DropListener;
import io.lockstep.sequencer.mempool.Mempool;
import io.lockstep.sequencer.mempool.MempoolLimits;
import io.lockstep.sequencer.post.Poster;
import io.lockstep.sequencer.promise.PromiseRates;
import io.lockstep.sequencer.schedule.EpochOperators;
import io.lockstep.sequencer.tick.HeaderExtra;
import io.lockstep.sequencer.tick.InsertionRules;
import io.lockstep.sequencer.tick.Rollup;
import io.lockstep.sequencer.watch.ContradictionWatch;
import io.lockstep.sequencer.window.WindowClock;
import io.lockstep.storage.kv.Column;
import io.lockstep.storage.kv.KeyValueStore;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * All of a node but its threads, sockets and disk: assembled from a configuration and {@link
 * NodePorts}, driven from outside through {@link #loop}, {@link #senders} and what L1 and the peers
 * say. Which thread may call a part is that part's own matter.
 */
public final class NodeParts implements AutoCloseable {
  /** Protocol §6.2: λβ = 0.5 × 0.6. */
  private static final int EXPOSURE_SHARE_PERCENT = 30;

  /** An operator that starts waits so long for its peers to tell what is not posted yet. */
  private static final long PEER_PATIENCE_MS = 3_000;

  /** Protocol §6.2: what a transaction counts that bought no coverage, 0.0001 ETH. */
  private static final Wei COUNTED_PER_TRANSACTION = Wei.of(100_000_000_000_000L);

  /** Entries of the derivation log below which a reorg during a pause is not looked for. */
  private static final int RESUME_ENTRIES = 256;

  private final L1Link l1;
  private final BlobParts blobs;
  private final Pacer pacer;
  private final ClusterFile cluster;
  private final WindowClock clock;
  private final CommitmentDomain domain;
  private final Core core;
  private final Streams streams;
  private final SyncDesk desk = new SyncDesk();
  private final L1Watch watch = new L1Watch();
  private final L1Heads heads = new L1Heads();
  private final Outbox outbox;
  private final PeerDesk peerDesk;
  private final SequencerLoop loop;
  private final @Nullable PosterSenders senders;
  private final @Nullable Integer operatorId;
  private final @Nullable Signer l1Key;
  private volatile @Nullable L1Duties duties;

  private NodeParts(NodeConfig config, NodePorts ports, Cluster chains, InboundLog inbound)
      throws StartFailure, L1Exception {
    this.l1 = ports.l1();
    this.blobs = ports.blobs();
    this.pacer = ports.pacer();
    this.cluster = config.cluster().cluster();
    this.clock =
        new WindowClock(
            l1.spec().clock(),
            cluster.parameters().tickSeconds(),
            cluster.parameters().handoverLeadSeconds());
    this.domain = new CommitmentDomain(cluster.l1().chainId(), cluster.operatorRegistry());
    this.core = core(ports.store(), chains, inbound, config);
    this.streams = new Streams(domain, ports.streams());
    this.outbox = new Outbox(desk, streams, ports.random());
    OperatorConfig keys = config.operator();
    OperatorKey l1Key = keys == null ? null : keys.l1Key();
    this.l1Key = l1Key == null ? null : ports.signers().of(l1Key);
    if (keys == null) {
      this.operatorId = null;
      this.senders = null;
      this.loop = new SequencerLoop(core, null, outbox);
    } else {
      int id = registeredId(keys);
      this.operatorId = id;
      this.senders =
          new PosterSenders(
              ports,
              config.posting(),
              keys.posters().stream().map(ports.signers()::of).toList(),
              cluster,
              this::postingLanded);
      this.loop =
          new SequencerLoop(core, operator(id, keys, config.sequencer(), ports, senders), outbox);
    }
    this.peerDesk =
        new PeerDesk(
            core.pools().byRollup().keySet(),
            loop,
            new ReleasedLedger(core.ledger()),
            streams,
            () -> HeaderExtra.of(outbox.view().first().head()).tick());
    outbox.publishFirst(NodeView.of(chains, 0, null, core.turns().schedule(), NodeStatus.STARTING));
  }

  /** What waits for the disk can leave: the loop looks at once. */
  private void synced() {
    var _ = loop.offer(new Command.Synced());
  }

  /**
   * Opens the chains and assembles the parts; nothing moves yet.
   *
   * @throws StartFailure when the cluster file or the operator's keys do not fit
   * @throws L1Exception when L1 cannot be asked for the operator's registration
   */
  public static NodeParts assemble(NodeConfig config, NodePorts ports)
      throws StartFailure, L1Exception {
    InboundLog inbound = new InboundLog(ports.store());
    Cluster chains =
        chains(
            ports.store(),
            geneses(config.cluster().cluster()),
            options(config.storage()),
            inbound,
            insertion(config.cluster().cluster(), ports.l1()));
    try {
      return new NodeParts(config, ports, chains, inbound);
    } catch (StartFailure | L1Exception | RuntimeException e) {
      close(chains);
      throw e;
    }
  }

  /** The columns that a node's store must have. */
  public static List<Column> columns(ClusterFile cluster) throws StartFailure {
    List<Column> columns = new ArrayList<>();
    geneses(cluster).forEach(genesis -> columns.addAll(ChainDb.columns(prefix(genesis))));
    columns.addAll(CommitmentLedger.columns());
    columns.addAll(EvidenceStore.columns());
    columns.addAll(SigningDatabase.mainColumns());
    columns.addAll(DerivationLog.columns());
    columns.addAll(InboundLog.columns());
    columns.addAll(PosterSenders.columns());
    columns.addAll(BlobArchive.columns());
    return columns;
  }

  /** The genesis of each rollup, in the cluster's order. */
  public static List<Genesis> geneses(ClusterFile cluster) throws StartFailure {
    List<Genesis> out = new ArrayList<>();
    for (ClusterFile.Rollup rollup : cluster.rollups()) {
      out.add(genesis(rollup));
    }
    return out;
  }

  private static Genesis genesis(ClusterFile.Rollup rollup) throws StartFailure {
    try {
      return Genesis.parse(rollup.genesis());
    } catch (DecodeException e) {
      throw new StartFailure(
          StartFailure.Kind.CONFIGURATION,
          "genesis of rollup " + rollup.chainId() + ": " + e.getMessage(),
          e);
    }
  }

  /**
   * A rollup's chain as a node has left it in its store.
   *
   * @throws StartFailure when the store has no chain of this rollup
   */
  public static ChainDb storedChain(KeyValueStore store, ClusterFile.Rollup rollup)
      throws StartFailure {
    Genesis genesis = genesis(rollup);
    String prefix = prefix(genesis);
    if (!ChainDb.isBegun(store, prefix)) {
      throw new StartFailure(
          StartFailure.Kind.CONFIGURATION, "the store has no chain of rollup " + rollup.chainId());
    }
    return ChainDb.open(store, prefix, genesis);
  }

  /** What the names of a rollup's columns begin with. */
  public static String prefix(Genesis genesis) {
    return "r" + genesis.chainId();
  }

  /** The chains of a node that does not run; nothing of them is given up. */
  public static Cluster chains(KeyValueStore store, ClusterFile cluster) throws StartFailure {
    return chains(
        store,
        geneses(cluster),
        ChainOptions.DEFAULT.withHistory(ChainOptions.ARCHIVE),
        Inbound.NONE,
        new InsertionRules(0));
  }

  private static ChainOptions options(StorageConfig storage) {
    return ChainOptions.DEFAULT.withHistory(
        storage.isArchive() ? ChainOptions.ARCHIVE : storage.historyBlocks());
  }

  private static Cluster chains(
      KeyValueStore store,
      List<Genesis> geneses,
      ChainOptions options,
      Inbound inbound,
      InsertionRules rules) {
    List<Rollup> rollups = new ArrayList<>();
    for (Genesis genesis : geneses) {
      ChainDb chain = ChainDb.open(store, prefix(genesis), genesis, options);
      rollups.add(new Rollup(genesis, chain, inbound, rules));
    }
    return new Cluster(rollups);
  }

  private Core core(KeyValueStore store, Cluster chains, InboundLog inbound, NodeConfig config) {
    Hash32 clusterId = CommitmentDomain.clusterId(cluster.l1().chainId(), cluster.clusterInbox());
    List<Hash32> genesisHashes =
        chains.rollups().stream().map(rollup -> rollup.chain().genesisHeader().hash()).toList();
    Hash32 genesisBatchHash =
        ClusterInboxAbi.genesisBatchHash(clusterId, ClusterInboxAbi.headOf(genesisHashes));
    DerivationRules rules = derivationRules();
    CommitmentLedger ledger = new CommitmentLedger(store, domain);
    DerivationLog log = new DerivationLog(store);
    L1View view = new L1View(l1.spec().clock(), cluster.parameters().minAnchorLagSlots());
    Turns turns = new Turns(clock);
    Derivation derivation =
        new Derivation(chains, log, inbound, rules, domain, clusterId, genesisBatchHash);
    ContradictionWatch contradictions =
        new ContradictionWatch(domain, ledger, view, new EvidenceStore(store));
    Follower follower =
        new Follower(chains, view, turns, domain, clusterId, ledger, rules, contradictions);
    LoopRules loopRules =
        new LoopRules(
            clusterId,
            genesisBatchHash,
            cluster.parameters().graceMs(),
            COUNTED_PER_TRANSACTION,
            EXPOSURE_SHARE_PERCENT,
            config.posting().earlyPercent(),
            cluster.parameters().openAfterSlots(),
            cluster.parameters().maxAnchorLagBlocks(),
            config.gossip().peers().isEmpty() ? 0 : PEER_PATIENCE_MS);
    Pools pools = new Pools(mempools(chains, config.sequencer()));
    return new Core(
        chains, view, turns, ledger, log, derivation, follower, contradictions, pools, loopRules);
  }

  private DerivationRules derivationRules() {
    return new DerivationRules(
        l1.spec().clock(),
        cluster.parameters().tickSeconds(),
        cluster.parameters().minAnchorLagSlots(),
        cluster.parameters().maxAnchorLagBlocks());
  }

  private static InsertionRules insertion(ClusterFile cluster, L1Link l1) {
    return new InsertionRules(
        cluster.parameters().forcedDelaySlots() * l1.spec().clock().slotSeconds());
  }

  private static Map<Long, Mempool> mempools(Cluster chains, SequencerConfig sequencer) {
    MempoolLimits limits =
        new MempoolLimits(
            sequencer.mempoolMaxTransactions(),
            sequencer.mempoolMaxBytes(),
            sequencer.mempoolMaxPerSender(),
            MempoolLimits.DEFAULT.maxTransactionBytes(),
            MempoolLimits.DEFAULT.queuedLifetimeMs(),
            MempoolLimits.DEFAULT.minTipWei(),
            MempoolLimits.DEFAULT.maxFailures(),
            MempoolLimits.DEFAULT.failureRegainMs());
    Map<Long, Mempool> out = new LinkedHashMap<>();
    for (Rollup rollup : chains.rollups()) {
      out.put(rollup.id(), new Mempool(limits, DropListener.NONE));
    }
    return out;
  }

  private int registeredId(OperatorConfig keys) throws StartFailure, L1Exception {
    RegistryReader registry = l1.registry();
    int id = registry.operatorOfCommitter(keys.committer().address(), BlockTag.LATEST);
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
      if (registry.operatorOfPoster(poster.address(), BlockTag.LATEST) != id) {
        throw new StartFailure(
            StartFailure.Kind.CONFIGURATION,
            "poster " + poster.address() + " is not a poster of operator " + id);
      }
    }
    return id;
  }

  private SequencerLoop.OperatorParts operator(
      int id,
      OperatorConfig keys,
      SequencerConfig sequencer,
      NodePorts ports,
      PosterSenders posting)
      throws StartFailure {
    SigningScope scope =
        new SigningScope(
            core.rules().clusterId(), cluster.l1().chainId(), keys.committer().address());
    Signer committer = ports.signers().of(keys.committer());
    CommitmentSigner signer = ports.signing().open(committer, keys, scope, domain, core.ledger());
    signer.onDurable(this::synced);
    TickBuilder builder =
        new TickBuilder(
            new BuilderRules(
                core.rules().clusterId(), sequencer.fragMinIntervalMs(), sequencer.heartbeatMs()),
            core.cluster().rollups(),
            core.pools().byRollup(),
            signer,
            core.ledger());
    Poster poster =
        new Poster(
            id,
            core.cluster(),
            core.ledger(),
            core.derivationLog(),
            core.rules().genesisBatchHash(),
            posting,
            ports.cpu());
    return new SequencerLoop.OperatorParts(
        id, signer, builder, poster, BlobSchedule.ofBeacon(l1.spec()), rates(sequencer.promises()));
  }

  private static PromiseRates rates(PromiseConfig config) {
    return new PromiseRates(
        config.missPpm(),
        config.carryPpm(),
        config.finePpm(),
        config.capitalPpmPerYear(),
        config.settleSeconds(),
        config.volatilityPpmPerYear(),
        config.postingGas(),
        config.postingBytes());
  }

  private void postingLanded(long windowSlot, boolean success) {
    var _ = loop.offer(new Command.PostingLanded(windowSlot, success));
  }

  /** From now on what the loop releases goes to these peers. */
  public void connect(Gossip gossip) {
    outbox.connect(loop, gossip);
  }

  /**
   * What keeps the loop and the senders told about L1; to be started with {@link #resume}.
   *
   * @param events hints of the beacon node; closed with the runner
   * @param clockMs Unix milliseconds
   */
  public L1Runner l1Runner(
      BeaconEventSource events, LongSupplier clockMs, Thread.UncaughtExceptionHandler onDeath) {
    List<Consumer<L1Event>> told = senders == null ? List.of() : List.of(senders::onL1Event);
    L1Duties own =
        L1Duties.of(
            new L1Duties.L1(
                l1.execution(),
                l1.beacon(),
                l1.spec(),
                l1.registry(),
                l1.oracle(),
                cluster.l1().chainId()),
            clock,
            operatorId,
            l1Key,
            outbox::view,
            clockMs,
            new L1Duties.Listener() {
              @Override
              public void alarm(@Nullable String why) {
                put(new Command.Alarm(L1Alarm.SCHEDULE, why));
              }

              @Override
              public void passed(Epoch epoch, EpochOperators operators) {
                put(new Command.PassedEpoch(epoch, operators));
              }
            },
            pacer);
    duties = own;
    return new L1Runner(l1, events, feed(), loop, told, watch, heads, own, clockMs, pacer, onDeath);
  }

  /** What the node does on L1 beside posting; null before the L1 runner is made. */
  @Nullable L1Duties duties() {
    return duties;
  }

  private L1Feed feed() {
    return new L1Feed(
        l1.execution(),
        l1.inbox(),
        l1.inbound(),
        l1.registry(),
        blobs.fetcher(),
        derivationRules(),
        new L1Feed.Sources(
            cluster.clusterInbox(), cluster.deploymentBlock(), core.rules().genesisBatchHash()),
        update -> put(new Command.L1(update)),
        pacer);
  }

  private void put(Command command) {
    try {
      loop.put(command);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The chains of all rollups. */
  List<ChainDb> chains() {
    return core.cluster().rollups().stream().map(Rollup::chain).toList();
  }

  /** From where the feed goes on. */
  public L1Feed.Resume resume() {
    DerivationLog log = core.derivationLog();
    List<DerivationLog.Entry> out = new ArrayList<>();
    DerivationLog.Entry entry = log.last();
    while (entry != null && out.size() < RESUME_ENTRIES) {
      out.add(entry);
      entry = entry.l1Number() == 0 ? null : log.newestUpTo(entry.l1Number() - 1);
    }
    return new L1Feed.Resume(out, core.derivation().inboundKnownTo());
  }

  /** A transaction as it is flooded to the peers, under {@code Topics.TRANSACTION}. */
  public static Bytes flooded(long rollupId, Transaction tx) {
    return PeerDesk.encode(rollupId, tx);
  }

  /** Takes what peers send. */
  public GossipListener peerDesk() {
    return peerDesk;
  }

  public SequencerLoop loop() {
    return loop;
  }

  /** The senders of L1 transactions; null in a follower. */
  public @Nullable PosterSenders senders() {
    return senders;
  }

  /** The operator's number in the registry; null in a follower. */
  public @Nullable Integer operatorId() {
    return operatorId;
  }

  public Core core() {
    return core;
  }

  /** The newest picture that the loop has published. */
  public NodeView view() {
    return outbox.view();
  }

  public CommitmentDomain domain() {
    return domain;
  }

  L1Link l1() {
    return l1;
  }

  L1Heads heads() {
    return heads;
  }

  L1Watch watch() {
    return watch;
  }

  BlobParts blobs() {
    return blobs;
  }

  WindowClock clock() {
    return clock;
  }

  Outbox outbox() {
    return outbox;
  }

  SyncDesk desk() {
    return desk;
  }

  Streams streams() {
    return streams;
  }

  /** Closes the chains; the store is its owner's to close. */
  @Override
  public void close() {
    close(core.cluster());
  }

  private static void close(Cluster chains) {
    for (Rollup rollup : chains.rollups().reversed()) {
      rollup.chain().close();
    }
  }
}
