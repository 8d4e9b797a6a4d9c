// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.precompile;

import io.lockstep.primitives.uint.UInt256;
import java.math.BigInteger;

/**
 * The prime field of secp256r1 (FIPS 186-4, D.1.2.3). An element is five limbs of 52 bits in
 * Montgomery form, lowest first, somewhere in an array; all operands of an operation lie in the
 * same array, and the result may take the place of one. Any thread that owns the array.
 *
 * @implNote as {@link Bn254Field}. p = 2^256 - 2^224 + 2^192 + 2^96 - 1, so -1/p modulo 2^52 is one
 *     and a round of the reduction needs shifts where other primes need multiplications.
 */
final class P256Field {
  static final BigInteger P =
      new BigInteger("ffffffff00000001000000000000000000000000ffffffffffffffffffffffff", 16);

  /** Longs of an element. */
  static final int LIMBS = 5;

  private static final int BITS = 52;
  private static final long MASK = (1L << BITS) - 1;
  private static final int SHIFT = 64 - BITS;

  private static final long P0 = MASK;
  private static final long P1 = (1L << 44) - 1;
  private static final long P3 = 1L << 36;
  private static final long P4 = 0xffff_ffffL << 16;

  private static final BigInteger R = BigInteger.ONE.shiftLeft(LIMBS * BITS);
  private static final BigInteger R_INVERSE = R.modInverse(P);

  private P256Field() {}

  /** Writes the element of an integer below the modulus. */
  static void set(long[] m, int r, BigInteger value) {
    UInt256 v = UInt256.of(value.multiply(R).mod(P));
    m[r] = v.limb(0) & MASK;
    m[r + 1] = (v.limb(0) >>> 52 | v.limb(1) << 12) & MASK;
    m[r + 2] = (v.limb(1) >>> 40 | v.limb(2) << 24) & MASK;
    m[r + 3] = (v.limb(2) >>> 28 | v.limb(3) << 36) & MASK;
    m[r + 4] = v.limb(3) >>> 16;
  }

  static BigInteger integer(long[] m, int a) {
    UInt256 form =
        UInt256.ofLimbs(
            m[a] | m[a + 1] << 52,
            m[a + 1] >>> 12 | m[a + 2] << 40,
            m[a + 2] >>> 24 | m[a + 3] << 28,
            m[a + 3] >>> 36 | m[a + 4] << 16);
    return form.toBigInteger().multiply(R_INVERSE).mod(P);
  }

  static boolean isZero(long[] m, int a) {
    return (m[a] | m[a + 1] | m[a + 2] | m[a + 3] | m[a + 4]) == 0;
  }

  static boolean equal(long[] m, int a, int b) {
    return ((m[a] ^ m[b])
            | (m[a + 1] ^ m[b + 1])
            | (m[a + 2] ^ m[b + 2])
            | (m[a + 3] ^ m[b + 3])
            | (m[a + 4] ^ m[b + 4]))
        == 0;
  }

  static void add(long[] m, int r, int a, int b) {
    reduce(
        m,
        r,
        m[a] + m[b],
        m[a + 1] + m[b + 1],
        m[a + 2] + m[b + 2],
        m[a + 3] + m[b + 3],
        m[a + 4] + m[b + 4]);
  }

  static void subtract(long[] m, int r, int a, int b) {
    long d0 = m[a] - m[b];
    long d1 = m[a + 1] - m[b + 1];
    long d2 = m[a + 2] - m[b + 2];
    long d3 = m[a + 3] - m[b + 3];
    long d4 = m[a + 4] - m[b + 4];
    long below = (d0 >> BITS) + d1;
    below = (below >> BITS) + d2;
    below = (below >> BITS) + d3;
    below = ((below >> BITS) + d4) >> 63;
    d0 += P0 & below;
    d1 += (P1 & below) + (d0 >> BITS);
    d2 += d1 >> BITS;
    d3 += (P3 & below) + (d2 >> BITS);
    d4 += (P4 & below) + (d3 >> BITS);
    m[r] = d0 & MASK;
    m[r + 1] = d1 & MASK;
    m[r + 2] = d2 & MASK;
    m[r + 3] = d3 & MASK;
    m[r + 4] = d4;
  }

  static void twice(long[] m, int r, int a) {
    add(m, r, a, a);
  }

  static void square(long[] m, int r, int a) {
    multiply(m, r, a, a);
  }

  /** Montgomery product. */
  static void multiply(long[] m, int r, int a, int b) {
    long a0 = m[a];
    long a1 = m[a + 1];
    long a2 = m[a + 2];
    long a3 = m[a + 3];
    long a4 = m[a + 4];
    long c0 = 0;
    long c1 = 0;
    long c2 = 0;
    long c3 = 0;
    long c4 = 0;
    for (int i = 0; i < LIMBS; i++) {
      long y = m[b + i];
      long h = y << SHIFT;
      c0 += a0 * y & MASK;
      long q = c0 & MASK; // plus so many times the modulus, the lowest limb is zero
      c0 = c1 + (a1 * y & MASK) + high(a0, h) + (q << 44 & MASK) + (c0 >> BITS);
      c1 = c2 + (a2 * y & MASK) + high(a1, h) + (q >>> 8);
      c2 = c3 + (a3 * y & MASK) + high(a2, h) + (q << 36 & MASK);
      c3 = c4 + (a4 * y & MASK) + high(a3, h) + (q >>> 16) + (q << 48 & MASK) - (q << 16 & MASK);
      c4 = high(a4, h) + (q >>> 4) - (q >>> 36);
    }
    reduce(m, r, c0, c1, c2, c3, c4);
  }

  private static long high(long a, long shifted) {
    return Math.unsignedMultiplyHigh(a, shifted);
  }

  /**
   * Writes a number below twice the modulus whose limbs may be longer than 52 bits, or negative.
   */
  private static void reduce(long[] m, int r, long c0, long c1, long c2, long c3, long c4) {
    long d0 = c0 - P0;
    long d1 = c1 - P1 + (d0 >> BITS);
    long d2 = c2 + (d1 >> BITS);
    long d3 = c3 - P3 + (d2 >> BITS);
    long d4 = c4 - P4 + (d3 >> BITS);
    long e1 = c1 + (c0 >> BITS);
    long e2 = c2 + (e1 >> BITS);
    long e3 = c3 + (e2 >> BITS);
    long e4 = c4 + (e3 >> BITS);
    long keep = d4 >> 63;
    m[r] = ((c0 & keep) | (d0 & ~keep)) & MASK;
    m[r + 1] = ((e1 & keep) | (d1 & ~keep)) & MASK;
    m[r + 2] = ((e2 & keep) | (d2 & ~keep)) & MASK;
    m[r + 3] = ((e3 & keep) | (d3 & ~keep)) & MASK;
    m[r + 4] = (e4 & keep) | (d4 & ~keep);
  }
}
