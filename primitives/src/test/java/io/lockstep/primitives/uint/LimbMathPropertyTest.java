// SPDX-License-Identifier: Apache-2.0
package io.lockstep.primitives.uint;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.Random;
import java.util.function.BinaryOperator;
import org.junit.jupiter.api.Test;

/** Every operation against BigInteger, on words that favour the corners of limbs. */
class LimbMathPropertyTest {
  private static final long SEED = Long.getLong("lockstep.seed", 20261122L);
  private static final int ROUNDS = 20_000;
  private static final BigInteger MODULUS = BigInteger.ONE.shiftLeft(256);

  private final Random random = new Random(SEED);
  private final long[] s = new long[12];
  private final long[] w = new long[LimbDivision.SCRATCH_LONGS];

  @FunctionalInterface
  private interface Operation {
    void apply(long[] s, int a, int r);
  }

  private UInt256 word() {
    long[] limbs = new long[4];
    int used = random.nextInt(5);
    for (int i = 0; i < used; i++) {
      limbs[i] =
          switch (random.nextInt(6)) {
            case 0 -> 0;
            case 1 -> -1;
            case 2 -> Long.MIN_VALUE;
            case 3 -> 1L << random.nextInt(64);
            default -> random.nextLong();
          };
    }
    return UInt256.ofLimbs(limbs[0], limbs[1], limbs[2], limbs[3]);
  }

  private UInt256 near(UInt256 value) {
    return value.add(UInt256.of(random.nextInt(3))).subtract(UInt256.of(random.nextInt(3)));
  }

  private static BigInteger signed(BigInteger value) {
    return value.testBit(255) ? value.subtract(MODULUS) : value;
  }

  private void check(String name, Operation operation, BinaryOperator<BigInteger> oracle) {
    for (int i = 0; i < ROUNDS; i++) {
      UInt256 a = word();
      UInt256 b = random.nextInt(4) == 0 ? near(a) : word();
      LimbMath.set(s, 8, a);
      LimbMath.set(s, 4, b);
      operation.apply(s, 8, 4);
      BigInteger expected = oracle.apply(a.toBigInteger(), b.toBigInteger()).mod(MODULUS);
      assertThat(LimbMath.get(s, 4).toBigInteger())
          .as("%s of %s and %s, seed %d", name, a, b, SEED)
          .isEqualTo(expected);
    }
  }

  private static BigInteger orZero(BigInteger divisor, java.util.function.Supplier<BigInteger> f) {
    return divisor.signum() == 0 ? BigInteger.ZERO : f.get();
  }

  @Test
  void addsSubtractsAndMultiplies() {
    check("add", LimbMath::add, BigInteger::add);
    check("subtract", LimbMath::subtract, BigInteger::subtract);
    check("multiply", LimbMath::multiply, BigInteger::multiply);
  }

  @Test
  void divides() {
    check(
        "divide",
        (s, a, r) -> LimbDivision.divide(s, a, r, w),
        (a, b) -> orZero(b, () -> a.divide(b)));
    check(
        "modulo",
        (s, a, r) -> LimbDivision.modulo(s, a, r, w),
        (a, b) -> orZero(b, () -> a.mod(b)));
    check(
        "divideSigned",
        (s, a, r) -> LimbDivision.divideSigned(s, a, r, w),
        (a, b) -> orZero(b, () -> signed(a).divide(signed(b))));
    check(
        "moduloSigned",
        (s, a, r) -> LimbDivision.moduloSigned(s, a, r, w),
        (a, b) -> orZero(b, () -> signed(a).remainder(signed(b))));
  }

  @Test
  void addsAndMultipliesModulo() {
    for (int i = 0; i < ROUNDS; i++) {
      UInt256 a = word();
      UInt256 b = word();
      UInt256 m = random.nextInt(4) == 0 ? near(a) : word();
      BigInteger modulus = m.toBigInteger();
      LimbMath.set(s, 8, a);
      LimbMath.set(s, 4, b);
      LimbMath.set(s, 0, m);
      LimbDivision.addModulo(s, 8, 4, 0, w);
      assertThat(LimbMath.get(s, 0).toBigInteger())
          .as("(%s + %s) mod %s, seed %d", a, b, m, SEED)
          .isEqualTo(orZero(modulus, () -> a.toBigInteger().add(b.toBigInteger()).mod(modulus)));
      LimbMath.set(s, 0, m);
      LimbDivision.multiplyModulo(s, 8, 4, 0, w);
      assertThat(LimbMath.get(s, 0).toBigInteger())
          .as("(%s * %s) mod %s, seed %d", a, b, m, SEED)
          .isEqualTo(
              orZero(modulus, () -> a.toBigInteger().multiply(b.toBigInteger()).mod(modulus)));
    }
  }

  @Test
  void raisesToAPower() {
    for (int i = 0; i < 2_000; i++) {
      UInt256 a = word();
      UInt256 b = word();
      LimbMath.set(s, 8, a);
      LimbMath.set(s, 4, b);
      LimbMath.power(s, 8, 4, w);
      assertThat(LimbMath.get(s, 4).toBigInteger())
          .as("%s ^ %s, seed %d", a, b, SEED)
          .isEqualTo(a.toBigInteger().modPow(b.toBigInteger(), MODULUS));
    }
  }

  @Test
  void shiftsExtendsAndPicksBytes() {
    for (int i = 0; i < ROUNDS; i++) {
      UInt256 value = word();
      UInt256 by = random.nextInt(8) == 0 ? word() : UInt256.of(random.nextInt(300));
      int shift = (int) Math.min(by.toLongSaturated(), 256);
      BigInteger big = value.toBigInteger();
      assertThat(after(LimbMath::shiftLeft, by, value))
          .isEqualTo(big.shiftLeft(shift).mod(MODULUS));
      assertThat(after(LimbMath::shiftRight, by, value)).isEqualTo(big.shiftRight(shift));
      assertThat(after(LimbMath::shiftRightSigned, by, value))
          .isEqualTo(signed(big).shiftRight(shift).mod(MODULUS));
      BigInteger octet =
          shift < 32
              ? big.shiftRight(8 * (31 - shift)).and(BigInteger.valueOf(0xff))
              : BigInteger.ZERO;
      assertThat(after(LimbMath::byteAt, by, value)).isEqualTo(octet);
      BigInteger extended = big;
      if (shift < 31) {
        int bits = 8 * (shift + 1);
        extended = big.mod(BigInteger.ONE.shiftLeft(bits));
        if (extended.testBit(bits - 1)) {
          extended = extended.subtract(BigInteger.ONE.shiftLeft(bits)).mod(MODULUS);
        }
      }
      assertThat(after(LimbMath::signExtend, by, value)).isEqualTo(extended);
      LimbMath.set(s, 0, value);
      assertThat(LimbMath.leadingZeros(s, 0)).isEqualTo(256 - big.bitLength());
      assertThat(LimbMath.byteLength(s, 0)).isEqualTo((big.bitLength() + 7) / 8);
    }
  }

  private BigInteger after(Operation operation, UInt256 a, UInt256 r) {
    LimbMath.set(s, 8, a);
    LimbMath.set(s, 4, r);
    operation.apply(s, 8, 4);
    return LimbMath.get(s, 4).toBigInteger();
  }

  @Test
  void comparesAndNegates() {
    for (int i = 0; i < ROUNDS; i++) {
      UInt256 a = word();
      UInt256 b = random.nextInt(3) == 0 ? near(a) : word();
      LimbMath.set(s, 8, a);
      LimbMath.set(s, 4, b);
      assertThat(LimbMath.lessThan(s, 8, 4)).isEqualTo(a.compareTo(b) < 0);
      assertThat(LimbMath.lessThanSigned(s, 8, 4))
          .isEqualTo(signed(a.toBigInteger()).compareTo(signed(b.toBigInteger())) < 0);
      assertThat(LimbMath.equal(s, 8, 4)).isEqualTo(a.equals(b));
      LimbMath.negate(s, 8);
      assertThat(LimbMath.get(s, 8)).isEqualTo(UInt256.ZERO.subtract(a));
    }
  }

  @FunctionalInterface
  private interface ThreePlaces {
    void apply(long[] s, int a, int b, int r);
  }

  /** The form with three places does as the form with two, whichever places are the same. */
  private void checkPlaces(String name, ThreePlaces three, Operation two) {
    for (int i = 0; i < ROUNDS; i++) {
      int a = 4 * random.nextInt(3);
      int b = 4 * random.nextInt(3);
      int r = 4 * random.nextInt(3);
      for (int at = 0; at < 12; at += 4) {
        LimbMath.set(s, at, random.nextInt(3) == 0 ? UInt256.of(random.nextInt(300)) : word());
      }
      long[] copy = {0, 0, 0, 0, 0, 0, 0, 0};
      LimbMath.copy(s, a, copy, 0);
      LimbMath.copy(s, b, copy, 4);
      two.apply(copy, 0, 4);
      three.apply(s, a, b, r);
      assertThat(LimbMath.get(s, r))
          .as("%s at %d, %d to %d, seed %d", name, a, b, r, SEED)
          .isEqualTo(LimbMath.get(copy, 4));
    }
  }

  @Test
  void doesTheSameWhereverOperandsAndResultLie() {
    checkPlaces("add", (s, a, b, r) -> LimbMath.add(s, a, s, b, r), LimbMath::add);
    checkPlaces("subtract", (s, a, b, r) -> LimbMath.subtract(s, a, s, b, r), LimbMath::subtract);
    checkPlaces("multiply", (s, a, b, r) -> LimbMath.multiply(s, a, s, b, r), LimbMath::multiply);
    checkPlaces("byteAt", LimbMath::byteAt, LimbMath::byteAt);
    checkPlaces("signExtend", LimbMath::signExtend, LimbMath::signExtend);
    checkPlaces(
        "power",
        (s, a, b, r) -> LimbMath.power(s, a, b, r, w),
        (s, a, r) -> LimbMath.power(s, a, r, w));
    checkPlaces(
        "shiftLeft",
        (s, a, b, r) -> LimbMath.shiftLeft(s, b, LimbMath.shift(s, a), r),
        LimbMath::shiftLeft);
    checkPlaces(
        "shiftRight",
        (s, a, b, r) -> LimbMath.shiftRight(s, b, LimbMath.shift(s, a), r),
        LimbMath::shiftRight);
    checkPlaces(
        "shiftRightSigned",
        (s, a, b, r) -> LimbMath.shiftRightSigned(s, b, LimbMath.shift(s, a), r),
        LimbMath::shiftRightSigned);
    checkPlaces(
        "divide",
        (s, a, b, r) -> LimbDivision.divide(s, a, b, r, w),
        (s, a, r) -> LimbDivision.divide(s, a, r, w));
    checkPlaces(
        "modulo",
        (s, a, b, r) -> LimbDivision.modulo(s, a, b, r, w),
        (s, a, r) -> LimbDivision.modulo(s, a, r, w));
    checkPlaces(
        "divideSigned",
        (s, a, b, r) -> LimbDivision.divideSigned(s, a, b, r, w),
        (s, a, r) -> LimbDivision.divideSigned(s, a, r, w));
    checkPlaces(
        "moduloSigned",
        (s, a, b, r) -> LimbDivision.moduloSigned(s, a, b, r, w),
        (s, a, r) -> LimbDivision.moduloSigned(s, a, r, w));
  }

  @Test
  void addsSubtractsAndComparesSmallNumbers() {
    for (int i = 0; i < ROUNDS; i++) {
      long small = random.nextBoolean() ? random.nextInt(4) : random.nextLong() >>> 1;
      UInt256 a = random.nextInt(4) == 0 ? near(UInt256.of(small)) : word();
      UInt256 b = UInt256.of(small);
      LimbMath.set(s, 0, a);
      LimbMath.addSmall(s, 0, small, 4);
      assertThat(LimbMath.get(s, 4)).as("%s + %d", a, small).isEqualTo(a.add(b));
      LimbMath.subtractSmall(s, 0, small, 4);
      assertThat(LimbMath.get(s, 4)).as("%s - %d", a, small).isEqualTo(a.subtract(b));
      assertThat(LimbMath.lessThanSmall(s, 0, small)).isEqualTo(a.compareTo(b) < 0);
      assertThat(LimbMath.greaterThanSmall(s, 0, small)).isEqualTo(a.compareTo(b) > 0);
      assertThat(LimbMath.equalsSmall(s, 0, small)).isEqualTo(a.equals(b));
    }
  }

  @Test
  void storesAndLoadsBigEndian() {
    for (int i = 0; i < 1_000; i++) {
      UInt256 a = word();
      byte[] bytes = new byte[40];
      LimbMath.set(s, 0, a);
      LimbMath.store(s, 0, bytes, 5);
      assertThat(UInt256.read(bytes, 5)).isEqualTo(a);
      LimbMath.load(bytes, 5, s, 4);
      assertThat(LimbMath.get(s, 4)).isEqualTo(a);
    }
  }
}
