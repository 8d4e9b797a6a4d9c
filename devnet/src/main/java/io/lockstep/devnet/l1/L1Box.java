// SPDX-License-Identifier: Apache-2.0
package io.lockstep.devnet.l1;

import io.lockstep.execution.fork.BlobParams;
import io.lockstep.execution.state.ChainDb;
import io.lockstep.execution.state.Genesis;
import io.lockstep.preconf.wire.Routes;
import io.lockstep.preconf.wire.RpcEndpoint;
import io.lockstep.preconf.wire.WireOptions;
import io.lockstep.preconf.wire.WireServer;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.crypto.Kzg;
import io.lockstep.primitives.crypto.Sha256;
import io.lockstep.primitives.tx.BlockHeader;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.types.SlotClock;
import io.lockstep.storage.kv.Column;
import io.lockstep.storage.kv.RocksStore;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * An L1 in a box: a chain of its own with execution JSON-RPC and beacon API over HTTP, obeying
 * scripts under {@code /box/…} (architecture §4). At its first start its genesis lies {@link
 * BoxOptions#warmUpEpochs()} in the past: until {@link #goLive()} a slot comes as soon as a
 * transaction waits, then the rest of the past is made at once and the clock drives it. Any thread.
 */
public final class L1Box implements AutoCloseable {
  private static final String COLUMN_PREFIX = "l1";

  private final RocksStore store;
  private final ChainDb chainDb;
  private final BoxChain chain;
  private final BeaconEvents events;
  private final SlotDriver driver;
  private final BoxRpc rpc;
  private final WireServer execution;
  private final WireServer beacon;
  private final String host;

  private L1Box(
      RocksStore store,
      ChainDb chainDb,
      BoxChain chain,
      BeaconEvents events,
      SlotDriver driver,
      BoxRpc rpc,
      WireServer execution,
      WireServer beacon,
      String host) {
    this.store = store;
    this.chainDb = chainDb;
    this.chain = chain;
    this.events = events;
    this.driver = driver;
    this.rpc = rpc;
    this.execution = execution;
    this.beacon = beacon;
    this.host = host;
  }

  /**
   * Starts a box, or goes on with the one in the data directory: slots since it stopped are missed.
   *
   * @throws IOException naming a port that is taken
   * @throws IllegalArgumentException when the data directory holds a box with other settings
   */
  public static L1Box start(BoxOptions options) throws IOException {
    // Takes seconds and is not needed before the first blob; whoever comes earlier waits for it.
    Thread.ofPlatform().daemon().name("kzg-load").start(Kzg::load);
    List<Column> columns = new ArrayList<>(ChainDb.columns(COLUMN_PREFIX));
    columns.addAll(BeaconDb.COLUMNS);
    Opened opened = new Opened();
    try {
      RocksStore store = RocksStore.open(options.dataDir(), columns);
      opened.add(store);
      return start(options, store, opened);
    } catch (IOException | RuntimeException e) {
      opened.closeAll(e);
      throw e;
    }
  }

  private static L1Box start(BoxOptions options, RocksStore store, Opened opened)
      throws IOException {
    BeaconDb db = new BeaconDb(store);
    Validators validators = new Validators(options.validators(), options.validatorOwners());
    boolean first = db.meta() == null;
    BoxMeta meta = meta(options, db, validators);
    Genesis genesis = genesis(options, meta);
    ChainDb chainDb = ChainDb.open(store, COLUMN_PREFIX, genesis);
    opened.add(chainDb);
    SlotClock clock =
        new SlotClock(meta.genesisSeconds(), options.slotSeconds(), BoxOptions.SLOTS_PER_EPOCH);
    Proposers proposers =
        new Proposers(
            options.seed(), BoxOptions.SLOTS_PER_EPOCH, options.validators(), meta.proposers());
    putGenesis(db, chainDb, validators, proposers);
    BeaconEvents events = new BeaconEvents(options.clock());
    HeadListeners heads = new HeadListeners();
    BoxChain chain =
        new BoxChain(
            options,
            clock,
            chainDb,
            db,
            validators,
            proposers,
            new BlockMaker(genesis.forks(), genesis.chainId()),
            first || !meta.live() ? 0 : slotNow(options, clock),
            meta.live(),
            heads);
    SlotDriver driver = new SlotDriver(chain, options, events);
    opened.add(driver);
    heads.add(change -> events.onHead(change, chain));
    BoxRpc rpc = new BoxRpc(chain, genesis, driver::onTransaction);
    opened.add(rpc);
    heads.add(rpc::onHead);

    long chainId = genesis.chainId().toLongSaturated();
    BlockHeader head = chainDb.head();
    BlobParams blobs =
        genesis.forks().blobParams(genesis.forks().at(head.number(), head.timestampSeconds()));
    Routes routes = new Routes();
    BeaconIds ids = new BeaconIds(chain);
    new BeaconApi(chain, options, chainId, blobs, driver::failure).addTo(routes);
    new BeaconBlocks(chain, ids).addTo(routes);
    new BeaconStates(chain, ids).addTo(routes);
    events.addTo(routes);
    new LeverApi(chain, events, options.manual(), driver::goLive).addTo(routes);
    WireServer beacon =
        WireServer.start(WireOptions.of(options.host(), options.beaconPort()), routes, Map.of());
    opened.add(beacon);
    Map<String, RpcEndpoint> endpoints = Map.of("/", rpc.endpoint());
    WireServer execution =
        WireServer.start(
            WireOptions.of(options.host(), options.executionPort()), new Routes(), endpoints);
    opened.add(execution);
    driver.start();
    return new L1Box(store, chainDb, chain, events, driver, rpc, execution, beacon, options.host());
  }

  /** Ends the warm-up: the slots of the past are made, then the clock drives the box. */
  public void goLive() {
    driver.goLive();
  }

  /** Gives the next slot its turn; only for a box that is stepped by hand. */
  public void produceSlot() {
    driver.requireManual();
    chain.nextTurn();
  }

  public void produceSlots(int slots) {
    for (int i = 0; i < slots; i++) {
      produceSlot();
    }
  }

  public URI rpcUri() {
    return URI.create("http://" + host + ":" + execution.port());
  }

  public URI beaconUri() {
    return URI.create("http://" + host + ":" + beacon.port());
  }

  /** The L1's time. */
  public SlotClock clock() {
    return chain.clock();
  }

  public long headSlot() {
    return chain.view().head().slot();
  }

  public long currentSlot() {
    return chain.view().currentSlot();
  }

  /** Event streams that are open. */
  public int eventStreams() {
    return events.streams();
  }

  @Override
  public void close() {
    driver.close();
    events.close();
    beacon.close();
    execution.close();
    rpc.close();
    chainDb.close();
    store.close();
  }

  private static Genesis genesis(BoxOptions options, BoxMeta meta) {
    try {
      return Genesis.parse(options.genesis().apply(meta.genesisSeconds()));
    } catch (DecodeException e) {
      throw new IllegalArgumentException("the box's genesis: " + e.getMessage(), e);
    }
  }

  private static BoxMeta meta(BoxOptions options, BeaconDb db, Validators validators) {
    Hash32 fingerprint =
        Sha256.hash(
            ByteBuffer.allocate(16)
                .putLong(options.slotSeconds())
                .putLong(BoxOptions.SLOTS_PER_EPOCH)
                .array(),
            validators.registryRoot().toArray(),
            options.seed().toArray());
    BoxMeta meta = db.meta();
    if (meta == null) {
      long warmUp = (long) options.warmUpEpochs() * BoxOptions.SLOTS_PER_EPOCH;
      long genesis = options.clock().instant().getEpochSecond() - warmUp * options.slotSeconds();
      meta = new BoxMeta(genesis, fingerprint, options.manual(), new TreeMap<>());
      db.putMeta(meta);
    }
    if (!meta.fingerprint().equals(fingerprint)) {
      throw new IllegalArgumentException(
          options.dataDir()
              + " holds an L1 in a box with another slot length, other validators or owners:"
              + " use another folder or delete it");
    }
    return meta;
  }

  /** A running box finds itself at the clock's slot; a new one at its genesis. */
  private static long slotNow(BoxOptions options, SlotClock clock) {
    return clock.slotAt(options.clock().instant().getEpochSecond()).value();
  }

  private static void putGenesis(
      BeaconDb db, ChainDb chainDb, Validators validators, Proposers proposers) {
    BlockHeader genesis = chainDb.genesisHeader();
    Hash32 hash = genesis.hash();
    if (db.byExecution(hash) == null) {
      Hash32 state = Sha256.hash(validators.registryRoot().toArray(), hash.toArray());
      BeaconHeader header = new BeaconHeader(0, proposers.at(0), Hash32.ZERO, state, Hash32.ZERO);
      db.putGenesis(BeaconBlock.of(header, hash, 0, List.of()));
    }
  }

  /** What was opened so far, to be closed when the start fails. */
  private static final class Opened {
    private final List<AutoCloseable> all = new ArrayList<>();

    void add(AutoCloseable one) {
      all.addFirst(one);
    }

    void closeAll(Exception cause) {
      for (AutoCloseable one : all) {
        try {
          one.close();
        } catch (Exception e) {
          cause.addSuppressed(e);
        }
      }
    }
  }
}
