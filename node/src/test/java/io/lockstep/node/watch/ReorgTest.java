// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.l1client.beacon.BeaconEvent;
import io.lockstep.l1client.beacon.ProposerDuties;
import io.lockstep.l1client.duties.DutyEvent;
import io.lockstep.l1client.heads.L1Event;
import io.lockstep.primitives.types.Epoch;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Reorgs of L1. */
@Timeout(120)
class ReorgTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5})
  void rewindsItsViewToWhereTheBranchesPart(int depth, @TempDir Path dir) throws Exception {
    try (WatchRig rig = WatchRig.start(dir)) {
      rig.toNextEpoch();
      rig.slots(6);
      rig.levers.reorg(depth, false);
      rig.slots(2);

      assertThat(rig.seen(L1Event.Reorg.class))
          .singleElement()
          .satisfies(reorg -> assertThat(reorg.dropped()).hasSize(depth));
      assertThat(rig.toldChain()).isEqualTo(rig.boxChain());
      rig.await(
          "the stream's own word of it",
          () -> rig.hinted(BeaconEvent.ChainReorg.class).size() == 1);
      assertThat(rig.doubts).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 5})
  void rewindsItsViewAcrossTheEdgeOfAnEpoch(int depth, @TempDir Path dir) throws Exception {
    try (WatchRig rig = WatchRig.start(dir)) {
      rig.toNextEpoch();
      rig.toNextEpoch();
      rig.levers.reorg(depth, false);
      rig.slots(2);

      assertThat(rig.seen(L1Event.Reorg.class))
          .singleElement()
          .satisfies(reorg -> assertThat(reorg.dropped()).hasSize(depth));
      assertThat(rig.toldChain()).isEqualTo(rig.boxChain());
      assertThat(rig.told(DutyEvent.DutiesDoubtful.class)).isEmpty();
    }
  }

  @Test
  void tellsTheNewProposersWithinTheSlotThatChangesThem(@TempDir Path dir) throws Exception {
    try (WatchRig rig = WatchRig.start(dir)) {
      rig.toNextEpoch();
      rig.slots(1);
      long next = rig.epoch() + 1;
      rig.await(
          "the first proposers",
          () ->
              rig.told(DutyEvent.DutiesChanged.class).stream()
                  .anyMatch(changed -> changed.epoch().equals(new Epoch(next))));
      rig.levers.proposers(next, List.of(0, 1, 2, 3, 4, 5, 6, 7));
      rig.box.produceSlot();
      rig.await(
          "the other proposers",
          () ->
              rig.told(DutyEvent.DutiesChanged.class).stream()
                  .anyMatch(
                      changed -> changed.epoch().equals(new Epoch(next)) && changed.replaced()));

      DutyEvent.DutiesChanged last = rig.told(DutyEvent.DutiesChanged.class).getLast();
      assertThat(last.duties().duties())
          .extracting(ProposerDuties.Duty::validatorIndex)
          .containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L);
      rig.awaitHead();
      assertThat(rig.seen(L1Event.Reorg.class)).hasSize(1);
      assertThat(rig.told(DutyEvent.DutiesDoubtful.class)).isEmpty();
    }
  }
}
