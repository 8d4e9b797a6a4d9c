// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.sim;

import io.lockstep.devnet.l1.BoxOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * All operators go away for so long that windows stand open to everybody, and come back; the run is
 * longer for it. One thread.
 */
final class Absence {
  static final String KIND = "everyone-away";

  private static final int ONE_IN = 12;

  /** Slots from the run's start in which operators post before they go. */
  private static final int LEAST_BEFORE = 6;

  private static final int MORE_BEFORE = 6;

  /** Windows open after 16 slots without a batch and may begin seven later. */
  private static final int LEAST_AWAY = 20;

  private static final int MORE_AWAY = 10;
  private static final int MOST_AFTER = 8;

  private final SplittableRandom random;
  private final boolean happens;
  private final int slotsBefore;
  private final int slotsAway;
  private int planned;

  Absence(SplittableRandom random) {
    this.random = random;
    this.happens = random.nextInt(ONE_IN) == 0;
    this.slotsBefore = LEAST_BEFORE + random.nextInt(MORE_BEFORE);
    this.slotsAway = LEAST_AWAY + random.nextInt(MORE_AWAY);
  }

  /** How often it was planned. */
  int count() {
    return planned;
  }

  /** So many epochs the run is longer. */
  int moreEpochs() {
    return happens ? Math.ceilDiv(slotsBefore + slotsAway, BoxOptions.SLOTS_PER_EPOCH) : 0;
  }

  /**
   * @param others further nodes of operators, which are away as well
   */
  void plan(
      SimTime time,
      long slotMs,
      List<SimNode> operators,
      List<SimNode> others,
      Stranger stranger,
      Excuses excuses,
      Story story) {
    if (!happens) {
      return;
    }
    planned++;
    long fromMs = time.nowMs() + slotsBefore * slotMs + random.nextLong(slotMs);
    long awayMs = slotsAway * slotMs;
    List<SimNode> held = new ArrayList<>(operators);
    time.at(
        fromMs,
        () -> {
          story.tell("FAULT", "all operators are away for " + slotsAway + " slots");
          held.addAll(others);
          for (SimNode node : held) {
            node.hold();
            excuses.during(Excuses.Trouble.DOWN, node.index(), awayMs + FaultScene.LAG_MS);
          }
          stranger.begin();
        });
    time.at(
        fromMs + awayMs,
        () -> {
          story.tell("world", "the operators are back");
          held.forEach(SimNode::release);
        });
    time.at(fromMs + awayMs + random.nextLong(MOST_AFTER * slotMs), stranger::end);
  }
}
