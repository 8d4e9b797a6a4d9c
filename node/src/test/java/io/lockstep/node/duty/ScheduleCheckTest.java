// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.duty;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.l1client.contract.LookaheadSynced;
import io.lockstep.primitives.types.Epoch;
import io.lockstep.sequencer.schedule.EpochOperators;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScheduleCheckTest {
  private static final Epoch SEVEN = new Epoch(7);
  private static final EpochOperators OWN =
      new EpochOperators(List.of(1L, 2L, 0L, 1L, 2L, 0L, 1L, 2L), 2);

  private final ScheduleCheck check = new ScheduleCheck();

  @Test
  void agreesWithTheSameSchedule() {
    check.compare(SEVEN, onChain(2, 1, 2, 0, 1, 2, 0, 1, 2), OWN);

    assertThat(check.count()).isZero();
    assertThat(check.faultIn(new Epoch(0), new Epoch(99))).isNull();
  }

  @Test
  void namesEpochAndSlotsThatContradictAndForgetsThemWhenTheyAgreeAgain() {
    check.compare(SEVEN, onChain(1, 1, 2, 0, 3, 2, 0, 0, 2), OWN);

    assertThat(check.faultIn(SEVEN, new Epoch(8)))
        .isEqualTo(
            "the schedule of epoch 7: slot 59 is operator 3's on chain, 1's here, slot 62 is"
                + " operator 0's on chain, 1's here, the fallback is operator 1 on chain, 2 here");
    assertThat(check.faultIn(new Epoch(8), new Epoch(8))).isNull();

    check.compare(SEVEN, onChain(2, 1, 2, 0, 1, 2, 0, 1, 2), OWN);
    assertThat(check.count()).isZero();
  }

  @Test
  void whatOneSideDoesNotKnowIsNoContradiction() {
    check.compare(SEVEN, null, OWN);
    check.compare(SEVEN, onChain(1, 1, 1, 1, 1, 1, 1, 1, 1), null);

    assertThat(check.count()).isZero();
  }

  @Test
  void forgetsEpochsThatHavePassed() {
    check.compare(SEVEN, onChain(1, 1, 1, 1, 1, 1, 1, 1, 1), OWN);
    check.forgetBefore(new Epoch(8));

    assertThat(check.count()).isZero();
  }

  private static LookaheadSynced onChain(int fallback, int... operators) {
    return new LookaheadSynced(SEVEN, fallback, operators);
  }
}
