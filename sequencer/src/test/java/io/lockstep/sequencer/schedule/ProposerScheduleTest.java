// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Epoch;
import io.lockstep.primitives.types.Hex;
import io.lockstep.primitives.types.Slot;
import io.lockstep.primitives.types.Wei;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProposerScheduleTest {
  private static final long STRANGER = ScheduleFixtures.STRANGER;

  @Test
  void drawsTheFallbackFromTheLookaheadItself() {
    OperatorSet operators = operatorsWithValidators(5, 3);
    long[] duties = {STRANGER, 1_000_000, STRANGER, 7};
    // abi.encode(uint64 2, uint64[] duties)
    String abi =
        word(2) + word(64) + word(4) + word(STRANGER) + word(1_000_000) + word(STRANGER) + word(7);
    BigInteger seed = new BigInteger(1, Keccak.hash(Hex.decode(abi)).toArray());
    long position = seed.mod(BigInteger.valueOf(15)).longValue();

    ProposerSchedule schedule =
        ProposerSchedule.empty(4, operators)
            .withDuties(new Epoch(2), duties)
            .withDuties(new Epoch(3), new long[] {STRANGER, STRANGER, STRANGER, STRANGER});

    Window window = owned(schedule, 8);
    assertThat(window.fallback()).isTrue();
    assertThat(window.operatorId()).isEqualTo(1 + position / 3);
    assertThat(window.windowSlot()).isEqualTo(new Slot(8));
    assertThat(window.lastSlot()).isEqualTo(new Slot(11));
  }

  @Test
  void passesOverOperatorsThatAreNotEligibleInAtMostSixteenProbes() {
    // One validator each; all but the last operator have left.
    for (int count : List.of(15, 16, 17, 40)) {
      OperatorSet operators = operatorsWithValidators(count, 1);
      List<RegistryChange> exits = new ArrayList<>();
      for (int id = 1; id < count; id++) {
        exits.add(new RegistryChange.EligibilityEnded(id, new Epoch(0)));
      }
      operators = operators.with(exits);
      int drawn = 0;
      for (int epoch = 0; epoch < 60; epoch++) {
        long[] duties = {STRANGER, STRANGER, STRANGER, STRANGER + epoch};
        BigInteger seed =
            new BigInteger(
                1, Keccak.hash(EpochDuties.abiEncode(new Epoch(epoch), duties)).toArray());
        int start = seed.mod(BigInteger.valueOf(count)).intValue();
        boolean reached = Math.floorMod(count - 1 - start, count) < 16;
        SlotOwner owner =
            ProposerSchedule.empty(4, 1, operators)
                .withDuties(new Epoch(epoch), duties)
                .owner(new Slot(epoch * 4L));
        assertThat(owner instanceof SlotOwner.Owner).isEqualTo(reached);
        drawn += reached ? 1 : 0;
      }
      assertThat(drawn).isPositive();
    }
  }

  @Test
  void countsChangesFromTheEpochThatTheyName() {
    OperatorSet operators =
        OperatorSet.empty()
            .with(
                List.of(
                    ScheduleFixtures.registered(13, 1, 8), ScheduleFixtures.validators(14, 1, 5L)));

    assertThat(operators.isEligible(1, new Epoch(12))).isFalse();
    assertThat(operators.isEligible(1, new Epoch(13))).isTrue();
    assertThat(operators.eligibleOperatorOf(5, new Epoch(13))).isZero();
    assertThat(operators.eligibleOperatorOf(5, new Epoch(14))).isEqualTo(1);
    assertThat(operators.validatorCount(new Epoch(13))).isZero();
    assertThat(operators.validatorCount(new Epoch(14))).isEqualTo(1);

    OperatorSet left =
        operators.with(
            List.of(
                new RegistryChange.Exited(1),
                new RegistryChange.EligibilityEnded(1, new Epoch(23))));
    assertThat(left.isEligible(1, new Epoch(22))).isTrue();
    assertThat(left.isEligible(1, new Epoch(23))).isFalse();
    assertThat(operators.isEligible(1, new Epoch(23))).as("the set before is unchanged").isTrue();
  }

  @Test
  void remembersTheEpochsBeforeAReturn() {
    OperatorSet operators =
        OperatorSet.empty()
            .with(
                List.of(
                    ScheduleFixtures.registered(4, 1, 8),
                    new RegistryChange.StakeChanged(1, Wei.ofEther(7)),
                    new RegistryChange.EligibilityEnded(1, new Epoch(9)),
                    new RegistryChange.StakeChanged(1, Wei.ofEther(9)),
                    new RegistryChange.EligibilityBegan(1, new Epoch(15))));

    for (long epoch = 0; epoch < 30; epoch++) {
      assertThat(operators.isEligible(1, new Epoch(epoch)))
          .as("epoch " + epoch)
          .isEqualTo((epoch >= 4 && epoch < 9) || epoch >= 15);
    }
    Operator operator = operators.operator(1);
    assertThat(operator).isNotNull();
    assertThat(operator.stake()).isEqualTo(Wei.ofEther(9));
  }

  @Test
  void givesAWindowTheKeysOfItsOwnEpoch() {
    Address newCommitter = Address.ofLong(7_001);
    OperatorSet operators =
        OperatorSet.empty()
            .with(
                List.of(
                    ScheduleFixtures.registered(4, 1, 8),
                    new RegistryChange.KeysRotated(
                        new Epoch(20),
                        1,
                        List.of(Address.ofLong(7_002), Address.ofLong(7_003)),
                        newCommitter)));
    Operator operator = operators.operator(1);
    assertThat(operator).isNotNull();

    assertThat(operator.keysAt(new Epoch(19)).committer()).isEqualTo(Address.ofLong(4_001));
    assertThat(operator.keysAt(new Epoch(20)).committer()).isEqualTo(newCommitter);
    assertThat(operator.keysAt(new Epoch(21)).posters()).contains(Address.ofLong(7_003));
    assertThat(operators.operatorOfCommitter(newCommitter)).isEqualTo(operator);
    assertThat(operators.operatorOfCommitter(Address.ofLong(4_001))).isEqualTo(operator);
  }

  @Test
  void leavesAFrozenOperatorItsWindowsIdleUntilTheFreezeCounts() {
    OperatorSet operators =
        OperatorSet.empty()
            .with(
                List.of(
                    ScheduleFixtures.registered(3, 1, 8),
                    ScheduleFixtures.validators(3, 1, 1L),
                    new RegistryChange.Frozen(1),
                    new RegistryChange.EligibilityEnded(1, new Epoch(8))));
    long[] duties = {1, 1, 1, 1};
    ProposerSchedule schedule =
        ProposerSchedule.empty(4, operators)
            .withDuties(new Epoch(7), duties)
            .withDuties(new Epoch(8), duties);

    Window idle = owned(schedule, 30);
    assertThat(idle.operatorId()).isEqualTo(1);
    assertThat(idle.idle()).isTrue();
    assertThat(schedule.owner(new Slot(32))).isInstanceOf(SlotOwner.NoOwner.class);
  }

  @Test
  void tellsWhichEpochIsMissing() {
    ProposerSchedule schedule =
        ProposerSchedule.empty(4, ScheduleFixtures.twoOperators())
            .withDuties(new Epoch(1), new long[] {1, STRANGER, STRANGER, STRANGER});

    assertThat(schedule.owner(new Slot(0))).isEqualTo(new SlotOwner.Unknown(new Epoch(0)));
    assertThat(schedule.owner(new Slot(5))).isInstanceOf(SlotOwner.Owner.class);
    assertThat(schedule.owner(new Slot(6))).isEqualTo(new SlotOwner.Unknown(new Epoch(2)));
    // Its own slot is known, where its window begins is not.
    Window window = owned(schedule, 4);
    assertThat(window.firstSlot()).isNull();
    assertThat(window.lastSlot()).isEqualTo(new Slot(4));
  }

  @Test
  void doesNotTellTheEndOfAFallbackWindowBeforeItIsVisible() {
    long[] none = {STRANGER, STRANGER, STRANGER, STRANGER};
    ProposerSchedule schedule =
        ProposerSchedule.empty(4, ScheduleFixtures.twoOperators()).withDuties(new Epoch(1), none);
    assertThat(owned(schedule, 4).lastSlot()).isNull();

    schedule = schedule.withDuties(new Epoch(2), new long[] {STRANGER, STRANGER, 2, 1});
    Window window = owned(schedule, 4);
    assertThat(window.fallback()).isTrue();
    assertThat(window.lastSlot()).isEqualTo(new Slot(7));
    assertThat(owned(schedule, 7)).isEqualTo(window);
    assertThat(owned(schedule, 8).windowSlot()).isEqualTo(new Slot(10));
  }

  @Test
  void keepsConsecutiveSlotsOfOneOperatorApart() {
    ProposerSchedule schedule =
        ProposerSchedule.empty(4, ScheduleFixtures.twoOperators())
            .withDuties(new Epoch(0), new long[] {1, 1, 2, 2});

    for (long s = 0; s < 4; s++) {
      Window window = owned(schedule, s);
      assertThat(window.windowSlot()).isEqualTo(new Slot(s));
      assertThat(window.firstSlot()).isEqualTo(new Slot(s));
    }
  }

  @Test
  void forgetsAndReplacesDuties() {
    ProposerSchedule schedule =
        ScheduleFixtures.ofPattern(ScheduleFixtures.twoOperators(), 4, 3, 4, 0xffff);

    assertThat(schedule.withoutEpochsBefore(new Epoch(2)).knownEpochs())
        .containsExactly(new Epoch(2), new Epoch(3));
    assertThat(schedule.withoutEpochsFrom(new Epoch(2)).knownEpochs())
        .containsExactly(new Epoch(0), new Epoch(1));
    assertThat(schedule.withOperators(OperatorSet.empty()).owner(new Slot(0)))
        .isInstanceOf(SlotOwner.NoOwner.class);
    assertThatThrownBy(() -> schedule.withDuties(new Epoch(0), new long[3]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("3 proposers of an epoch of 4");
  }

  @Test
  void refusesHistoriesThatCannotBe() {
    OperatorSet operators = ScheduleFixtures.twoOperators();

    assertThatThrownBy(() -> operators.with(List.of(ScheduleFixtures.registered(0, 1, 9))))
        .hasMessageContaining("operator 1 is registered");
    assertThatThrownBy(() -> operators.with(List.of(ScheduleFixtures.validators(0, 1, 2L))))
        .hasMessageContaining("validator 2 is claimed");
    assertThatThrownBy(() -> operators.with(List.of(new RegistryChange.Frozen(7))))
        .hasMessageContaining("no operator 7");
    OperatorSet later = operators.with(List.of(ScheduleFixtures.validators(6, 1, 11L)));
    assertThatThrownBy(() -> later.with(List.of(ScheduleFixtures.validators(5, 2, 12L))))
        .hasMessageContaining("after one from epoch 6");
  }

  @Test
  void findsOperatorsByTheirCommitters() {
    OperatorSet operators = ScheduleFixtures.twoOperators();
    Operator two = operators.operator(2);
    assertThat(two).isNotNull();

    Operator.Keys keys = two.keys().getFirst();
    assertThat(operators.operatorOfCommitter(keys.committer())).isEqualTo(two);
    assertThat(operators.operatorOfCommitter(keys.posters().getFirst())).isNull();
    assertThat(operators.operators()).hasSize(2);
  }

  private static Window owned(ProposerSchedule schedule, long slot) {
    return ((SlotOwner.Owner) schedule.owner(new Slot(slot))).window();
  }

  private static OperatorSet operatorsWithValidators(int operators, int each) {
    List<RegistryChange> changes = new ArrayList<>();
    for (int id = 1; id <= operators; id++) {
      changes.add(ScheduleFixtures.registered(0, id, 8));
      for (int v = 0; v < each; v++) {
        changes.add(ScheduleFixtures.validators(0, id, 10_000_000L + id * 100L + v));
      }
    }
    return OperatorSet.empty().with(changes);
  }

  private static String word(long value) {
    return String.format("%064x", value);
  }
}
