// SPDX-License-Identifier: Apache-2.0
package io.lockstep.primitives.uint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** UInt256 against BigInteger, on words that favour the corners of limbs. */
class UInt256PropertyTest {
  private static final long SEED = Long.getLong("lockstep.seed", 20261122L);
  private static final BigInteger MODULUS = BigInteger.ONE.shiftLeft(256);

  private final Random random = new Random(SEED);

  private long limb() {
    return switch (random.nextInt(6)) {
      case 0, 1 -> 0;
      case 2 -> -1;
      case 3 -> 1L << random.nextInt(64);
      default -> random.nextLong();
    };
  }

  private UInt256 word() {
    return UInt256.ofLimbs(limb(), limb(), limb(), limb());
  }

  @Test
  void computesAsBigIntegersModulo() {
    for (int round = 0; round < 30_000; round++) {
      UInt256 a = word();
      UInt256 b = random.nextInt(8) == 0 ? a : word();
      BigInteger x = a.toBigInteger();
      BigInteger y = b.toBigInteger();
      String at = "%s and %s, seed %d".formatted(a, b, SEED);
      assertThat(a.add(b).toBigInteger()).as(at).isEqualTo(x.add(y).mod(MODULUS));
      assertThat(a.subtract(b).toBigInteger()).as(at).isEqualTo(x.subtract(y).mod(MODULUS));
      assertThat(a.multiply(b).toBigInteger()).as(at).isEqualTo(x.multiply(y).mod(MODULUS));
      assertThat(a.divide(b).toBigInteger())
          .as(at)
          .isEqualTo(y.signum() == 0 ? BigInteger.ZERO : x.divide(y));
      assertThat(Integer.signum(a.compareTo(b))).as(at).isEqualTo(x.compareTo(y));
      assertThat(a.min(b).toBigInteger()).as(at).isEqualTo(x.min(y));
      assertThat(a.addOverflows(b)).as(at).isEqualTo(x.add(y).bitLength() > 256);
      assertThat(a.equals(b)).as(at).isEqualTo(x.equals(y));
    }
  }

  @Test
  void keepsItsValueThroughEveryForm() {
    for (int round = 0; round < 10_000; round++) {
      UInt256 a = word();
      BigInteger x = a.toBigInteger();
      assertThat(UInt256.of(x)).isEqualTo(a).hasSameHashCodeAs(a);
      assertThat(UInt256.of(a.toHash())).isEqualTo(a);
      assertThat(UInt256.read(a.toArray(), 0)).isEqualTo(a);
      assertThat(UInt256.ofBigEndian(a.toMinimalArray())).isEqualTo(a);
      assertThat(a.toMinimalArray()).hasSize((x.bitLength() + 7) / 8);
      assertThat(new BigInteger(1, a.toArray())).isEqualTo(x);
      assertThat(a.toQuantity()).isEqualTo("0x" + x.toString(16));
      assertThat(a.fitsLong()).isEqualTo(x.bitLength() < 64);
      assertThat(a.toLongSaturated())
          .isEqualTo(x.bitLength() < 64 ? x.longValueExact() : Long.MAX_VALUE);
      assertThat(a.isZero()).isEqualTo(x.signum() == 0);
    }
  }

  @Test
  void takesALongAsUnsigned() {
    assertThat(UInt256.of(-1L).toBigInteger())
        .isEqualTo(MODULUS.shiftRight(192).subtract(BigInteger.ONE));
  }

  @Test
  void refusesWhatDoesNotFit() {
    assertThatThrownBy(() -> UInt256.of(MODULUS)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> UInt256.of(BigInteger.ONE.negate()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> UInt256.ofBigEndian(new byte[33]))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
