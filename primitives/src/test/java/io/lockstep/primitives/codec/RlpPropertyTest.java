// SPDX-License-Identifier: Apache-2.0
package io.lockstep.primitives.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.primitives.testing.Samples;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.types.Hex;
import io.lockstep.primitives.uint.UInt256;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Reader and writer against each other and against the slow encoder, on seeded items. */
class RlpPropertyTest {
  private static final long SEED = Long.getLong("lockstep.seed", 20261122L);

  private final Samples samples = new Samples(SEED);

  private RlpItem item(int depth) {
    if (depth == 0 || samples.random().nextInt(3) > 0) {
      int[] lengths = {0, 1, 1, 2, 32, 54, 55, 56, 57, 255, 256, 257, 70_000};
      int pick = samples.random().nextInt(lengths.length);
      int length = pick == 12 && samples.random().nextInt(10) > 0 ? 1 : lengths[pick];
      return new RlpItem.Text(Bytes.wrap(samples.array(length)));
    }
    List<RlpItem> values = new ArrayList<>();
    for (int left = samples.random().nextInt(5); left > 0; left--) {
      values.add(item(depth - 1));
    }
    return new RlpItem.Items(values);
  }

  @Test
  void readsBackWhatItWrites() throws DecodeException {
    for (int round = 0; round < 3_000; round++) {
      RlpItem item = item(5);
      RlpWriter out = new RlpWriter(0);
      item.write(out);
      byte[] encoded = out.toArray();
      assertThat(encoded).as("round %d, seed %d", round, SEED).isEqualTo(item.oracle());
      assertThat(RlpItem.readWhole(encoded)).as("round %d, seed %d", round, SEED).isEqualTo(item);
    }
  }

  @Test
  void nestsDeeperThanItsFirstStack() throws DecodeException {
    RlpItem item = new RlpItem.Text(Bytes.of(1));
    for (int depth = 0; depth < 100; depth++) {
      item = new RlpItem.Items(List.of(item));
    }
    RlpWriter out = new RlpWriter();
    item.write(out);
    assertThat(out.toArray()).isEqualTo(item.oracle());
    assertThat(RlpItem.readWhole(out.toArray())).isEqualTo(item);
  }

  @Test
  void readsOneFormOfAnInputOnlyAndFailsWithADecodeExceptionElse() {
    int accepted = 0;
    for (int round = 0; round < 60_000; round++) {
      byte[] input = samples.array(samples.random().nextInt(40));
      if (round % 2 == 0) {
        input = samples.damaged(item(3).oracle());
      }
      try {
        RlpItem item = RlpItem.readWhole(input);
        accepted++;
        assertThat(item.oracle()).as("round %d, seed %d", round, SEED).isEqualTo(input);
      } catch (DecodeException refused) {
        assertThat(refused).hasMessageMatching(".+");
      }
    }
    assertThat(accepted).isPositive();
  }

  @Test
  void readsIntegersThatItWrites() throws DecodeException {
    for (int round = 0; round < 5_000; round++) {
      UInt256 value = samples.uint();
      long number = samples.number();
      long unsigned = samples.unsigned();
      RlpReader in =
          RlpReader.over(
              new RlpWriter().integer(value).integer(number).integer(unsigned).toArray());
      assertThat(in.uint256()).as("seed %d", SEED).isEqualTo(value);
      assertThat(in.integer()).as("seed %d", SEED).isEqualTo(number);
      assertThat(in.unsignedLong()).as("seed %d", SEED).isEqualTo(unsigned);
      in.end();
    }
  }

  @Test
  void refusesIntegersThatAreTooLargeOrPadded() {
    assertThatThrownBy(() -> over("0x00").integer()).isInstanceOf(DecodeException.class);
    assertThatThrownBy(() -> over("0x820001").integer()).isInstanceOf(DecodeException.class);
    assertThatThrownBy(() -> over("0x888000000000000000").integer())
        .isInstanceOf(DecodeException.class);
    assertThatThrownBy(() -> over("0x89010000000000000000").unsignedLong())
        .isInstanceOf(DecodeException.class);
    assertThatThrownBy(() -> over("0xa1" + "01".repeat(33)).uint256())
        .isInstanceOf(DecodeException.class);
    assertThatThrownBy(() -> over("0xc0").integer()).isInstanceOf(DecodeException.class);
  }

  @Test
  void refusesOtherLengthsThanAskedFor() {
    assertThatThrownBy(() -> over("0x9f" + "01".repeat(31)).hash())
        .isInstanceOf(DecodeException.class);
    assertThatThrownBy(() -> over("0x93" + "01".repeat(19)).address())
        .isInstanceOf(DecodeException.class);
    assertThatThrownBy(() -> over("0x83010203").bytes(2)).hasMessageContaining("limit 2");
    assertThatThrownBy(() -> over("0x80").list()).isInstanceOf(DecodeException.class);
    assertThatThrownBy(() -> over("0x").skip()).isInstanceOf(DecodeException.class);
  }

  @Test
  void keepsAReaderOfAListWithinTheList() throws DecodeException {
    RlpReader in = over("0xc20102" + "03");
    RlpReader list = in.list();
    assertThat(list.integer()).isEqualTo(1);
    assertThat(list.integer()).isEqualTo(2);
    assertThat(list.hasNext()).isFalse();
    assertThatThrownBy(list::integer).isInstanceOf(DecodeException.class);
    assertThat(in.integer()).isEqualTo(3);
    // The list announces one byte, the string within it two.
    assertThatThrownBy(() -> over("0xc1820102").list().bytes()).isInstanceOf(DecodeException.class);
  }

  @Test
  void givesTheRawItemAndSkips() throws DecodeException {
    RlpReader in = over("0xc20102" + "820304" + "05");
    assertThat(in.rawItem()).isEqualTo(Hex.decode("0xc20102"));
    in.skip();
    assertThat(in.rawItem()).isEqualTo(Hex.decode("0x05"));
    in.end();
  }

  @Test
  void doesNotGiveOutAListThatIsStillOpen() {
    assertThatThrownBy(() -> new RlpWriter().startList().hash(Hash32.ZERO).toArray())
        .isInstanceOf(IllegalStateException.class);
  }

  private static RlpReader over(String hex) {
    return RlpReader.over(Hex.decode(hex));
  }
}
