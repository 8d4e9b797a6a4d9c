// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.beacon;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.l1client.http.EndpointPool;
import io.lockstep.l1client.http.JdkTransport;
import io.lockstep.l1client.testing.FakeChain;
import io.lockstep.l1client.testing.StubL1;
import io.lockstep.primitives.types.Epoch;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.types.Slot;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class BeaconEventsTest {
  private static final String ROOT = "0x" + "11".repeat(32);
  private final FakeChain chain = new FakeChain();
  private final StubL1 l1 = new StubL1(chain);
  private final StubL1 second = new StubL1(chain);
  private final JdkTransport transport = new JdkTransport(1_000);
  private final BlockingQueue<BeaconEvent> seen = new LinkedBlockingQueue<>();
  private final EndpointPool pool =
      new EndpointPool(List.of(l1.endpoint(), second.endpoint()), System::nanoTime);

  private BeaconEvents open(long silenceMs) {
    BeaconEvents events =
        new BeaconEvents(
            pool, transport.client(), new BeaconEvents.Options(2_000, silenceMs, 10, 100));
    events.start(seen::add);
    return events;
  }

  @AfterEach
  void close() {
    l1.close();
    second.close();
    transport.close();
  }

  private <T extends BeaconEvent> T next(Class<T> type) throws InterruptedException {
    BeaconEvent event = seen.poll(10, TimeUnit.SECONDS);
    assertThat(event).isInstanceOf(type);
    return type.cast(event);
  }

  @Test
  void tellsHeadsReorgsAndFinality() throws InterruptedException {
    try (BeaconEvents _ = open(10_000)) {
      next(BeaconEvent.Opened.class);
      l1.emit(
          "head",
          "{\"slot\":\"9\",\"block\":\""
              + ROOT
              + "\",\"previous_duty_dependent_root\":\""
              + ROOT
              + "\",\"current_duty_dependent_root\":\""
              + ROOT
              + "\",\"execution_optimistic\":false}");
      l1.emit("attestation", "not even JSON, but not ours");
      l1.emit(
          "chain_reorg",
          "{\"slot\":\"9\",\"depth\":\"2\",\"old_head_block\":\""
              + ROOT
              + "\",\"new_head_block\":\""
              + ROOT
              + "\"}");
      l1.emit("finalized_checkpoint", "{\"epoch\":\"4\",\"block\":\"" + ROOT + "\"}");

      BeaconEvent.Head head = next(BeaconEvent.Head.class);
      assertThat(head.slot()).isEqualTo(new Slot(9));
      assertThat(head.nextEpochDependentRoot()).isEqualTo(Hash32.fromHex(ROOT));
      assertThat(next(BeaconEvent.ChainReorg.class).depthSlots()).isEqualTo(2);
      assertThat(next(BeaconEvent.FinalizedCheckpoint.class).epoch()).isEqualTo(new Epoch(4));
    }
  }

  @Test
  void opensTheNextEndpointWhenTheStreamIsCutInTheMiddleOfAnEvent() throws InterruptedException {
    try (BeaconEvents _ = open(10_000)) {
      next(BeaconEvent.Opened.class);
      l1.emitRaw("event: head\ndata: {\"slot\":\"9\"");
      l1.cutStreams();

      next(BeaconEvent.Lost.class);
      assertThat(next(BeaconEvent.Opened.class).endpoint()).isEqualTo(second.endpoint().name());
    }
  }

  @Test
  void givesUpAStreamThatIsSilent() throws InterruptedException {
    try (BeaconEvents _ = open(200)) {
      next(BeaconEvent.Opened.class);

      assertThat(next(BeaconEvent.Lost.class).why()).contains("silent");
      next(BeaconEvent.Opened.class);
    }
  }

  @Test
  void givesUpAStreamWithAGarbledEvent() throws InterruptedException {
    try (BeaconEvents _ = open(10_000)) {
      next(BeaconEvent.Opened.class);
      l1.emit("head", "<html>");

      assertThat(next(BeaconEvent.Lost.class).why()).contains("bad event head");
      next(BeaconEvent.Opened.class);
    }
  }

  @Test
  void goesOnAfterRefusals() throws InterruptedException {
    l1.refuseStreams(400);
    second.refuseStreams(503);
    try (BeaconEvents _ = open(10_000)) {
      assertThat(next(BeaconEvent.Lost.class).why()).isEqualTo("HTTP 400");
      assertThat(next(BeaconEvent.Lost.class).why()).isEqualTo("HTTP 503");
      second.refuseStreams(200);
      BeaconEvent event = seen.poll(10, TimeUnit.SECONDS);
      while (event instanceof BeaconEvent.Lost) {
        event = seen.poll(10, TimeUnit.SECONDS);
      }
      assertThat(event).isInstanceOf(BeaconEvent.Opened.class);
    }
  }
}
