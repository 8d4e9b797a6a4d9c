// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.window;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.primitives.types.Epoch;
import io.lockstep.primitives.types.Slot;
import io.lockstep.primitives.types.SlotClock;
import io.lockstep.sequencer.schedule.Window;
import org.junit.jupiter.api.Test;

class WindowClockTest {
  private static final long GENESIS = 1_700_000_000;
  private static final WindowClock CLOCK = new WindowClock(new SlotClock(GENESIS, 12, 32), 1, 4);

  @Test
  void countsL2TimeForTheSlotThatStartsNextAfterTheLead() {
    // Slot 10 starts at 120: its last L2 second is 115, H = 4 s before it.
    assertThat(CLOCK.slotFor(GENESIS + 115)).isEqualTo(new Slot(10));
    assertThat(CLOCK.slotFor(GENESIS + 116)).isEqualTo(new Slot(11));
    assertThat(CLOCK.slotFor(GENESIS + 104)).isEqualTo(new Slot(10));
    assertThat(CLOCK.slotFor(GENESIS + 103)).isEqualTo(new Slot(9));
    assertThat(CLOCK.slotFor(GENESIS)).isEqualTo(new Slot(1));
    assertThat(CLOCK.slotFor(0)).isEqualTo(new Slot(0));
  }

  @Test
  void convertsTicksAndTimestampsBothWays() {
    WindowClock clock = new WindowClock(new SlotClock(GENESIS, 12, 32), 2, 4);

    assertThat(clock.timestampSeconds(7)).isEqualTo(GENESIS + 14);
    assertThat(clock.tickAt(GENESIS + 14)).isEqualTo(7);
    assertThat(clock.tickAt(GENESIS + 15)).isEqualTo(7);
    assertThat(clock.tickAt(GENESIS - 1)).isEqualTo(-1);
    assertThat(clock.slotForTick(7)).isEqualTo(clock.slotFor(GENESIS + 14));
  }

  @Test
  void boundsAWindowByItsSlots() {
    Window window = new Window(new Slot(10), 1, false, false, new Slot(8), new Slot(10));

    // T_7 - 4 = 80 is the first, T_10 - 4 = 116 the end.
    assertThat(CLOCK.firstTick(window)).hasValue(80);
    assertThat(CLOCK.lastTick(window)).hasValue(115);
    assertThat(CLOCK.eopTick(window)).hasValue(115);
    assertThat(CLOCK.firstTickOf(new Slot(0))).isZero();
    assertThat(CLOCK.endTickOf(new Slot(0))).isZero();
    assertThat(CLOCK.firstTickOf(new Slot(1))).isZero();
    assertThat(CLOCK.endTickOf(new Slot(1))).isEqualTo(8);
  }

  @Test
  void endsAFallbackWindowThreeSlotsEarly() {
    Window window = new Window(new Slot(8), 1, true, false, new Slot(8), new Slot(14));
    assertThat(CLOCK.lastTick(window)).hasValue(163);
    assertThat(CLOCK.eopTick(window)).hasValue(127);

    Window brief = new Window(new Slot(8), 1, true, false, new Slot(8), new Slot(9));
    assertThat(CLOCK.eopTick(brief)).hasValue(80);

    Window open = new Window(new Slot(8), 1, true, false, new Slot(8), null);
    assertThat(CLOCK.lastTick(open)).isEmpty();
    assertThat(CLOCK.eopTick(open)).isEmpty();
  }

  @Test
  void armsOnAnchorsOfTheEpochBeforeOnly() {
    int cap = 31;
    Window own = new Window(new Slot(70), 1, false, false, new Slot(60), new Slot(70));
    // Slot 70 lies in epoch 2.
    assertThat(CLOCK.earliestAnchorEpoch(own, new Slot(60), cap)).isEqualTo(new Epoch(1));
    assertThat(CLOCK.isArmed(own, new Slot(60), cap, new Slot(31))).isFalse();
    assertThat(CLOCK.isArmed(own, new Slot(60), cap, new Slot(32))).isTrue();

    Window fallback = new Window(new Slot(64), 1, true, false, new Slot(64), null);
    // 65 + 30 = 95 lies in epoch 2, 66 + 30 in epoch 3.
    assertThat(CLOCK.isArmed(fallback, new Slot(65), cap, new Slot(32))).isTrue();
    assertThat(CLOCK.isArmed(fallback, new Slot(66), cap, new Slot(63))).isFalse();
    assertThat(CLOCK.isArmed(fallback, new Slot(66), cap, new Slot(64))).isTrue();

    Window first = new Window(new Slot(3), 1, false, false, new Slot(0), new Slot(3));
    assertThat(CLOCK.isArmed(first, new Slot(1), cap, new Slot(0))).isTrue();
  }

  @Test
  void refusesParametersThatTheProtocolExcludes() {
    SlotClock slots = new SlotClock(GENESIS, 12, 32);

    assertThatThrownBy(() -> new WindowClock(slots, 5, 10)).hasMessageContaining("5 s");
    assertThatThrownBy(() -> new WindowClock(slots, 2, 3)).hasMessageContaining("3 s");
    assertThatThrownBy(() -> new WindowClock(slots, 1, 13)).hasMessageContaining("got 13");
    assertThatThrownBy(() -> new WindowClock(slots, 0, 4)).hasMessageContaining("0 s");
    new WindowClock(slots, 1, 12);
  }
}
