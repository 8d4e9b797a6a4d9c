// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.wire;

import io.lockstep.config.NodeConfig;
import io.lockstep.config.RpcConfig;
import io.lockstep.config.cli.CommandLineParser;
import io.lockstep.execution.block.TxCheck;
import io.lockstep.execution.fork.Fork;
import io.lockstep.execution.rpc.CallOptions;
import io.lockstep.execution.rpc.ChainSubscriptions;
import io.lockstep.execution.rpc.ChainView;
import io.lockstep.execution.rpc.OpenBlockSubscriptions;
import io.lockstep.execution.rpc.Subscription;
import io.lockstep.l1client.blob.BlobArchive;
import io.lockstep.node.duty.L1Duties;
import io.lockstep.node.local.Entry;
import io.lockstep.node.local.LocalJournal;
import io.lockstep.node.ops.Dashboard;
import io.lockstep.node.ops.Health;
import io.lockstep.node.ops.Metrics;
import io.lockstep.node.ops.OpsRoutes;
import io.lockstep.node.rpc.BlobRoute;
import io.lockstep.node.rpc.ChainApi;
import io.lockstep.node.rpc.FabricMethods;
import io.lockstep.node.rpc.Grades;
import io.lockstep.node.rpc.L1Heads;
import io.lockstep.node.rpc.NodeChainView;
import io.lockstep.node.rpc.OwnWindows;
import io.lockstep.node.rpc.PoolReads;
import io.lockstep.node.rpc.PreconfMethods;
import io.lockstep.node.rpc.PromiseGate;
import io.lockstep.node.rpc.PromiseMethods;
import io.lockstep.node.rpc.RollupGate;
import io.lockstep.node.rpc.Streams;
import io.lockstep.node.rpc.SyncDesk;
import io.lockstep.node.rpc.SyncStatusMethods;
import io.lockstep.node.rpc.TxMethods;
import io.lockstep.preconf.commitment.CommitmentDomain;
import io.lockstep.preconf.fabric.FabricAnswer;
import io.lockstep.preconf.gossip.Gossip;
import io.lockstep.preconf.gossip.Topics;
import io.lockstep.preconf.ledger.ReleasedLedger;
import io.lockstep.preconf.wire.Routes;
import io.lockstep.preconf.wire.RpcEndpoint;
import io.lockstep.preconf.wire.SubscriptionSource;
import io.lockstep.preconf.wire.WireMeter;
import io.lockstep.preconf.wire.WireOptions;
import io.lockstep.preconf.wire.WireServer;
import io.lockstep.primitives.rpc.RpcMethod;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.sequencer.head.NodeStatus;
import io.lockstep.sequencer.head.NodeView;
import io.lockstep.sequencer.loop.Core;
import io.lockstep.sequencer.loop.SequencerLoop;
import io.lockstep.sequencer.tick.Rollup;
import io.lockstep.sequencer.window.WindowClock;
import io.lockstep.storage.kv.RocksUsage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The node's two servers: JSON-RPC for everybody, operations for its operator. */
final class NodeApi implements AutoCloseable {
  /** The file of users' own waiting transactions, beside the databases. */
  private static final String LOCAL_TRANSACTIONS = "local-transactions";

  /** Blocks that one eth_getLogs may span, and logs that it may answer with. */
  private static final int MAX_LOG_BLOCKS = 10_000;

  private static final int MAX_LOGS = 20_000;

  private final NodeConfig config;
  private final Core core;
  private final WindowClock clock;
  private final CommitmentDomain domain;
  private final L1Link l1;
  private final L1Watch watch;
  private final L1Heads heads;
  private final Supplier<@Nullable L1Duties> duties;
  private final SequencerLoop loop;
  private final Outbox outbox;
  private final SyncDesk desk;
  private final Streams streams;
  private final Gossip gossip;
  private final BlobArchive archive;
  private final @Nullable PosterSenders senders;
  private final Supplier<RocksUsage> storage;
  private final LongSupplier clockMs;
  private final WireMeter wireMeter = new WireMeter();
  private final Map<Long, RpcEndpoint> endpoints = new LinkedHashMap<>();
  private final Map<Long, RollupGate> gates = new LinkedHashMap<>();
  private final @Nullable LocalJournal journal;

  NodeApi(
      NodeConfig config,
      NodeParts parts,
      Gossip gossip,
      Supplier<RocksUsage> storage,
      LongSupplier clockMs) {
    this.config = config;
    this.core = parts.core();
    this.clock = parts.clock();
    this.domain = parts.domain();
    this.l1 = parts.l1();
    this.watch = parts.watch();
    this.heads = parts.heads();
    this.duties = parts::duties;
    this.loop = parts.loop();
    this.outbox = parts.outbox();
    this.desk = parts.desk();
    this.streams = parts.streams();
    this.archive = parts.blobs().archive();
    this.senders = parts.senders();
    this.gossip = gossip;
    this.storage = storage;
    this.clockMs = clockMs;
    PoolReads pool = new PoolReads(loop, core.pools());
    long journalBytes = config.sequencer().mempoolJournalBytes();
    this.journal =
        journalBytes == 0
            ? null
            : LocalJournal.open(
                config.storage().dir().resolve(LOCAL_TRANSACTIONS),
                journalBytes,
                entries -> stillWaiting(pool, entries));
    for (Rollup rollup : core.cluster().rollups()) {
      endpoints.put(rollup.id(), endpoint(rollup, pool));
    }
  }

  private RpcEndpoint endpoint(Rollup rollup, PoolReads pool) {
    RpcConfig rpc = config.rpc();
    NodeChainView view =
        new NodeChainView(
            rollup,
            outbox::view,
            pool,
            streams,
            () -> gossip.peers().size(),
            clockMs,
            CommandLineParser.version());
    streams.onViews(view::onViews);
    RollupGate gate =
        new RollupGate(
            rollup.id(),
            loop::offer,
            streams,
            (id, tx) -> gossip.flood(Topics.TRANSACTION, PeerDesk.encode(id, tx)),
            tx -> intakeFault(rollup, tx),
            taken -> keep(rollup.id(), taken));
    gates.put(rollup.id(), gate);
    ChainApi.Options options =
        new ChainApi.Options(
            new CallOptions(rpc.callGasCap(), rpc.callTimeoutMs(), MAX_LOG_BLOCKS, MAX_LOGS),
            new TxMethods.Timeouts(rpc.syncTimeoutMs(), rpc.syncTimeoutMaxMs()));
    ChainApi chain = new ChainApi(view, pool.of(rollup.id()), gate, desk, options);
    ReleasedLedger released = new ReleasedLedger(core.ledger());
    PreconfMethods preconf = new PreconfMethods(domain, released, clock, outbox::view, clockMs);
    PromiseMethods promises =
        new PromiseMethods(
            rollup.id(),
            gate,
            new PromiseGate(loop::offer),
            domain,
            released,
            new Grades(outbox::view));
    FabricMethods fabric =
        new FabricMethods(
            gates,
            new PromiseGate(loop::offer),
            domain,
            FabricAnswer.binding(
                core.rules().clusterId(), domain, l1.spec().genesis().forkVersion()),
            released,
            new OwnWindows(clock, outbox::view, clockMs));
    SyncStatusMethods sync = new SyncStatusMethods(rollup.id(), outbox::view, heads);
    return new RpcEndpoint(
        methods(chain, preconf, promises, fabric, sync, () -> rollup.genesis().json()),
        subscriptions(view, streams, new OpenBlockSubscriptions(view.forks(), view.openBlocks())));
  }

  private void keep(long rollupId, List<Transaction> taken) {
    if (journal != null) {
      journal.append(taken.stream().map(tx -> new Entry(rollupId, tx.encoded())).toList());
    }
  }

  private List<Entry> stillWaiting(PoolReads pool, List<Entry> entries) {
    Map<Long, Set<Hash32>> byRollup = new LinkedHashMap<>();
    for (Entry entry : entries) {
      if (gates.containsKey(entry.rollupId())) {
        byRollup.computeIfAbsent(entry.rollupId(), id -> new HashSet<>()).add(entry.txHash());
      }
    }
    byRollup.replaceAll(pool::waiting);
    return entries.stream()
        .filter(entry -> byRollup.getOrDefault(entry.rollupId(), Set.of()).contains(entry.txHash()))
        .toList();
  }

  /** Lets wait again what users sent before a restart; the loop must run. */
  void restoreLocalTransactions() {
    if (journal == null) {
      return;
    }
    journal.read(entries -> {
      Map<Long, List<Bytes>> byRollup = new LinkedHashMap<>();
      for (Entry entry : entries) {
        byRollup.computeIfAbsent(entry.rollupId(), id -> new ArrayList<>()).add(entry.raw());
      }
      byRollup.forEach((rollupId, raws) -> {
        RollupGate gate = gates.get(rollupId);
        if (gate != null) {
          gate.takeAgain(raws);
        }
      });
    });
    journal.compact();
  }

  @Override
  public void close() {
    if (journal != null) {
      journal.close();
    }
  }

  /** All methods of a rollup, in one table. */
  static Map<String, RpcMethod> methods(
      ChainApi chain,
      PreconfMethods preconf,
      PromiseMethods promises,
      FabricMethods fabric,
      SyncStatusMethods sync,
      Supplier<JsonNode> genesis) {
    Map<String, RpcMethod> methods = new TreeMap<>(chain.methods());
    preconf.addTo(methods);
    promises.addTo(methods);
    fabric.addTo(methods);
    sync.addTo(methods);
    // With debug_getRawBlock all that another client needs to run the chain itself.
    methods.put("debug_getGenesis", params -> genesis.get());
    return methods;
  }

  /** All that {@code eth_subscribe} knows of a rollup. */
  static Map<String, SubscriptionSource> subscriptions(
      ChainView view, Streams streams, OpenBlockSubscriptions open) {
    return Map.of(
        "newHeads", source(ChainSubscriptions.newHeads(view)),
        "logs", source(ChainSubscriptions.logs(view)),
        "newPendingTransactions", source(ChainSubscriptions.newPendingTransactions(view)),
        "newFlashblocks", source(open.blocks()),
        "newFlashblockTransactions", source(open.transactions()),
        "pendingLogs", source(open.logs()),
        "frags", streams.frags(),
        "seals", streams.seals(),
        "promises", streams.promises());
  }

  /** What needs neither state nor the loop: form, chain id, gas. */
  private @Nullable String intakeFault(Rollup rollup, Transaction tx) {
    long nowSeconds = Math.floorDiv(clockMs.getAsLong(), 1000);
    Fork fork = rollup.genesis().forks().at(outbox.view().first().head().number() + 1, nowSeconds);
    var fault =
        TxCheck.withoutState(
            tx, fork, rollup.genesis().forks().blobParams(fork), rollup.genesis().chainId());
    return fault == null ? null : fault.message();
  }

  private static SubscriptionSource source(Subscription subscription) {
    return subscription::subscribe;
  }

  WireServer startRpc() throws IOException {
    RpcConfig rpc = config.rpc();
    Map<String, RpcEndpoint> paths = new LinkedHashMap<>();
    paths.put("/", endpoints.get(core.cluster().first().id()));
    endpoints.forEach((id, endpoint) -> paths.put("/" + id, endpoint));
    WireOptions options =
        WireOptions.of(rpc.host(), rpc.port())
            .withBounds(rpc.bounds())
            .withRates(rpc.rates())
            .withAccess(rpc.access());
    return WireServer.start(options, new BlobRoute(archive).addTo(new Routes()), paths, wireMeter);
  }

  WireServer startOps() throws IOException {
    Metrics metrics = new Metrics();
    metrics.gauge("head_unsafe", "height of the sealed head", () -> view().first().head().number());
    metrics.gauge("head_safe", "height derived from L1", () -> view().first().safe().number());
    metrics.gauge(
        "head_finalized",
        "height derived from finalized L1",
        () -> view().first().finalized().number());
    metrics.gauge(
        "sequencing", "1 while this node sequences", () -> view().status().sequencing() ? 1 : 0);
    metrics.gauge("peers", "connected gossip peers", () -> gossip.peers().size());
    metrics.gauge(
        "exposure_wei",
        "coverage of own promises that are not on L1 yet",
        () -> view().status().exposureWei().toBigInteger().doubleValue());
    watch.addTo(metrics, l1, clockMs);
    DutyGauges.addTo(metrics, duties);
    WireGauges.addTo(metrics, wireMeter);
    StorageGauges.addTo(metrics, storage, core.cluster().first().chain());
    if (senders != null) {
      senders.meter().addTo(metrics, senders::countUnderWay);
    }
    metrics.counted(
        "promise_mismatches",
        "times that a derived block was not the promised one; stays 0",
        () -> view().status().promiseMismatches());
    for (NodeStatus.State state : NodeStatus.State.values()) {
      metrics.gauge(
          "state_" + state.name().toLowerCase(java.util.Locale.ROOT),
          "1 while the node is in state " + state,
          () -> view().status().state() == state ? 1 : 0);
    }
    Health health =
        new Health().check("state", this::stateVerdict).check("promises", this::promiseVerdict);
    RpcEndpoint first = endpoints.get(core.cluster().first().id());
    if (first == null) {
      throw new IllegalStateException("a cluster has a first rollup");
    }
    return WireServer.start(
        WireOptions.of(config.ops().host(), config.ops().port()),
        OpsRoutes.of(metrics, health, new Dashboard(first.methods())),
        Map.of());
  }

  private NodeView view() {
    return outbox.view();
  }

  private Health.Verdict stateVerdict() {
    NodeStatus status = view().status();
    String text = status.state() + ": " + status.why();
    return switch (status.state()) {
      case SYNCING, SAFE_HALT -> new Health.Verdict.Failing(text);
      case FOLLOWING, ARMED, HANDOVER_IN, SEQUENCING, POSTING, HANDOVER_OUT, SETTLING ->
          new Health.Verdict.Passing(text);
    };
  }

  private Health.Verdict promiseVerdict() {
    long mismatches = view().status().promiseMismatches();
    return mismatches == 0
        ? new Health.Verdict.Passing("every derived block was the promised one")
        : new Health.Verdict.Failing(mismatches + " derived blocks were not the promised ones");
  }
}
