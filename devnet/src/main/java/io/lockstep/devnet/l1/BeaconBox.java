// SPDX-License-Identifier: Apache-2.0
package io.lockstep.devnet.l1;

import io.lockstep.devnet.deploy.DeployException;
import io.lockstep.devnet.l1.ForeignExecution.Found;
import io.lockstep.execution.fork.BlobParams;
import io.lockstep.preconf.wire.WireOptions;
import io.lockstep.preconf.wire.WireServer;
import io.lockstep.primitives.crypto.Kzg;
import io.lockstep.primitives.tx.Block;
import io.lockstep.primitives.tx.BlockHeader;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.types.SlotClock;
import io.lockstep.storage.kv.RocksStore;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The beacon side of an L1 in a box over an execution client that is not its own (architecture §3,
 * {@code devnet --l1-rpc}): a beacon block for each block that the client makes. Slots in which it
 * makes none are missed, its reorgs are the beacon chain's. The client knows nothing of it; one
 * that lets its state be written is given EIP-4788's roots. Any thread; {@code beacon-box} follows.
 */
public final class BeaconBox implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(BeaconBox.class);
  private static final Duration POLL = Duration.ofMillis(100);
  private static final Duration KEEP_ALIVE = Duration.ofSeconds(10);

  /** A chain younger than this begins with its first block, an older one with its newest. */
  private static final int YOUNG_EPOCHS = 64;

  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private final Thread thread = new Thread(this::run, "beacon-box");
  private final BoxOptions options;
  private final BeaconSide beacon;
  private final BeaconEvents events;
  private final FollowedChain chain;
  private final ForeignExecution bodies;
  private final WireServer server;
  private volatile boolean closed;
  private volatile @Nullable Throwable failure;

  private BeaconBox(BoxOptions options, URI rpc) throws IOException, DeployException {
    this.options = options;
    boolean started = false;
    try {
      ForeignExecution execution = opened(new ForeignExecution(rpc));
      bodies = opened(new ForeignExecution(rpc));
      RocksStore store = opened(RocksStore.open(options.dataDir(), BeaconDb.FOLLOWING_COLUMNS));
      beacon = beacon(execution, new BeaconDb(store));
      events = new BeaconEvents(options.clock());
      chain =
          new FollowedChain(beacon, execution, options, change -> events.onHead(change, beacon));
      int maxBlobs = execution.maxBlobs();
      server =
          opened(
              WireServer.start(
                  WireOptions.of(options.host(), options.beaconPort()),
                  BoxCore.routes(
                      beacon,
                      options,
                      execution.chainId(),
                      new BlobParams(maxBlobs, maxBlobs, 1),
                      events,
                      () -> failure),
                  Map.of()));
      started = true;
    } finally {
      if (!started) {
        closeParts();
      }
    }
  }

  /**
   * Starts, or goes on with what the data directory holds.
   *
   * @param options the genesis, the warm-up and the execution port are not used
   * @param rpc the execution client
   * @throws IOException when a port is taken or the client is away
   * @throws IllegalArgumentException when the data directory belongs to another chain
   */
  public static BeaconBox start(BoxOptions options, URI rpc) throws IOException {
    Thread.ofPlatform().daemon().name("kzg-load").start(Kzg::load);
    try {
      BeaconBox box = new BeaconBox(options, rpc);
      box.thread.setDaemon(true);
      box.thread.start();
      return box;
    } catch (DeployException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  public URI beaconUri() {
    return URI.create("http://" + options.host() + ":" + server.port());
  }

  /** The L1's time. */
  public SlotClock clock() {
    return beacon.clock();
  }

  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(thread);
    try {
      thread.join(Duration.ofSeconds(10));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    events.close();
    closeParts();
  }

  private BeaconSide beacon(ForeignExecution execution, BeaconDb db) throws DeployException {
    Validators validators = new Validators(options.validators(), options.validatorOwners());
    BoxMeta meta = db.meta();
    Found first = meta == null ? first(execution) : null;
    if (first != null) {
      meta =
          new BoxMeta(
              first.header().timestampSeconds(),
              BoxMeta.fingerprint(options, validators),
              true,
              new TreeMap<>());
    }
    BoxMeta known = BoxMeta.same(Objects.requireNonNull(meta), options, validators);
    SlotClock clock =
        new SlotClock(known.genesisSeconds(), options.slotSeconds(), BoxOptions.SLOTS_PER_EPOCH);
    Proposers proposers =
        new Proposers(
            options.seed(), BoxOptions.SLOTS_PER_EPOCH, options.validators(), known.proposers());
    BoxStates states = new BoxStates(options.fork(), clock, db, validators);
    if (first != null) {
      db.putExecution(first.hash(), first.header());
      db.putGenesis(states.genesis(first.header(), proposers));
      db.putMeta(known);
    }
    BeaconBlock genesis = db.atOrBefore(0);
    Found there = execution.byNumber(genesis.executionNumber());
    if (there == null || !there.hash().equals(genesis.executionHash())) {
      throw new IllegalArgumentException(
          options.dataDir()
              + " holds the beacon side of another chain: use another folder or delete it");
    }
    BeaconBlock head = db.atOrBefore(Long.MAX_VALUE);
    BoxView view = BoxView.at(db, head, head.slot(), true);
    return new BeaconSide(states, clock, db, validators, proposers, bodies(db), view);
  }

  private Found first(ForeignExecution execution) throws DeployException {
    Found first = execution.byNumber(0);
    long oldest =
        options.clock().instant().getEpochSecond()
            - YOUNG_EPOCHS * BoxOptions.SLOTS_PER_EPOCH * options.slotSeconds();
    return first != null && first.header().timestampSeconds() >= oldest
        ? first
        : execution.latest();
  }

  private BeaconSide.Execution bodies(BeaconDb db) {
    return new BeaconSide.Execution() {
      @Override
      public @Nullable BlockHeader header(Hash32 hash) {
        return db.execution(hash);
      }

      @Override
      public @Nullable Block block(Hash32 hash) throws Refusal {
        try {
          synchronized (bodies) {
            Found found = bodies.byHash(hash);
            if (found == null) {
              return null;
            }
            List<Transaction> transactions = new ArrayList<>();
            for (Hash32 tx : found.transactions()) {
              transactions.add(bodies.transaction(tx));
            }
            return Block.of(found.header(), transactions);
          }
        } catch (DeployException e) {
          throw Refusal.unavailable("the execution client: " + e.getMessage());
        }
      }
    };
  }

  private void run() {
    long lastSignNanos = System.nanoTime();
    while (!closed) {
      if (System.nanoTime() - lastSignNanos >= KEEP_ALIVE.toNanos()) {
        events.keepAlive();
        lastSignNanos = System.nanoTime();
      }
      boolean more = false;
      try {
        more = chain.step();
        failure = null;
      } catch (DeployException e) {
        if (failure == null) {
          LOG.warn("the execution client cannot be followed: {}", e.getMessage());
        }
        failure = e;
      } catch (RuntimeException | Error e) {
        failure = e;
        LOG.error("the beacon side stopped making blocks", e);
        throw e;
      }
      if (!more) {
        LockSupport.parkNanos(POLL.toNanos());
      }
    }
  }

  private <T extends AutoCloseable> T opened(T part) {
    parts.addFirst(part);
    return part;
  }

  private void closeParts() {
    for (AutoCloseable part : parts) {
      try {
        part.close();
      } catch (Exception e) {
        LOG.warn("closing the beacon side: {}", e.toString());
      }
    }
  }
}
