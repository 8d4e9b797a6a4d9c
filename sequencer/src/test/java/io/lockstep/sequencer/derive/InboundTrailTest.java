// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.derive;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.l1client.contract.ForcedEnqueued;
import io.lockstep.l1client.contract.InboundEvents;
import io.lockstep.l1client.contract.MessageSent;
import io.lockstep.l1client.execution.L1Block;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.BlockRef;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import java.util.List;
import org.junit.jupiter.api.Test;

class InboundTrailTest {
  private static final long NOTHING_MISSING = -1;

  private final InboundTrail trail = new InboundTrail();

  private static L1Block block(long number) {
    return new L1Block(
        new BlockRef(number, Hash32.ZERO, Hash32.ZERO, number * 12),
        Hash32.ZERO,
        Hash32.ZERO,
        Hash32.ZERO,
        UInt256.ONE,
        30_000_000,
        0,
        0,
        0);
  }

  private static InboundEvents forced(long rollupId, long index) {
    return new InboundEvents(
        List.of(new ForcedEnqueued(rollupId, index, 21_000, Bytes.EMPTY)), List.of());
  }

  private static InboundEvents message(long rollupId, long index) {
    return new InboundEvents(
        List.of(),
        List.of(
            new MessageSent(
                rollupId, index, Address.ZERO, Address.ZERO, UInt256.ZERO, Bytes.EMPTY)));
  }

  @Test
  void followsEachQueueByItself() {
    assertThat(trail.follow(block(1), forced(901, 0))).isEqualTo(NOTHING_MISSING);
    assertThat(trail.follow(block(2), message(901, 7))).isEqualTo(NOTHING_MISSING);
    assertThat(trail.follow(block(3), forced(902, 3))).isEqualTo(NOTHING_MISSING);
    assertThat(trail.follow(block(4), forced(901, 1))).isEqualTo(NOTHING_MISSING);
    assertThat(trail.follow(block(5), InboundEvents.NONE)).isEqualTo(NOTHING_MISSING);
    assertThat(trail.follow(block(6), message(901, 8))).isEqualTo(NOTHING_MISSING);
  }

  @Test
  void saysFromWhereSomethingIsMissing() {
    assertThat(trail.follow(block(10), forced(901, 0))).isEqualTo(NOTHING_MISSING);
    assertThat(trail.follow(block(20), forced(902, 0))).isEqualTo(NOTHING_MISSING);

    assertThat(trail.follow(block(30), forced(901, 2))).isEqualTo(11);
    assertThat(trail.follow(block(15), forced(901, 1))).isEqualTo(NOTHING_MISSING);
    assertThat(trail.follow(block(30), forced(901, 2))).isEqualTo(NOTHING_MISSING);
  }

  @Test
  void forgetsWhatIsNotCanonicalAnyMore() {
    assertThat(trail.follow(block(1), forced(901, 0))).isEqualTo(NOTHING_MISSING);
    assertThat(trail.follow(block(2), forced(901, 1))).isEqualTo(NOTHING_MISSING);
    trail.rewindTo(1);

    assertThat(trail.follow(block(2), forced(901, 1))).isEqualTo(NOTHING_MISSING);
  }
}
