// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.precompile;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.Random;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.math.ec.ECAlgorithms;
import org.bouncycastle.math.ec.ECPoint;
import org.junit.jupiter.api.Test;

/** The field against BigInteger, sums of points against Bouncy Castle's. */
class P256Test {
  private static final long SEED = Long.getLong("lockstep.seed", 256L);
  private static final BigInteger P = P256Field.P;
  private static final X9ECParameters CURVE = CustomNamedCurves.getByName("secp256r1");

  private final Random random = new Random(SEED);

  private BigInteger element() {
    return switch (random.nextInt(6)) {
      case 0 -> BigInteger.valueOf(random.nextInt(3));
      case 1 -> P.subtract(BigInteger.valueOf(1 + random.nextInt(3)));
      case 2 -> BigInteger.ONE.shiftLeft(random.nextInt(256)).mod(P);
      default -> new BigInteger(256, random).mod(P);
    };
  }

  @Test
  void multipliesAddsAndSubtractsInTheField() {
    int n = P256Field.LIMBS;
    long[] m = new long[3 * n];
    for (int i = 0; i < 50_000; i++) {
      BigInteger a = element();
      BigInteger b = element();
      P256Field.set(m, 0, a);
      P256Field.set(m, n, b);
      P256Field.multiply(m, 2 * n, 0, n);
      assertThat(P256Field.integer(m, 2 * n))
          .as("%s * %s, seed %d", a, b, SEED)
          .isEqualTo(a.multiply(b).mod(P));
      P256Field.add(m, 2 * n, 0, n);
      assertThat(P256Field.integer(m, 2 * n)).isEqualTo(a.add(b).mod(P));
      P256Field.subtract(m, 2 * n, 0, n);
      assertThat(P256Field.integer(m, 2 * n)).isEqualTo(a.subtract(b).mod(P));
    }
  }

  @Test
  void addsMultiplesOfTwoPoints() {
    P256Points points = new P256Points();
    for (int i = 0; i < 300; i++) {
      // Small multiples meet the special cases: equal points, opposite ones, infinity.
      boolean small = i % 2 == 0;
      BigInteger k = small ? BigInteger.valueOf(1 + random.nextInt(9)) : scalar();
      BigInteger u = small ? BigInteger.valueOf(random.nextInt(40)) : scalar();
      BigInteger v = small ? BigInteger.valueOf(random.nextInt(40)) : scalar();
      if (random.nextInt(3) == 0) {
        v = v.negate().mod(CURVE.getN());
      }
      ECPoint key = CURVE.getG().multiply(k).normalize();
      BigInteger x = key.getAffineXCoord().toBigInteger();
      BigInteger y = key.getAffineYCoord().toBigInteger();
      assertThat(points.isOnCurve(x, y)).isTrue();
      assertThat(points.isOnCurve(x, y.add(BigInteger.ONE).mod(P))).isFalse();
      points.sum(u, v, x, y);
      ECPoint expected = ECAlgorithms.sumOfTwoMultiplies(CURVE.getG(), u, key, v).normalize();
      String what = "%s G + %s * %s G, seed %d".formatted(u, v, k, SEED);
      if (expected.isInfinity()) {
        assertThat(points.sumHasX(BigInteger.ZERO)).as(what).isFalse();
      } else {
        BigInteger sum = expected.getAffineXCoord().toBigInteger();
        assertThat(points.sumHasX(sum)).as(what).isTrue();
        assertThat(points.sumHasX(sum.add(BigInteger.ONE).mod(P))).as(what).isFalse();
      }
    }
  }

  private BigInteger scalar() {
    return new BigInteger(256, random).mod(CURVE.getN());
  }
}
