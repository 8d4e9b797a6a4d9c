// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.precompile;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.Arrays;
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
      assertThat(Bn254Field.integer(Bn254Field.multiply(x, y)).toBigInteger())
          .as("%s * %s, seed %d", a, b, SEED)
          .isEqualTo(a.multiply(b).mod(P));
      assertThat(Bn254Field.integer(Bn254Field.add(x, y)).toBigInteger())
          .isEqualTo(a.add(b).mod(P));
      assertThat(Bn254Field.integer(Bn254Field.subtract(x, y)).toBigInteger())
          .isEqualTo(a.subtract(b).mod(P));
    }
  }

  @Test
  void invertsInTheExtension() {
    for (int i = 0; i < 200; i++) {
      long[] a =
          Bn254Field.join(
              Bn254Field.of(element()), Bn254Field.of(element().add(BigInteger.ONE).mod(P)));
      if (!Bn254Field.isZero(a)) {
        assertThat(Bn254Field.multiply(a, Bn254Field.invert(a)))
            .as("seed %d", SEED)
            .isEqualTo(Bn254Field.one(Bn254Field.PAIR));
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
      product.include(g1.times(a).normalized(), times(g2, b).normalized());
      product.include(g1.times(a.multiply(b)).normalized().negated(), g2);
      assertThat(product.isOne()).as("seed %d", SEED).isTrue();
      Bn254Pairing other = new Bn254Pairing();
      other.include(g1.times(a).normalized(), times(g2, b).normalized());
      other.include(g1.times(a.multiply(b).add(BigInteger.ONE)).normalized().negated(), g2);
      assertThat(other.isOne()).isFalse();
    }
  }

  @Test
  void multipliesCurvePointsAsRepeatedDoublingDoes() {
    for (int i = 0; i < 200; i++) {
      BigInteger k =
          i < 20 ? BigInteger.valueOf(i) : new BigInteger(1 + random.nextInt(256), random);
      Bn254Point g1 = times(point(1, 2), new BigInteger(200, random)).normalized();
      assertThat(g1.times(k).toBytes())
          .as("times %s, seed %d", k, SEED)
          .isEqualTo(times(g1, k).toBytes());
    }
  }

  @Test
  void multipliesByNinePlusI() {
    for (int i = 0; i < 20_000; i++) {
      long[] a = Bn254Field.join(Bn254Field.of(element()), Bn254Field.of(element()));
      assertThat(Bn254Field.timesXi(a))
          .as("seed %d", SEED)
          .isEqualTo(Bn254Field.multiply(a, Bn254Point.XI));
    }
  }

  @Test
  void takesTwistPointsOfTheSubgroupAlone() {
    int outside = 0;
    for (int i = 1; outside < 20; i++) {
      long[] x = Bn254Field.join(Bn254Field.of(BigInteger.valueOf(i)), Bn254Field.of(element()));
      long[] right =
          Bn254Field.add(Bn254Field.multiply(Bn254Field.square(x), x), Bn254Point.TWIST_B);
      long[] y = root(right);
      if (!Arrays.equals(Bn254Field.square(y), right)) {
        continue; // no point has this x
      }
      Bn254Point point = new Bn254Point(x, y, Bn254Field.one(Bn254Field.PAIR));
      // Of the twist's points one in 2^254 is of the subgroup; cleared of the cofactor all are.
      assertThat(Bn254Point.readG2(bytes(point), 0)).as("seed %d", SEED).isNull();
      Bn254Point small = times(point, ORDER);
      if (!small.isInfinity()) {
        assertThat(Bn254Point.readG2(bytes(small.normalized()), 0)).isNull();
      }
      Bn254Point inside = times(point, P.add(P).subtract(ORDER)).normalized();
      assertThat(Bn254Point.readG2(bytes(inside), 0)).isNotNull();
      outside++;
    }
  }

  private static final BigInteger ORDER =
      new BigInteger(
          "21888242871839275222246405745257275088548364400416034343698204186575808495617");

  /** A square root where there is one (Adj and Rodriguez-Henriquez, 2012). */
  private static long[] root(long[] a) {
    BigInteger three = BigInteger.valueOf(3);
    long[] a1 = Bn254Field.power(a, P.subtract(three).shiftRight(2));
    long[] x0 = Bn254Field.multiply(a1, a);
    long[] alpha = Bn254Field.multiply(a1, x0);
    long[] one = Bn254Field.one(Bn254Field.PAIR);
    if (Arrays.equals(alpha, Bn254Field.negate(one))) {
      long[] i = Bn254Field.join(Bn254Field.of(BigInteger.ZERO), Bn254Field.of(BigInteger.ONE));
      return Bn254Field.multiply(i, x0);
    }
    long[] b = Bn254Field.power(Bn254Field.add(one, alpha), P.shiftRight(1));
    return Bn254Field.multiply(b, x0);
  }

  private static byte[] bytes(Bn254Point twist) {
    byte[] out = new byte[128];
    long[][] parts = {twist.x(), twist.y()};
    for (int i = 0; i < 2; i++) {
      int half = Bn254Field.LIMBS;
      Bn254Field.write(Arrays.copyOfRange(parts[i], half, 2 * half), out, 64 * i);
      Bn254Field.write(Arrays.copyOf(parts[i], half), out, 64 * i + 32);
    }
    return out;
  }

  private static Bn254Point times(Bn254Point point, BigInteger scalar) {
    Bn254Point sum = Bn254Point.infinity(point.x().length);
    for (int i = scalar.bitLength() - 1; i >= 0; i--) {
      sum = sum.twicePoint();
      if (scalar.testBit(i)) {
        sum = sum.plus(point);
      }
    }
    return sum;
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
