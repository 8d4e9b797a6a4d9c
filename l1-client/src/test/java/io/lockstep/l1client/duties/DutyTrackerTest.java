// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.duties;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.l1client.L1Exception;
import io.lockstep.l1client.beacon.BeaconClient;
import io.lockstep.l1client.beacon.BeaconEvent;
import io.lockstep.l1client.http.HttpOptions;
import io.lockstep.l1client.http.JdkTransport;
import io.lockstep.l1client.testing.FakeChain;
import io.lockstep.l1client.testing.StubBeacon;
import io.lockstep.l1client.testing.StubL1;
import io.lockstep.primitives.types.Epoch;
import io.lockstep.primitives.types.Slot;
import io.lockstep.primitives.types.SlotClock;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DutyTrackerTest {
  private final FakeChain chain = new FakeChain();
  private final StubL1 l1 = new StubL1(chain);
  private final JdkTransport transport = new JdkTransport(1_000);
  private final List<DutyEvent> events = new ArrayList<>();
  private final List<Epoch> confirmed = new ArrayList<>();
  private DutyTracker tracker;
  private SlotClock clock;

  @BeforeEach
  void make() throws L1Exception {
    BeaconClient beacon = new BeaconClient(l1.pool(), transport, HttpOptions.DEFAULT);
    clock = beacon.spec().clock();
    tracker = new DutyTracker(beacon, clock, this::take);
  }

  private void take(DutyEvent event) {
    if (event instanceof DutyEvent.DutiesConfirmed known) {
      confirmed.add(known.epoch());
    } else {
      events.add(event);
    }
  }

  @AfterEach
  void close() {
    l1.close();
    transport.close();
  }

  private List<Epoch> step() {
    events.clear();
    tracker.step(() -> clock.startSeconds(new Slot(chain.slot())));
    return events.stream()
        .filter(DutyEvent.DutiesChanged.class::isInstance)
        .map(e -> ((DutyEvent.DutiesChanged) e).epoch())
        .toList();
  }

  @Test
  void fetchesTheCurrentAndTheNextEpochAndOneMoreAtEachTurn() {
    chain.mineEmpty(9);
    assertThat(step()).containsExactly(new Epoch(1), new Epoch(2));
    chain.mineEmpty(1);
    assertThat(step()).isEmpty();
    chain.mineEmpty(7);
    assertThat(step()).containsExactly(new Epoch(3));
    assertThat(tracker.duties(new Epoch(1))).isNull();
    assertThat(tracker.duties(new Epoch(2))).isNotNull();
  }

  @Test
  void confirmsOnceASlotWhatItHasTold() {
    chain.mineEmpty(9);
    step();
    assertThat(confirmed).isEmpty();
    chain.mineEmpty(1);
    step();
    step();
    assertThat(confirmed).containsExactly(new Epoch(1), new Epoch(2));
  }

  @Test
  void fetchesAgainWhenAHeadEventShowsAnotherDependentRoot() {
    chain.mineEmpty(9);
    step();
    var before = tracker.duties(new Epoch(2));
    // drops the last block before epoch 1 begins, which epoch 2 depends on
    chain.reorg(3, 4);
    tracker.onBeaconEvent(
        new BeaconEvent.Head(
            new Slot(chain.slot()),
            StubBeacon.rootOf(chain.head()),
            l1.beacon().rootBefore(0),
            l1.beacon().rootBefore(1),
            false));

    assertThat(step()).containsExactly(new Epoch(2));
    assertThat(tracker.duties(new Epoch(2))).isNotEqualTo(before);
  }

  @Test
  void findsAChangeWithinASlotEvenWithoutEvents() {
    chain.mineEmpty(9);
    step();
    chain.reorg(3, 4);
    assertThat(step()).containsExactly(new Epoch(2));
  }

  @Test
  void doesNotAskTwiceInASlotWithoutReason() {
    chain.mineEmpty(9);
    step();
    int before = l1.requests();
    step();
    assertThat(l1.requests()).isEqualTo(before);
  }

  @Test
  void saysOnceThatDutiesCannotBeHadAndKeepsWhatItKnows() {
    chain.mineEmpty(9);
    step();
    l1.answerInstead(() -> StubL1.Raw.text(503, "application/json", "{}"));
    chain.mineEmpty(1);
    step();
    assertThat(events).hasSize(1).first().isInstanceOf(DutyEvent.DutiesUnavailable.class);
    step();
    assertThat(events).isEmpty();
    assertThat(tracker.duties(new Epoch(2))).isNotNull();
    l1.behave();
    assertThat(step()).isEmpty();
  }

  @Test
  void doesNotMissAnEpochThatEndedWhileItsDutiesWereAskedFor() {
    chain.mineEmpty(9);
    l1.answerInstead(() -> {
      chain.mineEmpty(8);
      return StubL1.Raw.text(400, "application/json", "{}");
    });
    step();
    assertThat(events).isEmpty();
    l1.behave();
    assertThat(step()).containsExactly(new Epoch(2), new Epoch(3));
  }

  private List<DutyEvent> stepAll() {
    step();
    return List.copyOf(events);
  }

  private void seeHead() {
    tracker.onBeaconEvent(
        new BeaconEvent.Head(
            new Slot(chain.slot()), StubBeacon.rootOf(chain.head()), null, null, false));
  }

  @Test
  void holdsBackDutiesThatAreNotThoseOfTheState() {
    chain.mineEmpty(9);
    l1.beacon().lieAboutProposerOf(17);

    assertThat(stepAll())
        .satisfiesExactly(
            first ->
                assertThat(first)
                    .isInstanceOfSatisfying(
                        DutyEvent.DutiesChanged.class,
                        changed -> assertThat(changed.epoch()).isEqualTo(new Epoch(1))),
            second ->
                assertThat(second)
                    .isInstanceOfSatisfying(
                        DutyEvent.DutiesDoubtful.class,
                        doubt -> assertThat(doubt.why()).contains("slot 17 is validator")));
    assertThat(tracker.duties(new Epoch(2))).isNull();

    seeHead();
    assertThat(stepAll()).as("asked again at each head, said once").isEmpty();
    l1.beacon().lieAboutProposerOf(-1);
    seeHead();
    assertThat(stepAll()).hasSize(2).first().isEqualTo(new DutyEvent.DoubtEnded(new Epoch(2)));
    assertThat(tracker.duties(new Epoch(2))).isNotNull();
  }

  @Test
  void withdrawsWhatItToldWhenTheDoubtPersists() {
    chain.mineEmpty(9);
    step();
    l1.beacon().lieAboutProposerOf(12);
    chain.mineEmpty(1);
    assertThat(stepAll()).hasSize(1).first().isInstanceOf(DutyEvent.DutiesDoubtful.class);
    assertThat(tracker.duties(new Epoch(1))).isNotNull();

    chain.mineEmpty(1);
    assertThat(stepAll())
        .satisfiesExactly(
            first -> assertThat(first).isEqualTo(new DutyEvent.DutiesWithdrawn(new Epoch(1))),
            again ->
                assertThat(again)
                    .isInstanceOfSatisfying(
                        DutyEvent.DutiesChanged.class,
                        changed -> assertThat(changed.epoch()).isEqualTo(new Epoch(2))));
    assertThat(tracker.duties(new Epoch(1))).isNull();
  }

  @Test
  void livesWithoutTheLookaheadAndSaysSoOnce() {
    chain.mineEmpty(9);
    l1.beacon().answerLookahead(501);
    assertThat(stepAll()).filteredOn(DutyEvent.LookaheadNotServed.class::isInstance).hasSize(1);
    assertThat(tracker.duties(new Epoch(2))).isNotNull();
    long asked = lookaheadsAsked();
    chain.mineEmpty(1);
    assertThat(stepAll()).isEmpty();
    assertThat(lookaheadsAsked()).isEqualTo(asked);
  }

  private long lookaheadsAsked() {
    return l1.beacon().paths().stream().filter(p -> p.endsWith("/proposer_lookahead")).count();
  }

  @Test
  void doesNotHoldTheNextEpochAgainstAStateThatDoesNotReachIt() {
    chain.mineEmpty(7);
    chain.missSlot();
    chain.missSlot();

    assertThat(step()).containsExactly(new Epoch(1), new Epoch(2));
  }

  @Test
  void endsADoubtWithItsEpoch() {
    chain.mineEmpty(9);
    l1.beacon().lieAboutProposerOf(12);
    step();
    chain.mineEmpty(8);
    assertThat(stepAll()).contains(new DutyEvent.DoubtEnded(new Epoch(1)));
  }
}
