// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.primitives.types.Epoch;
import io.lockstep.primitives.types.Slot;
import io.lockstep.primitives.types.SlotClock;
import io.lockstep.sequencer.window.WindowClock;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * All registration patterns of a few epochs against the definition, slot by slot and tick by tick.
 */
class ProposerSchedulePropertyTest {
  private static final OperatorSet OPERATORS = ScheduleFixtures.twoOperators();

  @ParameterizedTest
  @CsvSource({"4,3,3", "3,4,2", "3,4,1", "3,4,3", "6,2,5", "6,2,4"})
  void ownsEachSlotOnceForAllPatterns(int slotsPerEpoch, int epochs, int windowCap) {
    int slots = slotsPerEpoch * epochs;
    for (long pattern = 0; pattern < 1L << slots; pattern++) {
      ProposerSchedule schedule =
          ScheduleFixtures.ofPattern(OPERATORS, slotsPerEpoch, windowCap, epochs, pattern);
      check(schedule, slotsPerEpoch, windowCap, epochs, pattern);
    }
  }

  @Test
  void ownsEachSlotOnceForRandomPatternsOfLongEpochs() {
    Random random = new Random(42);
    for (int round = 0; round < 300; round++) {
      double share = random.nextDouble();
      long pattern = 0;
      for (int i = 0; i < 48; i++) {
        pattern |= random.nextDouble() < share * share ? 1L << i : 0;
      }
      ProposerSchedule schedule = ScheduleFixtures.ofPattern(OPERATORS, 16, 15, 3, pattern);
      check(schedule, 16, 15, 3, pattern);
    }
  }

  private static void check(
      ProposerSchedule schedule, int slotsPerEpoch, int windowCap, int epochs, long pattern) {
    Map<Long, Window> windowByName = new HashMap<>();
    Set<Long> epochsWithFallback = new HashSet<>();
    long lastFallback = -10;
    int known = slotsPerEpoch * epochs;
    for (long s = 0; s < known; s++) {
      SlotOwner owner = schedule.owner(new Slot(s));
      long k = firstRegistered(pattern, s, windowCap, known);
      if (k < 0) {
        assertThat(owner).isEqualTo(new SlotOwner.Unknown(new Epoch(epochs)));
        continue;
      }
      Window window = ((SlotOwner.Owner) owner).window();
      long firstSlot = window.firstSlot() == null ? -1 : window.firstSlot().value();
      assertThat(firstSlot).isBetween(0L, s);
      if (k == known) {
        assertThat(window.fallback()).isTrue();
        assertThat(window.windowSlot()).isEqualTo(window.firstSlot());
        assertThat(firstSlot / slotsPerEpoch).isEqualTo(s / slotsPerEpoch);
        if (lastFallback != s - 1 || s % slotsPerEpoch == 0) {
          // An epoch has at most one run, since W reaches over the rest of it.
          if (windowCap == slotsPerEpoch - 1) {
            assertThat(epochsWithFallback.add(s / slotsPerEpoch)).isTrue();
          }
          assertThat(window.windowSlot().value()).isEqualTo(s);
        }
        lastFallback = s;
      } else {
        assertThat(window.fallback()).isFalse();
        assertThat(window.windowSlot().value()).isEqualTo(k);
        assertThat(window.lastSlot()).isEqualTo(new Slot(k));
        assertThat(window.operatorId()).isEqualTo(1 + (k / 2) % 2);
        // from(k) < s <= k, where from is the slot before the first.
        assertThat(s).isBetween(firstSlot, k);
        assertThat(k - firstSlot).isLessThan(windowCap);
      }
      Window before = windowByName.putIfAbsent(window.windowSlot().value(), window);
      assertThat(before == null || before.equals(window)).isTrue();
      if (window.lastSlot() != null) {
        assertThat(s).isLessThanOrEqualTo(window.lastSlot().value());
      }
    }
  }

  /** By the letter: −1 unknown, {@code known} none, else k. */
  private static long firstRegistered(long pattern, long s, int windowCap, int known) {
    for (long k = s; k < s + windowCap; k++) {
      if (k >= known) {
        return -1;
      }
      if ((pattern >> k & 1) == 1) {
        return k;
      }
    }
    return known;
  }

  @ParameterizedTest
  @CsvSource({"12,1,4", "12,1,12", "6,1,2", "6,2,6", "2,1,2", "2,1,0"})
  void givesEachTickToOneWindowWithoutGap(
      long slotSeconds, long tickSeconds, long handoverSeconds) {
    WindowClock clock =
        new WindowClock(new SlotClock(1_000, slotSeconds, 4), tickSeconds, handoverSeconds);
    for (long pattern = 0; pattern < 1L << 12; pattern += 7) {
      ProposerSchedule schedule = ScheduleFixtures.ofPattern(OPERATORS, 4, 3, 3, pattern);
      Window open = null;
      long ticks = 8 * slotSeconds / tickSeconds;
      for (long tick = 0; tick < ticks; tick++) {
        SlotOwner owner = clock.sequencingWindowAt(schedule, clock.timestampSeconds(tick));
        if (!(owner instanceof SlotOwner.Owner owned)) {
          assertThat(owner).isInstanceOf(SlotOwner.Unknown.class);
          continue;
        }
        Window window = owned.window();
        assertThat(tick).isGreaterThanOrEqualTo(clock.firstTick(window).orElseThrow());
        if (clock.lastTick(window).isPresent()) {
          assertThat(tick).isLessThanOrEqualTo(clock.lastTick(window).getAsLong());
        }
        if (open != null && !open.windowSlot().equals(window.windowSlot())) {
          assertThat(clock.lastTick(open)).hasValue(tick - 1);
          assertThat(clock.firstTick(window)).hasValue(tick);
        }
        open = window;
      }
    }
  }

  @Test
  void seesTheScheduleInTimeForTheLargestCapAndLeadOnly() {
    int slotsPerEpoch = 8;
    assertThat(alwaysVisible(slotsPerEpoch, slotsPerEpoch - 1, 6, 6)).isTrue();
    assertThat(alwaysVisible(slotsPerEpoch, slotsPerEpoch - 1, 2, 6)).isTrue();
    assertThat(alwaysVisible(slotsPerEpoch, slotsPerEpoch, 6, 6)).isFalse();
    assertThat(alwaysVisible(slotsPerEpoch, slotsPerEpoch - 1, 7, 6)).isFalse();
  }

  /** Whether owner(s) is computable at T_{s−1} − H, when the lookahead ends with the next epoch. */
  private static boolean alwaysVisible(
      int slotsPerEpoch, int windowCap, long handoverSeconds, long slotSeconds) {
    for (long s = 2L * slotsPerEpoch; s < 4L * slotsPerEpoch; s++) {
      long nowSlot = Math.floorDiv((s - 1) * slotSeconds - handoverSeconds, slotSeconds);
      long visibleEpochs = nowSlot / slotsPerEpoch + 2;
      ProposerSchedule schedule =
          ScheduleFixtures.ofPattern(OPERATORS, slotsPerEpoch, windowCap, (int) visibleEpochs, 0);
      if (schedule.owner(new Slot(s)) instanceof SlotOwner.Unknown) {
        return false;
      }
    }
    return true;
  }

  @Test
  void hasNoOwnerOnlyWhenThereIsNoOperator() {
    OperatorSet nobody = OperatorSet.empty();
    ProposerSchedule schedule = ScheduleFixtures.ofPattern(nobody, 4, 3, 3, 0xfff);

    for (long s = 0; s < 8; s++) {
      assertThat(schedule.owner(new Slot(s))).isEqualTo(new SlotOwner.NoOwner(new Slot(s)));
    }
  }
}
