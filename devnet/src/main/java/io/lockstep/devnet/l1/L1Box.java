// SPDX-License-Identifier: Apache-2.0
package io.lockstep.devnet.l1;

import io.lockstep.execution.state.ChainDb;
import io.lockstep.preconf.wire.Routes;
import io.lockstep.preconf.wire.RpcEndpoint;
import io.lockstep.preconf.wire.WireOptions;
import io.lockstep.preconf.wire.WireServer;
import io.lockstep.primitives.crypto.BlobProofs;
import io.lockstep.primitives.crypto.Kzg;
import io.lockstep.primitives.types.SlotClock;
import io.lockstep.storage.kv.RocksStore;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * An L1 in a box: a chain of its own with execution JSON-RPC and beacon API over HTTP, obeying
 * scripts under {@code /box/…} (architecture §4). At its first start its genesis lies {@link
 * BoxOptions#warmUpEpochs()} in the past: until {@link #goLive()} a slot comes as soon as a
 * transaction waits, then the rest of the past is made at once and the clock drives it. Any thread.
 */
public final class L1Box implements AutoCloseable {
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
    Opened opened = new Opened();
    try {
      RocksStore store = RocksStore.open(options.dataDir(), BoxCore.columns());
      opened.add(store);
      return start(options, store, opened);
    } catch (IOException | RuntimeException e) {
      opened.closeAll(e);
      throw e;
    }
  }

  private static L1Box start(BoxOptions options, RocksStore store, Opened opened)
      throws IOException {
    BoxCore core = BoxCore.open(options, store);
    opened.add(core.chainDb());
    BoxChain chain = core.chain();
    BeaconEvents events = core.events();
    SlotDriver driver = new SlotDriver(chain, options, events);
    opened.add(driver);
    BoxRpc rpc = new BoxRpc(chain, core.genesis(), BlobProofs.KZG, driver::onTransaction);
    opened.add(rpc);
    core.heads().add(rpc::onHead);

    Routes routes = core.beaconRoutes(driver::failure);
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
    return new L1Box(
        store, core.chainDb(), chain, events, driver, rpc, execution, beacon, options.host());
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
