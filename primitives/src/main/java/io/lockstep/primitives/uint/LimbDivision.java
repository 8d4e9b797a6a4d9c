// SPDX-License-Identifier: Apache-2.0
package io.lockstep.primitives.uint;

/**
 * Division of 256-bit words in place, in the manner of {@link LimbMath}: DIV, SDIV, MOD, SMOD,
 * ADDMOD and MULMOD of the EVM, where anything divided by zero gives zero. Long division with a
 * reciprocal of the two top limbs (Möller and Granlund, "Improved division by invariant integers",
 * 2011). {@code w} is scratch of {@link #SCRATCH_LONGS}, one per thread, zeros at first; between
 * calls it keeps the last divisor, shifted, with its reciprocal.
 */
public final class LimbDivision {
  public static final int SCRATCH_LONGS = 48;

  // Places inside the scratch: numerator (9 limbs), divisor (4), quotient (9); then the divisor
  // that was last, as it was given (4) and shifted (4), its reciprocal, its limbs and shift.
  private static final int U = 0;
  private static final int D = 9;
  private static final int Q = 13;
  private static final int KNOWN = 22;
  private static final int SHIFTED = 26;
  private static final int RECIPROCAL = 30;
  private static final int SHAPE = 31;

  /** What {@link LimbBarrett} keeps. */
  static final int BARRETT = 32;

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
    if (LimbBarrett.knows(s, m, w)) {
      LimbBarrett.multiply(s, a, b, r, w);
      return;
    }
    long y0 = s[b];
    long y1 = s[b + 1];
    long y2 = s[b + 2];
    long y3 = s[b + 3];
    for (int i = 0; i < 8; i++) {
      w[U + i] = 0;
    }
    for (int i = 0; i < 4; i++) {
      long x = s[a + i];
      if (x != 0) {
        addProduct(w, U + i, x, y0, y1, y2, y3);
      }
    }
    LimbMath.copy(s, m, w, D);
    divide(w, 8);
    LimbMath.copy(w, U, s, r);
  }

  /** Adds {@code x * y} to the limbs at {@code at}, of which the fifth is still zero. */
  private static void addProduct(long[] w, int at, long x, long y0, long y1, long y2, long y3) {
    long low = x * y0;
    long old = w[at];
    long sum = low + old;
    long c = Math.unsignedMultiplyHigh(x, y0) + LimbMath.carry(low, old, sum);
    w[at] = sum;
    low = x * y1;
    long part = low + c;
    long high = Math.unsignedMultiplyHigh(x, y1) + LimbMath.carry(low, c, part);
    old = w[at + 1];
    sum = part + old;
    w[at + 1] = sum;
    c = high + LimbMath.carry(part, old, sum);
    low = x * y2;
    part = low + c;
    high = Math.unsignedMultiplyHigh(x, y2) + LimbMath.carry(low, c, part);
    old = w[at + 2];
    sum = part + old;
    w[at + 2] = sum;
    c = high + LimbMath.carry(part, old, sum);
    low = x * y3;
    part = low + c;
    high = Math.unsignedMultiplyHigh(x, y3) + LimbMath.carry(low, c, part);
    old = w[at + 3];
    sum = part + old;
    w[at + 3] = sum;
    w[at + 4] = high + LimbMath.carry(part, old, sum);
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
    if (((w[KNOWN] ^ w[D])
            | (w[KNOWN + 1] ^ w[D + 1])
            | (w[KNOWN + 2] ^ w[D + 2])
            | (w[KNOWN + 3] ^ w[D + 3]))
        != 0) {
      prepare(w);
    }
    int n = (int) w[SHAPE] >>> 8;
    int shift = (int) w[SHAPE] & 0xff;
    LimbMath.copy(w, SHIFTED, w, D);
    w[U + m] = 0;
    if (shift != 0) {
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
    } else if (n == 4) {
      byFourLimbs(w, m);
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

  /**
   * Shifts the divisor at D until its top bit is set, and finds the reciprocal of its top limbs.
   */
  private static void prepare(long[] w) {
    LimbMath.copy(w, D, w, KNOWN);
    int n = w[D + 3] != 0 ? 4 : w[D + 2] != 0 ? 3 : w[D + 1] != 0 ? 2 : 1;
    int shift = Long.numberOfLeadingZeros(w[D + n - 1]);
    if (shift != 0) {
      for (int i = n - 1; i > 0; i--) {
        w[D + i] = w[D + i] << shift | w[D + i - 1] >>> -shift;
      }
      w[D] <<= shift;
    }
    LimbMath.copy(w, D, w, SHIFTED);
    w[RECIPROCAL] = n == 1 ? reciprocal(w[D]) : reciprocal(w[D + n - 1], w[D + n - 2]);
    int shape = (n << 8) | shift;
    w[SHAPE] = shape;
  }

  private static void byOneLimb(long[] w, int m) {
    long d = w[D];
    long v = w[RECIPROCAL];
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
    long v = w[RECIPROCAL];
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

  /** As {@link #byManyLimbs}, with the divisor in locals and borrows without branches. */
  private static void byFourLimbs(long[] w, int m) {
    long d0 = w[D];
    long d1 = w[D + 1];
    long d2 = w[D + 2];
    long d3 = w[D + 3];
    long v = w[RECIPROCAL];
    for (int j = m - 4; j >= 0; j--) {
      int at = U + j;
      long u4 = w[at + 4];
      long u3 = w[at + 3];
      long u2 = w[at + 2];
      if (u4 == 0 && Long.compareUnsigned(u3, d3) < 0) {
        w[Q + j] = 0; // small numbers are predictable
        continue;
      }
      long q = u4 == d3 && u3 == d2 ? -1 : threeByTwo(u4, u3, u2, d3, d2, v);
      long low = q * d0;
      long u = w[at];
      long r0 = u - low;
      long borrow = Math.unsignedMultiplyHigh(q, d0) + borrow(u, low, r0);
      long p = q * d1;
      low = p + borrow;
      long high = Math.unsignedMultiplyHigh(q, d1) + LimbMath.carry(p, borrow, low);
      u = w[at + 1];
      long r1 = u - low;
      borrow = high + borrow(u, low, r1);
      p = q * d2;
      low = p + borrow;
      high = Math.unsignedMultiplyHigh(q, d2) + LimbMath.carry(p, borrow, low);
      long r2 = u2 - low;
      borrow = high + borrow(u2, low, r2);
      p = q * d3;
      low = p + borrow;
      high = Math.unsignedMultiplyHigh(q, d3) + LimbMath.carry(p, borrow, low);
      long r3 = u3 - low;
      borrow = high + borrow(u3, low, r3);
      if (Long.compareUnsigned(u4, borrow) < 0) { // one time in 2^62
        q--;
        long sum = r0 + d0;
        long c = LimbMath.carry(r0, d0, sum);
        r0 = sum;
        sum = r1 + d1 + c;
        c = LimbMath.carry(r1, d1, sum);
        r1 = sum;
        sum = r2 + d2 + c;
        c = LimbMath.carry(r2, d2, sum);
        r2 = sum;
        r3 += d3 + c;
      }
      w[at] = r0;
      w[at + 1] = r1;
      w[at + 2] = r2;
      w[at + 3] = r3;
      w[Q + j] = q;
    }
  }

  private static long borrow(long a, long b, long difference) {
    return ((~a & b) | ((~a | b) & difference)) >>> 63;
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
