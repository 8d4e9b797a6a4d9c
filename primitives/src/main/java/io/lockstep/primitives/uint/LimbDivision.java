// SPDX-License-Identifier: Apache-2.0
package io.lockstep.primitives.uint;

/**
 * Division of 256-bit words in place, in the manner of {@link LimbMath}: DIV, SDIV, MOD, SMOD,
 * ADDMOD and MULMOD of the EVM, where anything divided by zero gives zero. Long division with a
 * reciprocal of the two top limbs (Möller and Granlund, "Improved division by invariant integers",
 * 2011). {@code w} is scratch of {@link #SCRATCH_LONGS}, one per thread.
 */
public final class LimbDivision {
  public static final int SCRATCH_LONGS = 32;

  // Places inside the scratch: numerator (9 limbs), divisor (4), quotient (9).
  private static final int U = 0;
  private static final int D = 9;
  private static final int Q = 13;

  private LimbDivision() {}

  /** {@code r = a / r}. */
  public static void divide(long[] s, int a, int r, long[] w) {
    divide(s, a, r, r, w);
  }

  /** {@code r = a / b}. */
  public static void divide(long[] s, int a, int b, int r, long[] w) {
    if ((s[a + 1] | s[a + 2] | s[a + 3] | s[b + 1] | s[b + 2] | s[b + 3]) == 0) {
      LimbMath.set(s, r, s[b] == 0 ? 0 : Long.divideUnsigned(s[a], s[b]));
    } else if (LimbMath.isZero(s, b)) {
      LimbMath.set(s, r, 0);
    } else {
      load(s, a, b, w);
      divide(w, 4);
      LimbMath.copy(w, Q, s, r);
    }
  }

  /** {@code r = a % r}. */
  public static void modulo(long[] s, int a, int r, long[] w) {
    modulo(s, a, r, r, w);
  }

  /** {@code r = a % b}. */
  public static void modulo(long[] s, int a, int b, int r, long[] w) {
    if ((s[a + 1] | s[a + 2] | s[a + 3] | s[b + 1] | s[b + 2] | s[b + 3]) == 0) {
      LimbMath.set(s, r, s[b] == 0 ? 0 : Long.remainderUnsigned(s[a], s[b]));
    } else if (LimbMath.isZero(s, b)) {
      LimbMath.set(s, r, 0);
    } else {
      load(s, a, b, w);
      divide(w, 4);
      LimbMath.copy(w, U, s, r);
    }
  }

  /** {@code r = a / r}, two's complement, rounded to zero. */
  public static void divideSigned(long[] s, int a, int r, long[] w) {
    divideSigned(s, a, r, r, w);
  }

  /** {@code r = a / b}, two's complement, rounded to zero. */
  public static void divideSigned(long[] s, int a, int b, int r, long[] w) {
    boolean negative = (s[a + 3] ^ s[b + 3]) < 0;
    if (LimbMath.isZero(s, b)) {
      LimbMath.set(s, r, 0);
      return;
    }
    loadAbsolute(s, a, b, w);
    divide(w, 4);
    LimbMath.copy(w, Q, s, r);
    if (negative) LimbMath.negate(s, r);
  }

  /** {@code r = a % r}, two's complement, with the sign of {@code a}. */
  public static void moduloSigned(long[] s, int a, int r, long[] w) {
    moduloSigned(s, a, r, r, w);
  }

  /** {@code r = a % b}, two's complement, with the sign of {@code a}. */
  public static void moduloSigned(long[] s, int a, int b, int r, long[] w) {
    boolean negative = s[a + 3] < 0;
    if (LimbMath.isZero(s, b)) {
      LimbMath.set(s, r, 0);
      return;
    }
    loadAbsolute(s, a, b, w);
    divide(w, 4);
    LimbMath.copy(w, U, s, r);
    if (negative) LimbMath.negate(s, r);
  }

  /** {@code r = (a + b) % r} without wrapping at 2^256. */
  public static void addModulo(long[] s, int a, int b, int r, long[] w) {
    addModulo(s, a, b, r, r, w);
  }

  /** {@code r = (a + b) % m} without wrapping at 2^256. */
  public static void addModulo(long[] s, int a, int b, int m, int r, long[] w) {
    if (LimbMath.isZero(s, m)) {
      LimbMath.set(s, r, 0);
      return;
    }
    long c = 0;
    for (int i = 0; i < 4; i++) {
      long x = s[a + i];
      long y = s[b + i];
      long sum = x + y + c;
      c = LimbMath.carry(x, y, sum);
      w[U + i] = sum;
      w[D + i] = s[m + i];
    }
    w[U + 4] = c;
    divide(w, 5);
    LimbMath.copy(w, U, s, r);
  }

  /** {@code r = (a * b) % r} without wrapping at 2^256. */
  public static void multiplyModulo(long[] s, int a, int b, int r, long[] w) {
    multiplyModulo(s, a, b, r, r, w);
  }

  /** {@code r = (a * b) % m} without wrapping at 2^256. */
  public static void multiplyModulo(long[] s, int a, int b, int m, int r, long[] w) {
    if (LimbMath.isZero(s, m)) {
      LimbMath.set(s, r, 0);
      return;
    }
    for (int i = 0; i < 8; i++) {
      w[U + i] = 0;
    }
    LimbMath.copy(s, m, w, D);
    for (int i = 0; i < 4; i++) {
      long x = s[a + i];
      if (x == 0) {
        continue;
      }
      long c = 0;
      for (int j = 0; j < 4; j++) {
        long y = s[b + j];
        long low = x * y;
        long sum = low + c;
        long high = Math.unsignedMultiplyHigh(x, y) + LimbMath.carry(low, c, sum);
        long old = w[U + i + j];
        long total = sum + old;
        c = high + LimbMath.carry(sum, old, total);
        w[U + i + j] = total;
      }
      w[U + i + 4] = c;
    }
    divide(w, 8);
    LimbMath.copy(w, U, s, r);
  }

  private static void load(long[] s, int a, int b, long[] w) {
    LimbMath.copy(s, a, w, U);
    LimbMath.copy(s, b, w, D);
  }

  private static void loadAbsolute(long[] s, int a, int b, long[] w) {
    load(s, a, b, w);
    if (w[U + 3] < 0) LimbMath.negate(w, U);
    if (w[D + 3] < 0) LimbMath.negate(w, D);
  }

  /**
   * Divides the {@code m} limbs at U by the four (not all zero) at D: quotient at Q, remainder in
   * the four lowest limbs at U.
   */
  private static void divide(long[] w, int m) {
    int n = w[D + 3] != 0 ? 4 : w[D + 2] != 0 ? 3 : w[D + 1] != 0 ? 2 : 1;
    int shift = Long.numberOfLeadingZeros(w[D + n - 1]);
    w[U + m] = 0;
    if (shift != 0) {
      for (int i = n - 1; i > 0; i--) {
        w[D + i] = w[D + i] << shift | w[D + i - 1] >>> -shift;
      }
      w[D] <<= shift;
      w[U + m] = w[U + m - 1] >>> -shift;
      for (int i = m - 1; i > 0; i--) {
        w[U + i] = w[U + i] << shift | w[U + i - 1] >>> -shift;
      }
      w[U] <<= shift;
    }
    w[Q] = 0;
    w[Q + 1] = 0;
    w[Q + 2] = 0;
    w[Q + 3] = 0;
    if (n == 1) {
      byOneLimb(w, m);
    } else {
      byManyLimbs(w, m, n);
    }
    if (shift != 0) {
      for (int i = 0; i < n - 1; i++) {
        w[U + i] = w[U + i] >>> shift | w[U + i + 1] << -shift;
      }
      w[U + n - 1] >>>= shift;
    }
    for (int i = n; i < 4; i++) {
      w[U + i] = 0;
    }
  }

  private static void byOneLimb(long[] w, int m) {
    long d = w[D];
    long v = reciprocal(d);
    long rest = w[U + m];
    for (int j = m - 1; j >= 0; j--) {
      long u0 = w[U + j];
      long low = v * rest;
      long q0 = low + u0;
      long q1 = Math.unsignedMultiplyHigh(v, rest) + rest + LimbMath.carry(low, u0, q0) + 1;
      rest = u0 - q1 * d;
      if (Long.compareUnsigned(rest, q0) > 0) {
        q1--;
        rest += d;
      }
      if (Long.compareUnsigned(rest, d) >= 0) {
        q1++;
        rest -= d;
      }
      w[Q + j] = q1;
    }
    w[U] = rest;
  }

  private static void byManyLimbs(long[] w, int m, int n) {
    long d1 = w[D + n - 1];
    long d0 = w[D + n - 2];
    long v = reciprocal(d1, d0);
    for (int j = m - n; j >= 0; j--) {
      long u2 = w[U + j + n];
      long u1 = w[U + j + n - 1];
      long q = u2 == d1 && u1 == d0 ? -1 : threeByTwo(u2, u1, w[U + j + n - 2], d1, d0, v);
      long borrow = 0;
      for (int i = 0; i < n; i++) {
        long x = w[D + i];
        long low = q * x + borrow;
        long high =
            Math.unsignedMultiplyHigh(q, x) + (Long.compareUnsigned(low, borrow) < 0 ? 1 : 0);
        long u = w[U + j + i];
        w[U + j + i] = u - low;
        borrow = high + (Long.compareUnsigned(u, low) < 0 ? 1 : 0);
      }
      if (Long.compareUnsigned(u2, borrow) < 0) {
        q--;
        long c = 0;
        for (int i = 0; i < n; i++) {
          long x = w[U + j + i];
          long y = w[D + i];
          long sum = x + y + c;
          c = LimbMath.carry(x, y, sum);
          w[U + j + i] = sum;
        }
      }
      w[Q + j] = q;
    }
  }

  /** Quotient of three limbs by two; (u2, u1) is below (d1, d0) and d1 has its top bit set. */
  private static long threeByTwo(long u2, long u1, long u0, long d1, long d0, long v) {
    long low = v * u2;
    long q0 = low + u1;
    long q1 = Math.unsignedMultiplyHigh(v, u2) + u2 + LimbMath.carry(low, u1, q0);
    long r1 = u1 - q1 * d1;
    long t0 = d0 * q1;
    long t1 = Math.unsignedMultiplyHigh(d0, q1);
    long r0 = u0 - t0;
    r1 -= t1 + (Long.compareUnsigned(u0, t0) < 0 ? 1 : 0);
    long low2 = r0 - d0;
    r1 -= d1 + (Long.compareUnsigned(r0, d0) < 0 ? 1 : 0);
    r0 = low2;
    q1++;
    if (Long.compareUnsigned(r1, q0) >= 0) {
      q1--;
      long sum = r0 + d0;
      r1 += d1 + LimbMath.carry(r0, d0, sum);
      r0 = sum;
    }
    if (Long.compareUnsigned(r1, d1) > 0 || (r1 == d1 && Long.compareUnsigned(r0, d0) >= 0)) {
      q1++;
    }
    return q1;
  }

  /** floor((2^128 - 1) / d) - 2^64 for a d with its top bit set. */
  static long reciprocal(long d) {
    long d9 = d >>> 55;
    long v0 = ((1L << 19) - 3 * (1L << 8)) / d9;
    long d40 = (d >>> 24) + 1;
    long v1 = (v0 << 11) - ((v0 * v0 * d40) >>> 40) - 1;
    long v2 = (v1 << 13) + ((v1 * ((1L << 60) - v1 * d40)) >>> 47);
    long odd = d & 1;
    long d63 = (d >>> 1) + odd;
    long e = ((v2 >>> 1) & -odd) - v2 * d63;
    long v3 = (Math.unsignedMultiplyHigh(v2, e) >>> 1) + (v2 << 31);
    long low = v3 * d;
    long c = LimbMath.carry(low, d, low + d);
    return v3 - (Math.unsignedMultiplyHigh(v3, d) + c) - d;
  }

  private static long reciprocal(long d1, long d0) {
    long v = reciprocal(d1);
    long p = d1 * v + d0;
    if (Long.compareUnsigned(p, d0) < 0) {
      v--;
      if (Long.compareUnsigned(p, d1) >= 0) {
        v--;
        p -= d1;
      }
      p -= d1;
    }
    long t1 = Math.unsignedMultiplyHigh(v, d0);
    long t0 = v * d0;
    p += t1;
    if (Long.compareUnsigned(p, t1) < 0) {
      v--;
      if (Long.compareUnsigned(p, d1) >= 0
          && (Long.compareUnsigned(p, d1) > 0 || Long.compareUnsigned(t0, d0) >= 0)) {
        v--;
      }
    }
    return v;
  }
}
