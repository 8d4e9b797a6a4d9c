// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.watch;

import io.lockstep.devnet.deploy.L1Genesis;
import io.lockstep.devnet.deploy.OperatorKeys;
import io.lockstep.devnet.l1.BoxOptions;
import io.lockstep.devnet.l1.L1Box;
import io.lockstep.devnet.scenario.BoxLevers;
import io.lockstep.l1client.L1Exception;
import io.lockstep.l1client.beacon.BeaconClient;
import io.lockstep.l1client.beacon.BeaconEvent;
import io.lockstep.l1client.beacon.BeaconEventSource;
import io.lockstep.l1client.beacon.BeaconEvents;
import io.lockstep.l1client.duties.DutyEvent;
import io.lockstep.l1client.duties.DutyTracker;
import io.lockstep.l1client.execution.ExecutionClient;
import io.lockstep.l1client.execution.L1Block;
import io.lockstep.l1client.follow.L1Follower;
import io.lockstep.l1client.heads.HeadAgreement;
import io.lockstep.l1client.heads.HeadTracker;
import io.lockstep.l1client.heads.L1Event;
import io.lockstep.l1client.http.Endpoint;
import io.lockstep.l1client.http.EndpointPool;
import io.lockstep.l1client.http.HttpOptions;
import io.lockstep.l1client.http.JdkTransport;
import io.lockstep.l1client.loop.Pacer;
import io.lockstep.primitives.types.BlockRef;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.types.Slot;
import io.lockstep.primitives.types.SlotClock;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A watching node's L1 side over a box that is stepped by hand, two endpoints of each kind. */
final class WatchRig implements AutoCloseable {
  private static final int ENDPOINTS = 2;
  private static final long PATIENCE_MS = 20_000;
  private static final long CONFIRM_MS = 300;

  final L1Box box;
  final BoxLevers levers;
  final List<FaultProxy> beacons = new ArrayList<>();
  final List<FaultProxy> rpcs = new ArrayList<>();
  final List<L1Event> heads = new CopyOnWriteArrayList<>();
  final List<DutyEvent> duties = new CopyOnWriteArrayList<>();
  final List<BeaconEvent> hints = new CopyOnWriteArrayList<>();

  /** Why the clients disagree, each change; "" when they agree again. */
  final List<String> doubts = new CopyOnWriteArrayList<>();

  final List<String> refusals = new CopyOnWriteArrayList<>();
  final ExecutionClient execution;
  final BeaconClient beacon;
  final SlotClock clock;
  private final JdkTransport transport = new JdkTransport(1_000);
  private final HeadTracker tracker;
  private final L1Follower follower;
  private final List<Throwable> deaths = new CopyOnWriteArrayList<>();

  private WatchRig(Path dir, long silenceMs) throws IOException, L1Exception {
    List<OperatorKeys> operators = OperatorKeys.devnets(2);
    box =
        L1Box.start(
            BoxOptions.of(
                    dir, OperatorKeys.owners(operators), time -> L1Genesis.json(time, operators))
                .withPorts(0, 0)
                .withWarmUpEpochs(0)
                .stepped(InstantSource.fixed(Instant.ofEpochSecond(1_800_000_000L))));
    levers = new BoxLevers(box.beaconUri());
    clock = box.clock();
    for (int i = 0; i < ENDPOINTS; i++) {
      beacons.add(new FaultProxy(box.beaconUri()));
      rpcs.add(new FaultProxy(box.rpcUri()));
    }
    HttpOptions options = new HttpOptions(2_000, 1 << 20);
    execution = new ExecutionClient(pool(rpcs), transport, options);
    beacon = new BeaconClient(pool(beacons), transport, options);
    box.produceSlots(2);
    execution.requireChain(L1Genesis.CHAIN_ID, this::refused);
    beacon.requireChain(L1Genesis.CHAIN_ID, beacon.genesis().validatorsRoot(), this::refused);
    tracker = new HeadTracker(execution, List.of(), heads::add);
    BeaconEvents events =
        new BeaconEvents(
            beacon.pool(), transport.client(), new BeaconEvents.Options(1_000, silenceMs, 20, 200));
    follower =
        new L1Follower(
            execution,
            beacon,
            noting(events),
            clock,
            tracker,
            new DutyTracker(beacon, clock, duties::add),
            new HeadAgreement(
                execution,
                beacon,
                tracker::view,
                CONFIRM_MS,
                Pacer.SYSTEM::nowMs,
                why -> doubts.add(why == null ? "" : why)),
            () -> clock.startSeconds(new Slot(box.currentSlot())),
            Pacer.SYSTEM);
  }

  /** A rig that has seen the box's head and the duties of two epochs. */
  static WatchRig start(Path dir) throws Exception {
    return start(dir, 60_000);
  }

  /**
   * The same.
   *
   * @param silenceMs an event stream without an event for so long is given up
   */
  static WatchRig start(Path dir, long silenceMs) throws Exception {
    WatchRig rig = new WatchRig(dir, silenceMs);
    rig.follower.start((thread, failure) -> rig.deaths.add(failure));
    rig.await("the first duties", () -> rig.told(DutyEvent.DutiesChanged.class).size() >= 2);
    rig.await("an event stream", () -> rig.box.eventStreams() == 1);
    rig.awaitHead();
    return rig;
  }

  private static EndpointPool pool(List<FaultProxy> proxies) {
    return new EndpointPool(
        proxies.stream().map(proxy -> new Endpoint(proxy.uri().toString())).toList(),
        System::nanoTime);
  }

  private void refused(String endpoint, @Nullable String fault) {
    refusals.add(endpoint + (fault == null ? " is right again" : " " + fault));
  }

  private BeaconEventSource noting(BeaconEventSource events) {
    return new BeaconEventSource() {
      @Override
      public void start(Consumer<BeaconEvent> consumer) {
        events.start(event -> {
          hints.add(event);
          consumer.accept(event);
        });
      }

      @Override
      public void close() {
        events.close();
      }
    };
  }

  /** Gives slots their turns, each seen before the next. */
  void slots(int count) throws Exception {
    for (int i = 0; i < count; i++) {
      box.produceSlot();
      awaitHead();
    }
  }

  /** Gives slots their turns up to the first of the next epoch. */
  void toNextEpoch() throws Exception {
    do {
      slots(1);
    } while (box.currentSlot() % clock.slotsPerEpoch() != 0);
  }

  long epoch() {
    return box.currentSlot() / clock.slotsPerEpoch();
  }

  void awaitHead() throws Exception {
    Hash32 head = Hash32.fromHex(levers.status().blockHash());
    await(
        "the box's head is told",
        () -> {
          List<Hash32> told = toldChain();
          return !told.isEmpty() && told.getLast().equals(head);
        });
  }

  void await(String what, Callable<Boolean> condition) throws Exception {
    long end = Pacer.SYSTEM.nowMs() + PATIENCE_MS;
    while (!condition.call()) {
      if (!deaths.isEmpty()) {
        throw new AssertionError("a thread died", deaths.getFirst());
      }
      if (Pacer.SYSTEM.nowMs() > end) {
        throw new AssertionError(
            "did not come: " + what + "; " + duties + " " + doubts + " " + hints);
      }
      Thread.sleep(5);
    }
  }

  /** The chain that follows from all that was told. */
  List<Hash32> toldChain() {
    List<Hash32> chain = new ArrayList<>();
    for (L1Event event : heads) {
      switch (event) {
        case L1Event.NewBlocks blocks -> blocks.blocks().forEach(b -> chain.add(b.hash()));
        case L1Event.Reorg reorg -> {
          chain.removeAll(reorg.dropped().stream().map(BlockRef::hash).toList());
          reorg.added().stream().map(L1Block::hash).forEach(chain::add);
        }
        case L1Event.Finalized _,
            L1Event.Safe _,
            L1Event.Unreachable _,
            L1Event.Reachable _,
            L1Event.TooDeep _ -> {}
      }
    }
    return chain;
  }

  /** The box's canonical chain from the first block told on. */
  List<Hash32> boxChain() throws L1Exception {
    List<Hash32> chain = new ArrayList<>();
    Hash32 first = toldChain().getFirst();
    L1Block block = execution.blockByHash(Hash32.fromHex(status().blockHash()));
    while (block != null && !block.hash().equals(first)) {
      chain.addFirst(block.hash());
      block = execution.blockByHash(block.parentHash());
    }
    chain.addFirst(first);
    return chain;
  }

  private BoxLevers.Status status() {
    try {
      return levers.status();
    } catch (IOException e) {
      throw new AssertionError("the box is away", e);
    }
  }

  <T extends L1Event> List<T> seen(Class<T> type) {
    return heads.stream().filter(type::isInstance).map(type::cast).toList();
  }

  <T extends DutyEvent> List<T> told(Class<T> type) {
    return duties.stream().filter(type::isInstance).map(type::cast).toList();
  }

  <T extends BeaconEvent> List<T> hinted(Class<T> type) {
    return hints.stream().filter(type::isInstance).map(type::cast).toList();
  }

  EndpointPool.Status beaconStatus(int index) {
    return beacon.pool().statuses().get(index);
  }

  EndpointPool.Status rpcStatus(int index) {
    return execution.pool().statuses().get(index);
  }

  @Override
  public void close() {
    follower.close();
    beacons.forEach(FaultProxy::close);
    rpcs.forEach(FaultProxy::close);
    transport.close();
    levers.close();
    box.close();
  }
}
