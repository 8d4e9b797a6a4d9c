// SPDX-License-Identifier: Apache-2.0
package io.lockstep.primitives.uint;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** MULMOD by one modulus again and again, against BigInteger. */
class LimbBarrettTest {
  private static final long SEED = Long.getLong("lockstep.seed", 520L);
  private static final BigInteger TOP = BigInteger.ONE.shiftLeft(256);

  private final Random random = new Random(SEED);
  private final long[] w = new long[LimbDivision.SCRATCH_LONGS];
  private final long[] s = new long[16];

  @Test
  void multipliesByAModulusThatStays() {
    for (int round = 0; round < 2_000; round++) {
      BigInteger modulus = modulus();
      for (int i = 0; i < 60; i++) {
        check(operand(modulus), operand(modulus), modulus);
      }
    }
  }

  @Test
  void tellsModuliApartThatAlternate() {
    BigInteger one = TOP.subtract(BigInteger.valueOf(189));
    BigInteger other = one.subtract(BigInteger.ONE.shiftLeft(200));
    for (int i = 0; i < 400; i++) {
      BigInteger modulus = random.nextInt(12) == 0 ? other : one;
      check(operand(modulus), operand(modulus), modulus);
    }
  }

  private void check(BigInteger a, BigInteger b, BigInteger modulus) {
    LimbMath.set(s, 0, UInt256.of(a));
    LimbMath.set(s, 4, UInt256.of(b));
    LimbMath.set(s, 8, UInt256.of(modulus));
    LimbDivision.multiplyModulo(s, 0, 4, 8, 12, w);
    assertThat(LimbMath.get(s, 12).toBigInteger())
        .as("%s * %s modulo %s, seed %d", a, b, modulus, SEED)
        .isEqualTo(a.multiply(b).mod(modulus));
  }

  private BigInteger modulus() {
    BigInteger small = BigInteger.valueOf(1 + random.nextInt(3));
    return switch (random.nextInt(6)) {
      case 0 -> TOP.subtract(small);
      case 1 -> BigInteger.ONE.shiftLeft(249).add(small).subtract(BigInteger.TWO);
      case 2 -> BigInteger.ONE.shiftLeft(248 + random.nextInt(8));
      case 3 -> sparse().setBit(249 + random.nextInt(7));
      default -> new BigInteger(256, random).setBit(249);
    };
  }

  private BigInteger operand(BigInteger modulus) {
    BigInteger small = BigInteger.valueOf(random.nextInt(3));
    return switch (random.nextInt(7)) {
      case 0 -> TOP.subtract(BigInteger.ONE).subtract(small);
      case 1 -> modulus.subtract(small);
      case 2 -> modulus.add(small).min(TOP.subtract(BigInteger.ONE));
      case 3 -> small;
      case 4 -> sparse();
      default -> new BigInteger(256, random);
    };
  }

  /** Long runs of ones and zeros: these make carries. */
  private BigInteger sparse() {
    BigInteger out = BigInteger.ZERO;
    for (int i = 0; i < 3; i++) {
      int from = random.nextInt(256);
      int to = from + random.nextInt(257 - from);
      out = out.xor(BigInteger.ONE.shiftLeft(to).subtract(BigInteger.ONE.shiftLeft(from)));
    }
    return out;
  }
}
