// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.precompile;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The field against BigInteger, and the pairing against its own laws. */
class Bn254Test {
  private static final long SEED = Long.getLong("lockstep.seed", 254L);
  private static final BigInteger P = Bn254Field.P;

  private final Random random = new Random(SEED);

  private BigInteger element() {
    return switch (random.nextInt(6)) {
      case 0 -> BigInteger.valueOf(random.nextInt(3));
      case 1 -> P.subtract(BigInteger.valueOf(1 + random.nextInt(3)));
      default -> new BigInteger(256, random).mod(P);
    };
  }

  @Test
  void multipliesAddsAndSubtractsInTheField() {
    for (int i = 0; i < 20_000; i++) {
      BigInteger a = element();
      BigInteger b = element();
      long[] x = Bn254Field.of(a);
      long[] y = Bn254Field.of(b);
      assertThat(Bn254Field.integer(Bn254Field.multiply(x, y), 0))
          .as("%s * %s, seed %d", a, b, SEED)
          .isEqualTo(a.multiply(b).mod(P));
      assertThat(Bn254Field.integer(Bn254Field.add(x, y), 0)).isEqualTo(a.add(b).mod(P));
      assertThat(Bn254Field.integer(Bn254Field.subtract(x, y), 0)).isEqualTo(a.subtract(b).mod(P));
    }
  }

  @Test
  void invertsInTheExtension() {
    for (int i = 0; i < 200; i++) {
      long[] a = new long[8];
      System.arraycopy(Bn254Field.of(element()), 0, a, 0, 4);
      System.arraycopy(Bn254Field.of(element().add(BigInteger.ONE).mod(P)), 0, a, 4, 4);
      if (!Bn254Field.isZero(a)) {
        assertThat(Bn254Field.multiply(a, Bn254Field.invert(a)))
            .as("seed %d", SEED)
            .isEqualTo(Bn254Field.one(8));
        assertThat(Bn254Field.square(a)).isEqualTo(Bn254Field.multiply(a, a));
      }
    }
  }

  @Test
  void isBilinear() {
    Bn254Point g1 = point(1, 2);
    Bn254Point g2 = Bn254Generators.g2();
    for (int i = 0; i < 5; i++) {
      BigInteger a = new BigInteger(250, random);
      BigInteger b = new BigInteger(250, random);
      // e(aP, bQ) * e(-abP, Q) = 1
      Bn254Pairing product = new Bn254Pairing();
      product.include(g1.times(a).normalized(), g2.times(b).normalized());
      product.include(g1.times(a.multiply(b)).normalized().negated(), g2);
      assertThat(product.isOne()).as("seed %d", SEED).isTrue();
      Bn254Pairing other = new Bn254Pairing();
      other.include(g1.times(a).normalized(), g2.times(b).normalized());
      other.include(g1.times(a.multiply(b).add(BigInteger.ONE)).normalized().negated(), g2);
      assertThat(other.isOne()).isFalse();
    }
  }

  private static Bn254Point point(long x, long y) {
    byte[] bytes = new byte[64];
    bytes[31] = (byte) x;
    bytes[63] = (byte) y;
    Bn254Point point = Bn254Point.readG1(bytes, 0);
    assertThat(point).isNotNull();
    return point;
  }
}
