// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.l1client.execution.L1Block;
import io.lockstep.primitives.types.BlockRef;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.types.SlotClock;
import io.lockstep.primitives.uint.UInt256;
import org.junit.jupiter.api.Test;

class ClockWatchTest {
  private final ClockWatch watch = new ClockWatch(new SlotClock(1_000, 2, 8));

  private void block(long slot, long delayMs) {
    long timestamp = 1_000 + 2 * slot;
    BlockRef ref = new BlockRef(slot, Hash32.ZERO, Hash32.ZERO, timestamp);
    watch.saw(
        new L1Block(ref, Hash32.ZERO, Hash32.ZERO, Hash32.ZERO, UInt256.ONE, 30_000_000, 0, 0, 0),
        timestamp * 1_000 + delayMs);
  }

  @Test
  void trustsAClockByWhichBlocksComeInTheirSlots() {
    block(1, 300);
    block(2, 1_900);
    block(3, -900);
    assertThat(watch.fault()).isNull();
  }

  @Test
  void seesAClockThatIsBehindAtOnceAndThatItIsRightAgain() {
    block(1, -1_500);
    assertThat(watch.fault()).contains("1500 ms behind");
    block(2, 100);
    assertThat(watch.fault()).isNull();
  }

  @Test
  void seesAClockThatIsAheadAfterFourLateBlocksInARow() {
    for (int slot = 1; slot <= 3; slot++) {
      block(slot, 3_500);
    }
    assertThat(watch.fault()).as("three may be late").isNull();
    block(4, 3_500);
    assertThat(watch.fault()).contains("3500 ms after their slots");
    block(5, 200);
    assertThat(watch.fault()).isNull();
  }
}
