// SPDX-License-Identifier: Apache-2.0
package io.lockstep.primitives.uint;

import java.math.BigInteger;

/**
 * MULMOD by a modulus that stays the same: Barrett's reduction (1986) on limbs of 52 bits, in which
 * a column's products add up without carries. For moduli of 250 bits and more, which those of
 * cryptography are. {@code w} is the scratch of {@link LimbDivision}, which keeps the last modulus
 * with its reciprocal. Places and limbs as in {@link LimbMath}.
 *
 * @implNote with X the product, m the modulus and u = floor(2^520 / m), the quotient is taken as
 *     floor(floor(X / 2^208) * u / 2^312), leaving out columns that are worth less than 2^-36 of
 *     it: right or one too small.
 */
final class LimbBarrett {
  /** Uses of a modulus, one after the other, before its reciprocal is worth finding. */
  private static final int MANY = 16;

  private static final int BITS = 52;
  private static final long MASK = (1L << BITS) - 1;

  /** That a product's high half is what exceeds 52 bits, one factor is shifted by so much. */
  private static final int SHIFT = 64 - BITS;

  /** The smallest top limb of a modulus of 250 bits. */
  private static final long LEAST_TOP = 1L << 57;

  // Places inside the scratch: the modulus (4), its uses, in limbs of 52 bits (5), u (6).
  private static final int MODULUS = LimbDivision.BARRETT;
  private static final int USES = MODULUS + 4;
  private static final int M = USES + 1;
  private static final int RECIPROCAL = M + 5;
  static final int SCRATCH_LONGS = 16;

  private static final BigInteger TWO_TO_520 = BigInteger.ONE.shiftLeft(520);

  private LimbBarrett() {}

  /** Whether the modulus at {@code m} has come often enough for {@link #multiply}; counts it. */
  static boolean knows(long[] s, int m, long[] w) {
    if (Long.compareUnsigned(s[m + 3], LEAST_TOP) < 0) {
      return false;
    }
    if (((w[MODULUS] ^ s[m])
            | (w[MODULUS + 1] ^ s[m + 1])
            | (w[MODULUS + 2] ^ s[m + 2])
            | (w[MODULUS + 3] ^ s[m + 3]))
        != 0) {
      LimbMath.copy(s, m, w, MODULUS);
      w[USES] = 0;
      return false;
    }
    if (w[USES] > MANY) {
      return true;
    }
    if (++w[USES] > MANY) {
      prepare(s, m, w);
    }
    return false;
  }

  private static void prepare(long[] s, int m, long[] w) {
    BigInteger modulus = LimbMath.get(s, m).toBigInteger();
    BigInteger reciprocal = TWO_TO_520.divide(modulus);
    for (int i = 0; i < 5; i++) {
      w[M + i] = modulus.shiftRight(BITS * i).longValue() & MASK;
    }
    for (int i = 0; i < 6; i++) {
      w[RECIPROCAL + i] = reciprocal.shiftRight(BITS * i).longValue() & MASK;
    }
  }

  /** {@code r = (a * b) % m} for the modulus that {@link #knows} has just found. */
  static void multiply(long[] s, int a, int b, int r, long[] w) {
    long a0 = s[a] & MASK;
    long a1 = (s[a] >>> 52 | s[a + 1] << 12) & MASK;
    long a2 = (s[a + 1] >>> 40 | s[a + 2] << 24) & MASK;
    long a3 = (s[a + 2] >>> 28 | s[a + 3] << 36) & MASK;
    long a4 = s[a + 3] >>> 16;
    long b0 = s[b] & MASK;
    long b1 = (s[b] >>> 52 | s[b + 1] << 12) & MASK;
    long b2 = (s[b + 1] >>> 40 | s[b + 2] << 24) & MASK;
    long b3 = (s[b + 2] >>> 28 | s[b + 3] << 36) & MASK;
    long b4 = s[b + 3] >>> 16;
    long h0 = b0 << SHIFT;
    long h1 = b1 << SHIFT;
    long h2 = b2 << SHIFT;
    long h3 = b3 << SHIFT;
    long h4 = b4 << SHIFT;
    long x0 = (a0 * b0 & MASK);
    long x1 = high(a0, h0) + (a1 * b0 & MASK) + (a0 * b1 & MASK);
    long x2 = high(a1, h0) + (a2 * b0 & MASK) + high(a0, h1) + (a1 * b1 & MASK) + (a0 * b2 & MASK);
    long x3 =
        high(a2, h0)
            + (a3 * b0 & MASK)
            + high(a1, h1)
            + (a2 * b1 & MASK)
            + high(a0, h2)
            + (a1 * b2 & MASK)
            + (a0 * b3 & MASK);
    long x4 =
        high(a3, h0)
            + (a4 * b0 & MASK)
            + high(a2, h1)
            + (a3 * b1 & MASK)
            + high(a1, h2)
            + (a2 * b2 & MASK)
            + high(a0, h3)
            + (a1 * b3 & MASK)
            + (a0 * b4 & MASK);
    long x5 =
        high(a4, h0)
            + high(a3, h1)
            + (a4 * b1 & MASK)
            + high(a2, h2)
            + (a3 * b2 & MASK)
            + high(a1, h3)
            + (a2 * b3 & MASK)
            + high(a0, h4)
            + (a1 * b4 & MASK);
    long x6 =
        high(a4, h1)
            + high(a3, h2)
            + (a4 * b2 & MASK)
            + high(a2, h3)
            + (a3 * b3 & MASK)
            + high(a1, h4)
            + (a2 * b4 & MASK);
    long x7 = high(a4, h2) + high(a3, h3) + (a4 * b3 & MASK) + high(a2, h4) + (a3 * b4 & MASK);
    long x8 = high(a4, h3) + high(a3, h4) + (a4 * b4 & MASK);
    long x9 = high(a4, h4);

    // The quotient, from the limbs above 2^208.
    long u0 = w[RECIPROCAL];
    long v0 = u0 << SHIFT;
    long u1 = w[RECIPROCAL + 1];
    long v1 = u1 << SHIFT;
    long u2 = w[RECIPROCAL + 2];
    long v2 = u2 << SHIFT;
    long u3 = w[RECIPROCAL + 3];
    long v3 = u3 << SHIFT;
    long u4 = w[RECIPROCAL + 4];
    long v4 = u4 << SHIFT;
    long u5 = w[RECIPROCAL + 5];
    long v5 = u5 << SHIFT;
    long below =
        high(x4, v4)
            + (x4 * u5 & MASK)
            + high(x5, v3)
            + (x5 * u4 & MASK)
            + high(x6, v2)
            + (x6 * u3 & MASK)
            + high(x7, v1)
            + (x7 * u2 & MASK)
            + high(x8, v0)
            + (x8 * u1 & MASK)
            + (x9 * u0 & MASK);
    long q0 =
        high(x4, v5)
            + high(x5, v4)
            + (x5 * u5 & MASK)
            + high(x6, v3)
            + (x6 * u4 & MASK)
            + high(x7, v2)
            + (x7 * u3 & MASK)
            + high(x8, v1)
            + (x8 * u2 & MASK)
            + high(x9, v0)
            + (x9 * u1 & MASK)
            + (below >>> BITS);
    long q1 =
        high(x5, v5)
            + high(x6, v4)
            + (x6 * u5 & MASK)
            + high(x7, v3)
            + (x7 * u4 & MASK)
            + high(x8, v2)
            + (x8 * u3 & MASK)
            + high(x9, v1)
            + (x9 * u2 & MASK);
    long q2 =
        high(x6, v5)
            + high(x7, v4)
            + (x7 * u5 & MASK)
            + high(x8, v3)
            + (x8 * u4 & MASK)
            + high(x9, v2)
            + (x9 * u3 & MASK);
    long q3 = high(x7, v5) + high(x8, v4) + (x8 * u5 & MASK) + high(x9, v3) + (x9 * u4 & MASK);
    long q4 = high(x8, v5) + high(x9, v4) + (x9 * u5 & MASK);

    // What the product exceeds quotient times modulus by: less than 2^260.
    long m0 = w[M];
    long m1 = w[M + 1];
    long m2 = w[M + 2];
    long m3 = w[M + 3];
    long m4 = w[M + 4];
    long n0 = m0 << SHIFT;
    long n1 = m1 << SHIFT;
    long n2 = m2 << SHIFT;
    long n3 = m3 << SHIFT;
    long d0 = x0 - (q0 * m0 & MASK);
    long d1 = x1 - (high(q0, n0) + (q0 * m1 & MASK) + (q1 * m0 & MASK)) + (d0 >> BITS);
    long d2 =
        x2
            - (high(q0, n1) + (q0 * m2 & MASK) + high(q1, n0) + (q1 * m1 & MASK) + (q2 * m0 & MASK))
            + (d1 >> BITS);
    long d3 =
        x3
            - (high(q0, n2)
                + (q0 * m3 & MASK)
                + high(q1, n1)
                + (q1 * m2 & MASK)
                + high(q2, n0)
                + (q2 * m1 & MASK)
                + (q3 * m0 & MASK))
            + (d2 >> BITS);
    long d4 =
        x4
            - (high(q0, n3)
                + (q0 * m4 & MASK)
                + high(q1, n2)
                + (q1 * m3 & MASK)
                + high(q2, n1)
                + (q2 * m2 & MASK)
                + high(q3, n0)
                + (q3 * m1 & MASK)
                + (q4 * m0 & MASK))
            + (d3 >> BITS);
    write(s, r, w, d0 & MASK, d1 & MASK, d2 & MASK, d3 & MASK, d4 & MASK);
  }

  /** Writes what is less than a few moduli, less those. */
  private static void write(
      long[] s, int r, long[] w, long r0, long r1, long r2, long r3, long r4) {
    while (true) {
      long e0 = r0 - w[M];
      long e1 = r1 - w[M + 1] + (e0 >> BITS);
      long e2 = r2 - w[M + 2] + (e1 >> BITS);
      long e3 = r3 - w[M + 3] + (e2 >> BITS);
      long e4 = r4 - w[M + 4] + (e3 >> BITS);
      if (e4 < 0) {
        break;
      }
      r0 = e0 & MASK;
      r1 = e1 & MASK;
      r2 = e2 & MASK;
      r3 = e3 & MASK;
      r4 = e4;
    }
    s[r] = r0 | r1 << 52;
    s[r + 1] = r1 >>> 12 | r2 << 40;
    s[r + 2] = r2 >>> 24 | r3 << 28;
    s[r + 3] = r3 >>> 36 | r4 << 16;
  }

  private static long high(long a, long shifted) {
    return Math.unsignedMultiplyHigh(a, shifted);
  }
}
