// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.precompile;

import io.lockstep.primitives.uint.UInt256;
import java.math.BigInteger;

/**
 * Inverses modulo one odd number of at most 256 bits: a binary greatest common divisor that looks
 * at 31 bits of both ends at a time (Pornin, "Optimized binary GCD for modular inversion", 2020).
 * Not in constant time: for public values. Any thread.
 */
final class ModularInverse {
  private static final int BITS = 31;
  private static final long MASK = (1L << BITS) - 1;
  private static final int LIMBS = 9;

  private final long[] modulus;

  /** -1/modulus modulo 2^31. */
  private final long negativeInverse;

  ModularInverse(BigInteger modulus) {
    this.modulus = limbs(UInt256.of(modulus));
    this.negativeInverse =
        modulus.modInverse(BigInteger.ONE.shiftLeft(BITS)).negate().longValue() & MASK;
  }

  /** The inverse of a number that has one; zero for zero. */
  UInt256 of(UInt256 value) {
    // a = u * value and b = v * value modulo the modulus, until a is zero and b is one.
    long[] a = limbs(value);
    long[] b = modulus.clone();
    long[] u = new long[LIMBS];
    u[0] = 1;
    long[] v = new long[LIMBS];
    long[] spare = new long[LIMBS];
    while (!isZero(a)) {
      int at = Math.max(64, length(a, b)) - 33;
      long x = ends(a, at);
      long y = ends(b, at);
      long f0 = 1;
      long g0 = 0;
      long f1 = 0;
      long g1 = 1;
      for (int i = 0; i < BITS; i++) {
        if ((x & 1) != 0) {
          if (Long.compareUnsigned(x, y) < 0) {
            long t = x;
            x = y;
            y = t;
            t = f0;
            f0 = f1;
            f1 = t;
            t = g0;
            g0 = g1;
            g1 = t;
          }
          x -= y;
          f0 -= f1;
          g0 -= g1;
        }
        x >>>= 1;
        f1 <<= 1;
        g1 <<= 1;
      }
      boolean flipA = combine(a, b, f0, g0, spare);
      boolean flipB = combine(a, b, f1, g1, b);
      System.arraycopy(spare, 0, a, 0, LIMBS);
      combineModulo(u, v, flipA ? -f0 : f0, flipA ? -g0 : g0, spare);
      combineModulo(u, v, flipB ? -f1 : f1, flipB ? -g1 : g1, v);
      System.arraycopy(spare, 0, u, 0, LIMBS);
    }
    return number(v);
  }

  /** The bits from {@code at} up, 33 of them, above the lowest 31. */
  private static long ends(long[] a, int at) {
    int limb = at / BITS;
    int skip = at % BITS;
    long top = a[limb] >>> skip | a[limb + 1] << (BITS - skip);
    if (limb + 2 < LIMBS) {
      top |= a[limb + 2] << (2 * BITS - skip);
    }
    return top << BITS | a[0];
  }

  private static int length(long[] a, long[] b) {
    int top = LIMBS - 1;
    while (top > 0 && (a[top] | b[top]) == 0) {
      top--;
    }
    return top * BITS + 64 - Long.numberOfLeadingZeros(a[top] | b[top]);
  }

  /** Writes |af + bg| / 2^31, which is a whole number; true when it was negative. */
  private static boolean combine(long[] a, long[] b, long f, long g, long[] out) {
    long t = (a[0] * f + b[0] * g) >> BITS;
    for (int i = 1; i < LIMBS; i++) {
      t += a[i] * f + b[i] * g;
      out[i - 1] = t & MASK;
      t >>= BITS;
    }
    out[LIMBS - 1] = t;
    if (t >= 0) {
      return false;
    }
    negate(out);
    return true;
  }

  /** Writes (uf + vg) / 2^31 modulo the modulus. */
  private void combineModulo(long[] u, long[] v, long f, long g, long[] out) {
    long[] m = modulus;
    long t = u[0] * f + v[0] * g;
    long q = (t & MASK) * negativeInverse & MASK;
    t = (t + q * m[0]) >> BITS;
    for (int i = 1; i < LIMBS; i++) {
      t += u[i] * f + v[i] * g + q * m[i];
      out[i - 1] = t & MASK;
      t >>= BITS;
    }
    out[LIMBS - 1] = t;
    // It lies between minus one and two moduli.
    if (t < 0) {
      addModulus(out, 1);
    } else if (!isBelow(out, m)) {
      addModulus(out, -1);
    }
  }

  private void addModulus(long[] a, int sign) {
    long t = 0;
    for (int i = 0; i < LIMBS - 1; i++) {
      t += a[i] + sign * modulus[i];
      a[i] = t & MASK;
      t >>= BITS;
    }
    a[LIMBS - 1] += sign * modulus[LIMBS - 1] + t;
  }

  private static void negate(long[] a) {
    long t = 0;
    for (int i = 0; i < LIMBS - 1; i++) {
      t -= a[i];
      a[i] = t & MASK;
      t >>= BITS;
    }
    a[LIMBS - 1] = t - a[LIMBS - 1];
  }

  private static boolean isBelow(long[] a, long[] b) {
    for (int i = LIMBS - 1; i >= 0; i--) {
      if (a[i] != b[i]) {
        return a[i] < b[i];
      }
    }
    return false;
  }

  private static boolean isZero(long[] a) {
    long all = 0;
    for (long limb : a) {
      all |= limb;
    }
    return all == 0;
  }

  private static long[] limbs(UInt256 value) {
    long[] out = new long[LIMBS];
    for (int i = 0; i < LIMBS; i++) {
      int at = i * BITS;
      long low = value.limb(at >>> 6) >>> at;
      boolean crosses = (at & 63) > 64 - BITS && at >>> 6 < 3;
      out[i] = (crosses ? low | value.limb((at >>> 6) + 1) << -at : low) & MASK;
    }
    return out;
  }

  private static UInt256 number(long[] a) {
    long[] words = new long[5];
    for (int i = 0; i < LIMBS; i++) {
      int at = i * BITS;
      words[at >>> 6] |= a[i] << at;
      if ((at & 63) > 64 - BITS) {
        words[(at >>> 6) + 1] |= a[i] >>> -at;
      }
    }
    return UInt256.ofLimbs(words[0], words[1], words[2], words[3]);
  }
}
