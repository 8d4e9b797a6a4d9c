// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.follow;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.l1client.L1Exception;
import io.lockstep.l1client.beacon.BeaconClient;
import io.lockstep.l1client.beacon.BeaconEvents;
import io.lockstep.l1client.duties.DutyEvent;
import io.lockstep.l1client.duties.DutyTracker;
import io.lockstep.l1client.execution.ExecutionClient;
import io.lockstep.l1client.heads.HeadAgreement;
import io.lockstep.l1client.heads.HeadTracker;
import io.lockstep.l1client.heads.L1Event;
import io.lockstep.l1client.http.HttpOptions;
import io.lockstep.l1client.http.JdkTransport;
import io.lockstep.l1client.loop.Pacer;
import io.lockstep.l1client.testing.FakeChain;
import io.lockstep.l1client.testing.StubBeacon;
import io.lockstep.l1client.testing.StubL1;
import io.lockstep.primitives.types.SlotClock;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class L1FollowerTest {
  private final FakeChain chain = new FakeChain();
  private final BlockingQueue<L1Event> heads = new LinkedBlockingQueue<>();
  private final BlockingQueue<DutyEvent> duties = new LinkedBlockingQueue<>();
  private final BlockingQueue<Throwable> deaths = new LinkedBlockingQueue<>();

  @Test
  void tellsHeadsAndDutiesByEventsAndByPolling() throws InterruptedException, L1Exception {
    chain.mineEmpty(9);
    try (StubL1 l1 = new StubL1(chain);
        JdkTransport transport = new JdkTransport(1_000)) {
      ExecutionClient execution = new ExecutionClient(l1.pool(), transport, HttpOptions.DEFAULT);
      BeaconClient beacon = new BeaconClient(l1.pool(), transport, HttpOptions.DEFAULT);
      SlotClock clock = beacon.spec().clock();
      HeadTracker tracker = new HeadTracker(execution, List.of(), heads::add);
      try (L1Follower follower =
          new L1Follower(
              execution,
              beacon,
              new BeaconEvents(
                  beacon.pool(),
                  transport.client(),
                  BeaconEvents.Options.forSlots(clock.slotSeconds() * 1000)),
              clock,
              tracker,
              new DutyTracker(beacon, clock, duties::add),
              new HeadAgreement(
                  execution, beacon, tracker::view, 1_000, Pacer.SYSTEM::nowMs, why -> {}),
              () -> FakeChain.GENESIS_SECONDS + chain.slot() * FakeChain.SLOT_SECONDS,
              Pacer.SYSTEM)) {
        follower.start((thread, failure) -> deaths.add(failure));
        assertThat(heads.poll(20, TimeUnit.SECONDS)).isInstanceOf(L1Event.NewBlocks.class);
        assertThat(duties.poll(20, TimeUnit.SECONDS)).isInstanceOf(DutyEvent.DutiesChanged.class);
        assertThat(duties.poll(20, TimeUnit.SECONDS)).isInstanceOf(DutyEvent.DutiesChanged.class);

        chain.mineEmpty(1);
        String root = StubBeacon.rootOf(chain.head()).toHex();
        l1.emit("head", "{\"slot\":\"" + chain.slot() + "\",\"block\":\"" + root + "\"}");
        assertThat(heads.poll(20, TimeUnit.SECONDS)).isInstanceOf(L1Event.NewBlocks.class);

        l1.cutStreams();
        chain.mineEmpty(1);
        assertThat(heads.poll(20, TimeUnit.SECONDS)).isInstanceOf(L1Event.NewBlocks.class);
      }
      // A request that was under way at the close may reach the stub a moment later.
      assertThat(heads.poll(300, TimeUnit.MILLISECONDS)).isNull();
      int before = l1.requests();
      chain.mineEmpty(1);
      assertThat(heads.poll(700, TimeUnit.MILLISECONDS)).isNull();
      assertThat(l1.requests()).as("nothing is asked after close").isEqualTo(before);
      assertThat(deaths).isEmpty();
    }
  }
}
