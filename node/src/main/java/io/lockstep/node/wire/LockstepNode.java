// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.wire;

import io.lockstep.config.NodeConfig;
import io.lockstep.config.StorageConfig;
import io.lockstep.config.cluster.ClusterFile;
import io.lockstep.execution.state.ChainPruner;
import io.lockstep.l1client.L1Exception;
import io.lockstep.l1client.beacon.BeaconEvents;
import io.lockstep.l1client.http.JdkTransport;
import io.lockstep.l1client.loop.Pacer;
import io.lockstep.preconf.gossip.GossipNode;
import io.lockstep.preconf.gossip.GossipOptions;
import io.lockstep.preconf.signer.Signers;
import io.lockstep.preconf.wire.WireServer;
import io.lockstep.primitives.crypto.BlobProofs;
import io.lockstep.primitives.crypto.Kzg;
import io.lockstep.sequencer.loop.Command;
import io.lockstep.sequencer.loop.SequencerLoop;
import io.lockstep.storage.kv.RocksSettings;
import io.lockstep.storage.kv.RocksStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
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

  /** The main store's name in the folder of a node's databases. */
  public static final String MAIN_STORE = "db";

  /** What a database is called while a snapshot is imported into it. */
  public static final String IMPORTED_STORE = "db.importing";

  /** The deployment as the node last ran it, kept beside its databases. */
  public static final String CLUSTER_FILE = "cluster.json";

  private static final long CONNECT_TIMEOUT_MS = 2_000;

  /**
   * Posted is what was sealed: how long a stopping node waits for its last posting to be on its
   * way.
   */
  private static final long STOP_POSTING_MS = 4_000;

  private final Deque<AutoCloseable> started = new ArrayDeque<>();
  private final NodeConfig config;
  private final LongSupplier clockMs;
  private @Nullable NodeParts parts;
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
    RocksStore store = keep(openStore(cluster));
    DiskSigning signing =
        keep(new DiskSigning(config.storage().dir(), store, clockMs, this::onDeath));
    Signers signers = keep(new Signers());
    ExecutorService kzg = Threads.cpu("kzg", 1);
    started.push(kzg::shutdownNow);
    kzg.execute(Kzg::load); // so that the first posting does not wait for it
    ExecutorService cpu = Threads.cpu("cpu", 1);
    started.push(cpu::shutdownNow);
    ExecutorService streams = Threads.ordered("streams");
    started.push(streams::shutdownNow);
    JdkTransport transport = keep(new JdkTransport(CONNECT_TIMEOUT_MS));
    L1Link l1 = L1Link.open(config.l1(), cluster, transport, System::nanoTime);
    BlobParts blobs =
        BlobParts.of(
            config.blobs(),
            config.l1(),
            l1,
            transport,
            store,
            kzg,
            BlobProofs.KZG,
            Pacer.SYSTEM,
            System::nanoTime);
    NodeParts node =
        keep(
            NodeParts.assemble(
                config,
                new NodePorts(
                    store,
                    signing,
                    signers,
                    l1,
                    blobs,
                    PostingPaths.of(config.posting(), config.l1(), l1, transport, System::nanoTime),
                    new SplittableRandom(),
                    cpu,
                    kzg,
                    BlobProofs.KZG,
                    Pacer.SYSTEM,
                    streams)));
    parts = node;
    cluster.write(config.storage().dir().resolve(CLUSTER_FILE));

    GossipNode gossip =
        keep(
            GossipNode.start(
                GossipOptions.of(
                    config.gossip().host(),
                    config.gossip().port(),
                    config.gossip().peers(),
                    node.core().rules().clusterId()),
                node.peerDesk()));
    node.connect(gossip);

    NodeApi api = keep(new NodeApi(config, node, gossip, store::usage, clockMs));
    startLoopThread(node.loop());
    // Before anybody asks for a nonce.
    api.restoreLocalTransactions();
    WireServer rpc = keep(api.startRpc());
    WireServer ops = keep(api.startOps());

    BeaconEvents events =
        new BeaconEvents(
            l1.beacon().pool(),
            transport.client(),
            BeaconEvents.Options.forSlots(l1.spec().clock().slotSeconds() * 1000));
    L1Runner runner = keep(node.l1Runner(events, clockMs, this::onDeath));
    keep(ChainPruner.start(node.chains(), this::onDeath));
    PosterSenders senders = node.senders();
    if (senders != null) {
      keep(senders).start(this::onDeath);
    }
    runner.start(node.resume());
    LOG.info(
        "node is up: rpc {}, ops {}, gossip {}, {}",
        rpc.port(),
        ops.port(),
        gossip.port(),
        node.operatorId() == null ? "follower" : "operator " + node.operatorId());
  }

  private RocksStore openStore(ClusterFile cluster) throws StartFailure {
    StorageConfig storage = config.storage();
    Path unfinished = storage.dir().resolve(IMPORTED_STORE);
    if (Files.exists(unfinished)) {
      throw new StartFailure(
          StartFailure.Kind.CONFIGURATION,
          unfinished
              + ": the import of a snapshot did not come to its end; run lockstep snapshot import"
              + " again, or remove this folder to derive everything from L1");
    }
    return RocksStore.open(
        storage.dir().resolve(MAIN_STORE),
        NodeParts.columns(cluster),
        RocksSettings.DEFAULT
            .withBlockCacheBytes(storage.blockCacheBytes())
            .withWriteBuffersTotalBytes(storage.writeBufferBytes()));
  }

  private <T extends AutoCloseable> T keep(T part) {
    started.push(part);
    return part;
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

  private void onDeath(Thread thread, Throwable error) {
    LOG.error("thread {} died, the node stops", thread.getName(), error);
    failure = "thread " + thread.getName() + " died: " + error;
    failed.countDown();
  }

  /** Ends gracefully: what is sealed is posted, then the parts are closed in reverse order. */
  @Override
  public void close() {
    NodeParts running = parts;
    PosterSenders senders = running == null ? null : running.senders();
    if (running != null && senders != null && failure == null) {
      CountDownLatch handedOver = new CountDownLatch(1);
      if (running.loop().offer(new Command.Stop(handedOver::countDown))) {
        try {
          long deadlineMs = System.nanoTime() / 1_000_000 + STOP_POSTING_MS;
          if (!handedOver.await(STOP_POSTING_MS, TimeUnit.MILLISECONDS)) {
            LOG.warn("what is sealed could not be handed to L1 in time; a successor carries it");
          } else {
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
