// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.sim;

import io.lockstep.config.BlobsConfig;
import io.lockstep.config.ClusterConfig;
import io.lockstep.config.GossipConfig;
import io.lockstep.config.HostPort;
import io.lockstep.config.L1Config;
import io.lockstep.config.NodeConfig;
import io.lockstep.config.OperatorConfig;
import io.lockstep.config.OpsConfig;
import io.lockstep.config.PostingConfig;
import io.lockstep.config.PromiseConfig;
import io.lockstep.config.RpcAccess;
import io.lockstep.config.RpcBounds;
import io.lockstep.config.RpcConfig;
import io.lockstep.config.RpcRates;
import io.lockstep.config.SequencerConfig;
import io.lockstep.config.StorageConfig;
import io.lockstep.config.cluster.ClusterFile;
import io.lockstep.devnet.deploy.DevAccounts;
import io.lockstep.devnet.deploy.OperatorKeys;
import io.lockstep.l1client.L1Exception;
import io.lockstep.l1client.send.InclusionPath;
import io.lockstep.node.wire.BlobParts;
import io.lockstep.node.wire.L1Link;
import io.lockstep.node.wire.NodeParts;
import io.lockstep.node.wire.NodePorts;
import io.lockstep.node.wire.PosterSenders;
import io.lockstep.node.wire.SigningPort;
import io.lockstep.node.wire.StartFailure;
import io.lockstep.preconf.commitment.CommitmentDomain;
import io.lockstep.preconf.ledger.CommitmentLedger;
import io.lockstep.preconf.signer.Signers;
import io.lockstep.preconf.signing.CommitmentSigner;
import io.lockstep.preconf.signing.GroupCommit;
import io.lockstep.preconf.signing.SigningDatabase;
import io.lockstep.preconf.signing.SigningDatabaseRefused;
import io.lockstep.preconf.signing.SigningScope;
import io.lockstep.primitives.crypto.SecretKey;
import io.lockstep.primitives.crypto.Signer;
import io.lockstep.storage.kv.KeyValueStore;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * One node of a run: the real parts on simulated ports. It can be killed at any step, lose power,
 * start again, be given an older disk. One thread.
 */
final class SimNode {
  /** How often the sequencing thread gets its turn. */
  private static final long TURN_MS = 10;

  private static final int SLOWEST_SYNC_MS = 6;
  private static final long START_AGAIN_MS = 1_000;
  private static final long REQUEST_TIMEOUT_MS = 2_000;

  /** What the nodes of a run share. */
  record Surroundings(
      SimTime time, SimL1 l1, SimNetwork network, ClusterFile cluster, Watcher watcher) {}

  /** Told what a node does. */
  interface Watcher {
    /** Something of the node has thrown: a bug. */
    void died(SimNode node, Throwable cause);

    /** The node has finished a turn. */
    void stepped(SimNode node);

    void story(String who, String what);
  }

  private final int index;
  private final String name;
  private final @Nullable OperatorKeys keys;
  private final OperatorConfig.Durability durability;
  private final Surroundings around;
  private final SplittableRandom random;
  private final SimL1.Trouble trouble = new SimL1.Trouble();
  private SimDisk disk = new SimDisk();
  private SimDisk signingDisk = new SimDisk();
  private int disksMade;
  private int boots;
  private @Nullable Life life;
  private long skewMs;
  private int starts;
  private boolean held;
  private boolean wantedUp;

  SimNode(
      int index,
      String name,
      @Nullable OperatorKeys keys,
      OperatorConfig.Durability durability,
      Surroundings around,
      SplittableRandom random) {
    this.index = index;
    this.name = name;
    this.keys = keys;
    this.durability = durability;
    this.around = around;
    this.random = random;
  }

  /**
   * The first disk was the operator's before the run began: nobody has to be listened for. Another
   * one, restored or a twin's, is a copy whose original may still be signing.
   */
  private NodeConfig config() {
    int listenEpochs = disksMade == 0 ? 0 : 1;
    return new NodeConfig(
        new L1Config(List.of(SimL1.RPC), List.of(SimL1.BEACON), REQUEST_TIMEOUT_MS),
        new ClusterConfig(Path.of("cluster.json"), around.cluster),
        keys == null
            ? null
            : OperatorConfig.holding(
                keys.committer(), keys.posters(), l1Key(keys), durability, listenEpochs),
        new RpcConfig(
            "127.0.0.1",
            0,
            1 << 20,
            1_000,
            1_000,
            1_000,
            RpcBounds.DEFAULT,
            RpcRates.DEFAULT,
            RpcAccess.DEFAULT),
        new GossipConfig("127.0.0.1", 0, List.of(new HostPort("simulated", 1))),
        StorageConfig.in(Path.of("simulated")),
        new SequencerConfig(10, 250, 10_000, 1_024, 1 << 26, 0, PromiseConfig.DEFAULT),
        PostingConfig.DEFAULT,
        BlobsConfig.DEFAULT,
        new OpsConfig("127.0.0.1", 0));
  }

  /** Pays for lookahead syncs and for nothing else: the last of the wallets, one for each owner. */
  private static SecretKey l1Key(OperatorKeys keys) {
    List<SecretKey> wallets = DevAccounts.keys();
    int place = 0;
    while (!OperatorKeys.devnet(place).owner().address().equals(keys.owner().address())) {
      place++;
    }
    return wallets.get(wallets.size() - 1 - place);
  }

  /** One life of the process, from a start to its end. */
  private final class Life implements SigningPort {
    private final Fibers fibers = new Fibers(around.time, name);
    private final KeyValueStore store = disk.open();
    private final KeyValueStore signingStore = signingDisk.open();
    private final NodeConfig config = config();
    private final SimL1.Access access;
    private @Nullable NodeParts parts;
    private SimNetwork.@Nullable Member member;
    private @Nullable GroupCommit commits;
    private boolean syncing;

    Life() {
      this.access = around.l1.new Access(fibers, trouble);
    }

    boolean isNow() {
      return life == this;
    }

    void start() {
      var _ = fibers.start("start", this::bringUp, this::died);
    }

    private void bringUp() {
      try {
        while (!isBroughtUp()) {
          fibers.sleep(START_AGAIN_MS);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    /** A process that cannot start ends, and whoever looks after it starts it again. */
    private boolean isBroughtUp() {
      try {
        bringUpOnce();
        return true;
      } catch (StartFailure | L1Exception e) {
        around.watcher.story(name, "cannot start yet: " + e.getMessage());
        return false;
      }
    }

    private void bringUpOnce() throws StartFailure, L1Exception {
      L1Link l1 =
          L1Link.open(config.l1(), around.cluster, access, () -> around.time.nowMs() * 1_000_000);
      BlobParts blobs =
          BlobParts.of(
              config.blobs(),
              config.l1(),
              l1,
              access,
              store,
              Runnable::run,
              new HashProofs(),
              fibers,
              () -> around.time.nowMs() * 1_000_000);
      NodeParts built =
          NodeParts.assemble(
              config,
              new NodePorts(
                  store,
                  this,
                  new Signers(),
                  l1,
                  blobs,
                  InclusionPath.mempool(l1.execution()),
                  random,
                  Runnable::run,
                  Runnable::run,
                  new HashProofs(),
                  fibers,
                  Runnable::run));
      parts = built;
      SimNetwork.Member joined = around.network.join(index, built.peerDesk());
      member = joined;
      built.connect(joined);
      PosterSenders senders = built.senders();
      if (senders != null) {
        senders.start(this::died);
      }
      built.l1Runner(access, SimNode.this::clockMs, this::died).start(built.resume());
      around.time.after(index, this::turn);
      around.watcher.story(name, "is up");
    }

    @Override
    public CommitmentSigner open(
        Signer committer,
        OperatorConfig operator,
        SigningScope scope,
        CommitmentDomain domain,
        CommitmentLedger ledger)
        throws StartFailure {
      SigningDatabase database;
      try {
        String place = name + ", disk " + disksMade;
        database =
            SigningDatabase.over(
                signingStore, store, scope, place, "boot " + boots, survivesLossOfPower());
      } catch (SigningDatabaseRefused e) {
        throw new StartFailure(StartFailure.Kind.CONFIGURATION, e.text(), e);
      }
      int completed = database.completeLedger(ledger);
      if (completed > 0) {
        around.watcher.story(name, completed + " own signatures were not in the ledger");
      }
      GroupCommit syncing =
          survivesLossOfPower() ? GroupCommit.fsync(database) : GroupCommit.process();
      commits = syncing;
      CommitmentSigner signer =
          new CommitmentSigner(
              committer, domain, database, syncing, operator.doppelgangerEpochs(), clockMs());
      signer.compareWith(ledger);
      return signer;
    }

    /** What waits for the disk is on it a moment later. */
    private void syncSoon() {
      GroupCommit waiting = commits;
      if (!syncing && waiting != null && waiting.written() != waiting.durable()) {
        syncing = true;
        around.time.after(
            1 + random.nextInt(SLOWEST_SYNC_MS),
            () -> {
              syncing = false;
              if (isNow()) {
                var _ = waiting.step();
                syncSoon();
              }
            });
      }
    }

    private void turn() {
      NodeParts running = parts;
      if (!isNow() || running == null) {
        return;
      }
      StoryLog.on(name);
      try {
        running.loop().doWork(clockMs());
      } catch (Throwable e) {
        died(Thread.currentThread(), e);
        return;
      } finally {
        StoryLog.on(null);
      }
      syncSoon();
      around.watcher.stepped(SimNode.this);
      around.time.after(TURN_MS, this::turn);
    }

    private void died(Thread thread, Throwable cause) {
      if (isNow()) {
        around.watcher.died(SimNode.this, cause);
      }
    }

    void end() {
      SimNetwork.Member here = member;
      if (here != null) {
        here.leave();
      }
      access.close();
      fibers.kill();
    }
  }

  String name() {
    return name;
  }

  int index() {
    return index;
  }

  @Nullable OperatorKeys keys() {
    return keys;
  }

  OperatorConfig.Durability durability() {
    return durability;
  }

  /** Whether what was released is on the disk, or loss of power may take it. */
  boolean survivesLossOfPower() {
    return durability == OperatorConfig.Durability.FSYNC;
  }

  SimL1.Trouble trouble() {
    return trouble;
  }

  SimDisk signingDisk() {
    return signingDisk;
  }

  int starts() {
    return starts;
  }

  boolean isUp() {
    return life != null;
  }

  /** The node's parts once it has started, or null. */
  @Nullable NodeParts parts() {
    Life now = life;
    return now == null ? null : now.parts;
  }

  /** How it sends to the others while it is up, or null. */
  SimNetwork.@Nullable Member gossip() {
    Life now = life;
    return now == null ? null : now.member;
  }

  /** What this node's clock shows, Unix milliseconds. */
  long clockMs() {
    return around.time.nowMs() + skewMs;
  }

  void skew(long ms) {
    skewMs = ms;
  }

  /** Ends the process, and nothing starts it before {@link #release}. */
  void hold() {
    wantedUp = isUp();
    held = true;
    kill();
  }

  /** Starts it if it was up before, or somebody wanted to start it since. */
  void release() {
    held = false;
    if (wantedUp) {
      start();
    }
  }

  void start() {
    wantedUp = true;
    if (life == null && !held) {
      starts++;
      Life fresh = new Life();
      life = fresh;
      fresh.start();
    }
  }

  /** kill -9: what was written stays. */
  void kill() {
    Life now = life;
    if (now != null) {
      life = null;
      disk.processEnded();
      signingDisk.processEnded();
      now.end();
    }
  }

  /** The machine loses power; returns how many commits went with it. */
  int losePower(SplittableRandom chance) {
    kill();
    boots++;
    return disk.losePower(chance) + signingDisk.losePower(chance);
  }

  /** Both databases as of one moment. */
  record Backup(SimDisk main, SimDisk signing) {}

  Backup backUp() {
    return new Backup(disk.copy(), signingDisk.copy());
  }

  /** The disk is replaced by an older copy, which lies elsewhere; the node must be down. */
  void restore(Backup backup) {
    if (life != null) {
      throw new IllegalStateException("a running node's disk is not replaced");
    }
    disk = backup.main.copy();
    signingDisk = backup.signing.copy();
    disksMade++;
  }
}
