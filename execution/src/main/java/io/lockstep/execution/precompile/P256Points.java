// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.precompile;

import static io.lockstep.execution.precompile.P256Field.*;

import java.math.BigInteger;
import java.util.Arrays;

/**
 * Points of secp256r1, y² = x³ - 3x + b, in Jacobian coordinates (z is zero at infinity), in one
 * array with the scratch of their formulas (the Explicit-Formulas Database's dbl-2001-b and
 * add-2007-bl). One thread, one computation.
 */
final class P256Points {
  private static final BigInteger B =
      new BigInteger("5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b", 16);
  private static final BigInteger GX =
      new BigInteger("6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296", 16);
  private static final BigInteger GY =
      new BigInteger("4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5", 16);

  private static final int X = 0;
  private static final int Y = LIMBS;
  private static final int Z = 2 * LIMBS;
  private static final int POINT_LONGS = 3 * LIMBS;

  // Places in the array: scratch, the sum, the odd multiples of the key.
  private static final int SCRATCH = 0;
  private static final int SUM = 8 * LIMBS;
  private static final int TABLE = SUM + POINT_LONGS;

  /** Bits that one addition takes of a scalar: of the key's, and of the generator's. */
  private static final int KEY_WINDOW = 5;

  private static final int BASE_WINDOW = 8;
  private static final int KEY_MULTIPLES = 1 << (KEY_WINDOW - 2);
  private static final int BASE_MULTIPLES = 1 << (BASE_WINDOW - 2);

  /** The odd multiples of the generator with z = 1, as they follow the key's in the array. */
  private static final long[] BASE = baseMultiples();

  private static final int BASE_TABLE = TABLE + KEY_MULTIPLES * POINT_LONGS;

  private final long[] m;

  P256Points() {
    this(BASE_TABLE + BASE_MULTIPLES * POINT_LONGS);
    System.arraycopy(BASE, 0, m, BASE_TABLE, BASE.length);
  }

  private P256Points(int longs) {
    m = new long[longs];
  }

  private static long[] baseMultiples() {
    P256Points points = new P256Points(TABLE + BASE_MULTIPLES * POINT_LONGS);
    points.multiples(TABLE, BASE_MULTIPLES, GX, GY);
    long[] m = points.m;
    for (int at = TABLE; at < m.length; at += POINT_LONGS) {
      BigInteger inverse = integer(m, at + Z).modInverse(P);
      BigInteger squared = inverse.multiply(inverse).mod(P);
      set(m, at + X, integer(m, at + X).multiply(squared).mod(P));
      set(m, at + Y, integer(m, at + Y).multiply(squared).multiply(inverse).mod(P));
      set(m, at + Z, BigInteger.ONE);
    }
    return Arrays.copyOfRange(m, TABLE, m.length);
  }

  /** Whether coordinates below the modulus are those of a point. */
  boolean isOnCurve(BigInteger x, BigInteger y) {
    set(m, SUM + X, x);
    set(m, SUM + Y, y);
    square(m, T0, SUM + X);
    multiply(m, T0, T0, SUM + X);
    twice(m, T1, SUM + X);
    add(m, T1, T1, SUM + X);
    subtract(m, T0, T0, T1);
    set(m, T1, B);
    add(m, T0, T0, T1);
    square(m, T1, SUM + Y);
    return equal(m, T0, T1);
  }

  /** Computes {@code u * generator + v * (x, y)}. */
  void sum(BigInteger u, BigInteger v, BigInteger x, BigInteger y) {
    multiples(TABLE, KEY_MULTIPLES, x, y);
    byte[] ofBase = SignedDigits.of(u, BASE_WINDOW, 257);
    byte[] ofKey = SignedDigits.of(v, KEY_WINDOW, 257);
    set(m, SUM + Z, BigInteger.ZERO);
    for (int i = ofBase.length - 1; i >= 0; i--) {
      twicePoint(SUM);
      addMultiple(ofBase[i], BASE_TABLE);
      addMultiple(ofKey[i], TABLE);
    }
  }

  /** Whether the sum is not infinity and its x, as an integer, is {@code x}. */
  boolean sumHasX(BigInteger x) {
    if (isZero(m, SUM + Z)) {
      return false;
    }
    square(m, T0, SUM + Z);
    set(m, T1, x);
    multiply(m, T0, T0, T1);
    return equal(m, T0, SUM + X);
  }

  private void addMultiple(int digit, int table) {
    if (digit == 0) {
      return;
    }
    int at = table + (Math.abs(digit) >> 1) * POINT_LONGS;
    if (digit > 0) {
      plus(SUM, at);
      return;
    }
    // The negative for the time of the addition.
    subtract(m, at + Y, ZERO, at + Y);
    plus(SUM, at);
    subtract(m, at + Y, ZERO, at + Y);
  }

  /** Writes the odd multiples 1, 3, 5 and so on of a point. */
  private void multiples(int table, int count, BigInteger x, BigInteger y) {
    set(m, table + X, x);
    set(m, table + Y, y);
    set(m, table + Z, BigInteger.ONE);
    System.arraycopy(m, table, m, SUM, POINT_LONGS);
    twicePoint(SUM);
    for (int i = 1; i < count; i++) {
      int at = table + i * POINT_LONGS;
      System.arraycopy(m, at - POINT_LONGS, m, at, POINT_LONGS);
      plus(at, SUM);
    }
  }

  // Scratch of the formulas; ZERO is never written.
  private static final int T0 = SCRATCH;
  private static final int T1 = SCRATCH + LIMBS;
  private static final int T2 = SCRATCH + 2 * LIMBS;
  private static final int T3 = SCRATCH + 3 * LIMBS;
  private static final int T4 = SCRATCH + 4 * LIMBS;
  private static final int T5 = SCRATCH + 5 * LIMBS;
  private static final int T6 = SCRATCH + 6 * LIMBS;
  private static final int ZERO = SCRATCH + 7 * LIMBS;

  private void twicePoint(int p) {
    square(m, T0, p + Z); // delta
    square(m, T1, p + Y); // gamma
    multiply(m, T2, p + X, T1); // beta
    subtract(m, T3, p + X, T0);
    add(m, T4, p + X, T0);
    multiply(m, T3, T3, T4);
    twice(m, T4, T3);
    add(m, T3, T3, T4); // alpha
    add(m, T4, p + Y, p + Z);
    square(m, T4, T4);
    subtract(m, T4, T4, T1);
    subtract(m, p + Z, T4, T0);
    twice(m, T2, T2);
    twice(m, T2, T2); // 4 beta
    square(m, T4, T3);
    subtract(m, T4, T4, T2);
    subtract(m, p + X, T4, T2);
    subtract(m, T2, T2, p + X);
    multiply(m, T2, T2, T3);
    square(m, T1, T1);
    twice(m, T1, T1);
    twice(m, T1, T1);
    twice(m, T1, T1);
    subtract(m, p + Y, T2, T1);
  }

  /** Adds the point at {@code q} to that at {@code p}. */
  private void plus(int p, int q) {
    if (isZero(m, q + Z)) {
      return;
    }
    if (isZero(m, p + Z)) {
      System.arraycopy(m, q, m, p, POINT_LONGS);
      return;
    }
    square(m, T0, p + Z);
    square(m, T1, q + Z);
    multiply(m, T2, p + X, T1); // u1
    multiply(m, T3, q + X, T0); // u2
    multiply(m, T4, p + Y, q + Z);
    multiply(m, T4, T4, T1); // s1
    multiply(m, T5, q + Y, p + Z);
    multiply(m, T5, T5, T0); // s2
    subtract(m, T3, T3, T2); // h
    subtract(m, T5, T5, T4); // r
    if (isZero(m, T3)) {
      if (isZero(m, T5)) {
        twicePoint(p);
      } else {
        System.arraycopy(m, ZERO, m, p + Z, LIMBS);
      }
      return;
    }
    multiply(m, T0, p + Z, q + Z);
    multiply(m, p + Z, T0, T3);
    square(m, T0, T3); // h²
    multiply(m, T1, T0, T3); // h³
    multiply(m, T2, T2, T0); // u1 h²
    square(m, T6, T5);
    subtract(m, T6, T6, T1);
    subtract(m, T6, T6, T2);
    subtract(m, p + X, T6, T2);
    subtract(m, T2, T2, p + X);
    multiply(m, T2, T2, T5);
    multiply(m, T4, T4, T1);
    subtract(m, p + Y, T2, T4);
  }
}
