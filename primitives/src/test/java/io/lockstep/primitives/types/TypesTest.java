// SPDX-License-Identifier: Apache-2.0
package io.lockstep.primitives.types;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.primitives.codec.AbiWords;
import io.lockstep.primitives.testing.Samples;
import io.lockstep.primitives.uint.UInt256;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class TypesTest {
  private static final long SEED = Long.getLong("lockstep.seed", 20261122L);

  private final Samples samples = new Samples(SEED);

  @Test
  void countsSlotsFromGenesis() {
    SlotClock clock = new SlotClock(1_000, 12, 32);
    assertThat(clock.slotAt(1_000)).isEqualTo(new Slot(0));
    assertThat(clock.slotAt(1_011)).isEqualTo(new Slot(0));
    assertThat(clock.slotAt(1_012)).isEqualTo(new Slot(1));
    assertThat(clock.slotAt(999)).isEqualTo(new Slot(0));
    assertThat(clock.slotAt(0)).isEqualTo(new Slot(0));
    assertThat(clock.startSeconds(new Slot(0))).isEqualTo(1_000);
    assertThat(clock.epochOf(new Slot(31))).isEqualTo(new Epoch(0));
    assertThat(clock.epochOf(new Slot(32))).isEqualTo(new Epoch(1));
    assertThat(clock.firstSlotOf(new Epoch(2))).isEqualTo(new Slot(64));
  }

  @Test
  void agreesWithItselfOnAnySlotLength() {
    for (int round = 0; round < 2_000; round++) {
      SlotClock clock =
          new SlotClock(
              samples.random().nextInt(),
              1 + samples.random().nextInt(20),
              1 + samples.random().nextInt(40));
      Slot slot = new Slot(samples.random().nextInt(Integer.MAX_VALUE));
      long start = clock.startSeconds(slot);
      assertThat(clock.slotAt(start)).as("seed %d", SEED).isEqualTo(slot);
      assertThat(clock.slotAt(start + clock.slotSeconds() - 1)).isEqualTo(slot);
      assertThat(clock.slotAt(start + clock.slotSeconds())).isEqualTo(slot.plus(1));
      Epoch epoch = clock.epochOf(slot);
      assertThat(slot).isGreaterThanOrEqualTo(clock.firstSlotOf(epoch));
      assertThat(slot).isLessThan(clock.firstSlotOf(epoch.plus(1)));
    }
  }

  @Test
  void refusesClocksAndNumbersThatCannotBe() {
    assertThatThrownBy(() -> new SlotClock(0, 0, 32)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new SlotClock(0, 12, 0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Slot(-1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Epoch(-1)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void keepsBytesThroughEveryForm() {
    for (int round = 0; round < 2_000; round++) {
      byte[] a = samples.array(32);
      byte[] b = samples.random().nextInt(4) == 0 ? a.clone() : samples.array(32);
      Hash32 hash = Hash32.of(a);
      assertThat(hash.toArray()).isEqualTo(a);
      assertThat(Hash32.fromHex(hash.toHex())).isEqualTo(hash).hasSameHashCodeAs(hash);
      assertThat(Integer.signum(hash.compareTo(Hash32.of(b))))
          .isEqualTo(Integer.signum(Arrays.compareUnsigned(a, b)));
      byte[] c = Arrays.copyOf(a, 20);
      byte[] d = Arrays.copyOf(b, 20);
      Address address = Address.of(c);
      assertThat(address.toArray()).isEqualTo(c);
      assertThat(Address.fromHex(address.toHex())).isEqualTo(address).hasSameHashCodeAs(address);
      assertThat(Integer.signum(address.compareTo(Address.of(d))))
          .isEqualTo(Integer.signum(Arrays.compareUnsigned(c, d)));
      assertThat(Bytes.fromHex(Bytes.wrap(a).toHex())).isEqualTo(Bytes.copyOf(a));
      assertThat(Integer.signum(Bytes.wrap(a).compareTo(Bytes.wrap(b))))
          .isEqualTo(Integer.signum(Arrays.compareUnsigned(a, b)));
    }
  }

  @Test
  void refusesTextThatIsNotHexOfTheLength() {
    assertThat(Hex.decode("")).isEmpty();
    assertThat(Hex.decode("0x")).isEmpty();
    assertThat(Hex.decode("0XaB", 1)).containsExactly(0xab);
    for (String text : new String[] {"0x1", "0xgg", "x12", "0x0x12", " 0x12"}) {
      assertThatThrownBy(() -> Hex.decode(text)).isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(() -> Hash32.fromHex("0x12")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Address.of(new byte[21])).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void putsALongIntoTheLastBytesOfAnAddress() {
    assertThat(Address.ofLong(0x0102030405060708L).toHex())
        .isEqualTo("0x0000000000000000000000000102030405060708");
  }

  @Test
  void countsWeiExactly() {
    assertThat(Wei.ofEther(32).toString()).isEqualTo("32" + "0".repeat(18));
    assertThat(Wei.of(5).minusOrZero(Wei.of(7))).isEqualTo(Wei.ZERO);
    assertThat(Wei.of(7).minusOrZero(Wei.of(5))).isEqualTo(Wei.of(2));
    assertThat(Wei.of(7).plus(Wei.of(5))).isEqualTo(new Wei(UInt256.of(12)));
  }

  @Test
  void buildsWordsOfStaticValuesAndExactlyAsManyAsAnnounced() {
    Address address = Address.ofLong(7);
    byte[] words =
        new AbiWords(4).uint(-1L).bool(true).address(address).word(Hash32.ZERO).toArray();
    assertThat(Hex.encode(words))
        .isEqualTo(
            "0x"
                + "00".repeat(24)
                + "ff".repeat(8)
                + "00".repeat(31)
                + "01"
                + "00".repeat(31)
                + "07"
                + "00".repeat(32));
    assertThatThrownBy(() -> new AbiWords(2).uint(1).toArray())
        .isInstanceOf(IllegalStateException.class);
  }
}
