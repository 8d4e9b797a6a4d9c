// SPDX-License-Identifier: Apache-2.0
package io.lockstep.primitives.tx;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.primitives.testing.Samples;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import java.util.List;
import org.junit.jupiter.api.Test;

class LogsBloomTest {
  private final Samples samples = new Samples(7);

  @Test
  void setsTheBitsOfAKnownAddress() {
    // keccak(0x…01) = 1468 2880 5631…: modulo 2048 these are 1128, 128 and 1585.
    Log log =
        new Log(
            Address.fromHex("0x0000000000000000000000000000000000000001"), List.of(), Bytes.EMPTY);
    Bytes bloom = LogsBloom.of(List.of(log));
    int bits = 0;
    for (int i = 0; i < 256; i++) {
      bits += Integer.bitCount(bloom.get(i) & 0xff);
    }
    assertThat(bits).isEqualTo(3);
    for (int bit : new int[] {1128, 128, 1585}) {
      assertThat(bloom.get(255 - bit / 8) & (1 << (bit % 8))).as("bit %d", bit).isNotZero();
    }
  }

  @Test
  void containsWhatWentInAndUnitesBlooms() {
    for (int round = 0; round < 200; round++) {
      Log one = samples.log();
      Log other = samples.log();
      Bytes both = LogsBloom.of(List.of(one, other));
      assertThat(both)
          .isEqualTo(
              LogsBloom.union(List.of(LogsBloom.of(List.of(one)), LogsBloom.of(List.of(other)))));
      assertThat(LogsBloom.mayContain(both, one.address().toArray())).isTrue();
      other.topics().forEach(t -> assertThat(LogsBloom.mayContain(both, t.toArray())).isTrue());
      assertThat(LogsBloom.mayContain(LogsBloom.EMPTY, one.address().toArray())).isFalse();
    }
  }
}
