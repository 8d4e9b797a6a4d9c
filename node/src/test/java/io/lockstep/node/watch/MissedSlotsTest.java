// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.l1client.duties.DutyEvent;
import io.lockstep.l1client.heads.L1Event;
import io.lockstep.primitives.types.Epoch;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Slots without a block, and a head that stands still. */
@Timeout(120)
class MissedSlotsTest {
  @Test
  void goesOnWithTheBlockAfterMissedSlots(@TempDir Path dir) throws Exception {
    try (WatchRig rig = WatchRig.start(dir)) {
      rig.slots(3);
      rig.levers.skip(3);
      rig.box.produceSlots(3);
      rig.slots(2);

      assertThat(rig.toldChain()).isEqualTo(rig.boxChain());
      assertThat(rig.seen(L1Event.Reorg.class)).isEmpty();
      assertThat(rig.doubts).isEmpty();
      assertThat(rig.told(DutyEvent.DutiesDoubtful.class)).isEmpty();
    }
  }

  @Test
  void knowsTheDutiesOfAnEpochThatBeginsWithMissedSlots(@TempDir Path dir) throws Exception {
    try (WatchRig rig = WatchRig.start(dir)) {
      rig.toNextEpoch();
      long next = rig.epoch() + 1;
      while (rig.box.currentSlot() < next * rig.clock.slotsPerEpoch() - 1) {
        rig.slots(1);
      }
      rig.levers.skip(3);
      rig.box.produceSlots(3);
      rig.await(
          "duties of the epoch after the one that has begun",
          () ->
              rig.told(DutyEvent.DutiesChanged.class).stream()
                  .anyMatch(changed -> changed.epoch().equals(new Epoch(next + 1))));
      rig.slots(2);

      assertThat(rig.told(DutyEvent.DutiesDoubtful.class)).isEmpty();
      assertThat(rig.toldChain()).isEqualTo(rig.boxChain());
    }
  }

  @Test
  void takesTheBlocksOfAStalledHeadAllAtOnce(@TempDir Path dir) throws Exception {
    try (WatchRig rig = WatchRig.start(dir)) {
      rig.slots(2);
      int before = rig.toldChain().size();
      rig.levers.stall(3);
      rig.box.produceSlots(3);
      Thread.sleep(600); // the heads are polled meanwhile
      assertThat(rig.toldChain()).hasSize(before);

      rig.slots(1);
      assertThat(rig.toldChain()).hasSize(before + 4).isEqualTo(rig.boxChain());
      assertThat(rig.doubts).isEmpty();
    }
  }
}
