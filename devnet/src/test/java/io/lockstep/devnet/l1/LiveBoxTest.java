// SPDX-License-Identifier: Apache-2.0
package io.lockstep.devnet.l1;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.devnet.deploy.L1Genesis;
import io.lockstep.devnet.deploy.OperatorKeys;
import io.lockstep.devnet.scenario.BoxLevers;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The box under the system's clock: the only test here that waits for time to pass. */
class LiveBoxTest {
  private static final long PATIENCE_SECONDS = 30;

  @TempDir Path dir;

  @Test
  void makesItsPastAtOnceAndThenOneSlotAtATimeWhenItsTimeComes() throws Exception {
    List<OperatorKeys> keys = OperatorKeys.devnets(1);
    BoxOptions options =
        BoxOptions.of(dir, OperatorKeys.owners(keys), time -> L1Genesis.json(time, keys))
            .withPorts(0, 0)
            .withWarmUpEpochs(3);
    try (L1Box box = L1Box.start(options);
        BoxLevers levers = new BoxLevers(box.beaconUri())) {
      assertThat(levers.status().live()).isFalse();
      assertThat(levers.status().headSlot()).isZero();

      BoxLevers.Status live = levers.live();

      assertThat(live.live()).isTrue();
      assertThat(live.headSlot()).isGreaterThanOrEqualTo(24);
      assertThat(live.blockNumber()).isEqualTo(live.headSlot());
      assertThat(live.finalizedEpoch()).isGreaterThanOrEqualTo(1);
      Instant deadline = Instant.now().plusSeconds(PATIENCE_SECONDS);
      while (box.headSlot() < live.headSlot() + 2 && Instant.now().isBefore(deadline)) {
        Thread.sleep(50);
      }
      long head = box.headSlot();
      assertThat(head).isGreaterThanOrEqualTo(live.headSlot() + 2);
      assertThat(box.clock().slotAt(Instant.now().getEpochSecond()).value())
          .isGreaterThanOrEqualTo(head);
    }
  }
}
