// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.l1client.beacon.BeaconEvent;
import io.lockstep.l1client.duties.DutyEvent;
import io.lockstep.l1client.heads.L1Event;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Endpoints that answer with something else than they should. */
@Timeout(120)
class BadAnswersTest {
  @Test
  void asksTheOtherEndpointWhenOneAnswersWithAPage(@TempDir Path dir) throws Exception {
    try (WatchRig rig = WatchRig.start(dir)) {
      rig.rpcs.getFirst().always(FaultProxy.Answer.HTML);
      rig.beacons.getFirst().always(FaultProxy.Answer.HTML);
      int before = rig.rpcs.getLast().requests();
      rig.toNextEpoch();

      assertThat(rig.rpcs.getLast().requests()).isGreaterThan(before);
      assertThat(rig.rpcStatus(0).setBack()).isTrue();
      rig.await("the beacon node is set back", () -> rig.beaconStatus(0).setBack());
      assertThat(rig.seen(L1Event.Unreachable.class)).isEmpty();
      assertThat(rig.told(DutyEvent.DutiesUnavailable.class)).isEmpty();
      assertThat(rig.toldChain()).isEqualTo(rig.boxChain());
    }
  }

  @Test
  void takesAPagesNotFoundForAFailureNotForAnAnswer(@TempDir Path dir) throws Exception {
    try (WatchRig rig = WatchRig.start(dir)) {
      FaultProxy.Answer page = new FaultProxy.Answer(404, "text/html", "<html>not found</html>");
      rig.rpcs.getFirst().always(page);
      rig.beacons.getFirst().always(page);
      rig.slots(2);

      assertThat(rig.rpcStatus(0).failuresInARow()).isPositive();
      rig.await("the beacon node failed", () -> rig.beaconStatus(0).failuresInARow() > 0);
      rig.rpcs.getFirst().behave();
      rig.beacons.getFirst().behave();
      rig.await(
          "both are well again",
          () -> !rig.rpcStatus(0).setBack() && !rig.beaconStatus(0).setBack());
    }
  }

  @Test
  void asksTheOtherEndpointWhenJsonIsCutOff(@TempDir Path dir) throws Exception {
    try (WatchRig rig = WatchRig.start(dir)) {
      FaultProxy.Fault half =
          (asked, box) -> {
            FaultProxy.Answer whole = box.answer();
            return whole.with(whole.body().substring(0, whole.body().length() / 2));
          };
      rig.rpcs.getFirst().fault(half);
      rig.beacons.getFirst().fault(half);
      rig.slots(3);

      assertThat(rig.rpcStatus(0).failuresInARow()).isPositive();
      assertThat(rig.toldChain()).isEqualTo(rig.boxChain());
      assertThat(rig.told(DutyEvent.DutiesUnavailable.class)).isEmpty();
    }
  }

  @Test
  void asksTheOtherEndpointWhenOneDoesNotLetItIn(@TempDir Path dir) throws Exception {
    try (WatchRig rig = WatchRig.start(dir)) {
      FaultProxy.Answer denied =
          new FaultProxy.Answer(401, "application/json", "{\"message\":\"no such key\"}");
      rig.rpcs.getFirst().always(denied);
      rig.beacons.getFirst().always(denied);
      rig.toNextEpoch();

      assertThat(rig.rpcStatus(0).failuresInARow()).isPositive();
      assertThat(rig.told(DutyEvent.DutiesUnavailable.class)).isEmpty();
      assertThat(rig.toldChain()).isEqualTo(rig.boxChain());
    }
  }

  @Test
  void opensTheStreamElsewhereWhenItIsCutInTheMiddleOfAnEvent(@TempDir Path dir) throws Exception {
    try (WatchRig rig = WatchRig.start(dir)) {
      rig.slots(1);
      FaultProxy first = rig.beacons.getFirst();
      assertThat(first.openStreams()).isEqualTo(1);
      first.cutStreams("event: head\ndata: {\"slot\":\"77\",\"blo");
      rig.await("another stream", () -> rig.beacons.getLast().openStreams() == 1);

      assertThat(rig.hinted(BeaconEvent.Lost.class))
          .singleElement()
          .satisfies(lost -> assertThat(lost.endpoint()).isEqualTo(first.name()));
      assertThat(rig.hinted(BeaconEvent.Head.class))
          .as("half an event is none")
          .noneMatch(head -> head.slot().value() == 77);
      int before = rig.hinted(BeaconEvent.Head.class).size();
      rig.slots(1);
      rig.await("events from there", () -> rig.hinted(BeaconEvent.Head.class).size() > before);
    }
  }

  @Test
  void missesNothingThatHappensBetweenTwoStreams(@TempDir Path dir) throws Exception {
    try (WatchRig rig = WatchRig.start(dir)) {
      FaultProxy.Answer page = FaultProxy.Answer.HTML;
      rig.beacons.forEach(proxy -> proxy.insteadOfStreams(page));
      rig.beacons.getFirst().cutStreams("");
      rig.await("no stream", () -> rig.hinted(BeaconEvent.Lost.class).size() >= 3);
      assertThat(rig.hinted(BeaconEvent.Lost.class))
          .extracting(BeaconEvent.Lost::why)
          .contains("not an event stream");
      assertThat(rig.hinted(BeaconEvent.Lost.class))
          .extracting(BeaconEvent.Lost::endpoint)
          .contains(rig.beacons.getFirst().name(), rig.beacons.getLast().name());
      rig.box.produceSlots(2);
      rig.levers.reorg(1, false);
      rig.box.produceSlot();
      rig.beacons.forEach(FaultProxy::behave);
      rig.awaitHead();

      assertThat(rig.toldChain()).isEqualTo(rig.boxChain());
      rig.await("a stream again", () -> rig.box.eventStreams() == 1);
    }
  }

  @Test
  void opensTheStreamElsewhereWhenItFallsSilent(@TempDir Path dir) throws Exception {
    try (WatchRig rig = WatchRig.start(dir, 700)) {
      rig.levers.silence(3_600);
      rig.await(
          "the stream is given up",
          () ->
              rig.hinted(BeaconEvent.Lost.class).stream()
                  .anyMatch(lost -> lost.why().startsWith("silent")));
      rig.await("another stream", () -> rig.beacons.getLast().asked("/eth/v1/events") > 0);
      rig.slots(2);
      assertThat(rig.toldChain()).as("polled").isEqualTo(rig.boxChain());
      assertThat(rig.rpcStatus(0).failuresInARow()).isZero();
    }
  }
}
