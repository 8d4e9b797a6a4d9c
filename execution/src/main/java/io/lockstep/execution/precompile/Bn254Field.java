// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.precompile;

import io.lockstep.primitives.uint.UInt256;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/**
 * The prime field of BN254 (EIP-196) and its quadratic extension by i² = -1. An element is four
 * limbs in Montgomery form, lowest first; one of the extension is two elements, real part first.
 * Any thread.
 *
 * @implNote the modulus leaves two bits of its top limb free, so that a product's rounds need no
 *     carry out (the "no-carry" form of Montgomery multiplication).
 */
final class Bn254Field {
  static final BigInteger P =
      new BigInteger(
          "21888242871839275222246405745257275088696311157297823662689037894645226208583");

  private static final long P0 = P.longValue();
  private static final long P1 = P.shiftRight(64).longValue();
  private static final long P2 = P.shiftRight(128).longValue();
  private static final long P3 = P.shiftRight(192).longValue();

  /** -1/p modulo 2^64. */
  private static final long NEGATIVE_INVERSE =
      P.modInverse(BigInteger.ONE.shiftLeft(64)).negate().longValue();

  private static final BigInteger R = BigInteger.ONE.shiftLeft(256);
  private static final BigInteger R_INVERSE = R.modInverse(P);

  private static final long[] ONE = of(BigInteger.ONE);

  private Bn254Field() {}

  // --- the prime field ---

  /** The element of an integer below the modulus. */
  static long[] of(BigInteger value) {
    UInt256 m = UInt256.of(value.multiply(R).mod(P));
    return new long[] {m.limb(0), m.limb(1), m.limb(2), m.limb(3)};
  }

  static BigInteger integer(long[] a, int at) {
    return UInt256.ofLimbs(a[at], a[at + 1], a[at + 2], a[at + 3])
        .toBigInteger()
        .multiply(R_INVERSE)
        .mod(P);
  }

  /** The element of 32 big-endian bytes, or null when they are not below the modulus. */
  static long @Nullable [] read(byte[] in, int offset) {
    BigInteger value = new BigInteger(1, in, offset, 32);
    return value.compareTo(P) < 0 ? of(value) : null;
  }

  static void write(long[] a, byte[] out, int offset) {
    UInt256.of(integer(a, 0)).write(out, offset);
  }

  static boolean isZero(long[] a) {
    long all = 0;
    for (long limb : a) {
      all |= limb;
    }
    return all == 0;
  }

  static void add(long[] a, int ai, long[] b, int bi, long[] r, int ri) {
    long carry = 0;
    for (int i = 0; i < 4; i++) {
      long x = a[ai + i];
      long y = b[bi + i];
      long sum = x + y + carry;
      carry = ((x & y) | ((x | y) & ~sum)) >>> 63;
      r[ri + i] = sum;
    }
    reduce(r, ri);
  }

  static void subtract(long[] a, int ai, long[] b, int bi, long[] r, int ri) {
    long borrow = 0;
    for (int i = 0; i < 4; i++) {
      long x = a[ai + i];
      long y = b[bi + i];
      long difference = x - y - borrow;
      borrow = ((~x & y) | ((~x | y) & difference)) >>> 63;
      r[ri + i] = difference;
    }
    long mask = -borrow;
    long carry = 0;
    for (int i = 0; i < 4; i++) {
      long x = r[ri + i];
      long y = limb(i) & mask;
      long sum = x + y + carry;
      carry = ((x & y) | ((x | y) & ~sum)) >>> 63;
      r[ri + i] = sum;
    }
  }

  private static long limb(int i) {
    return switch (i) {
      case 0 -> P0;
      case 1 -> P1;
      case 2 -> P2;
      default -> P3;
    };
  }

  private static void reduce(long[] r, int ri) {
    long r0 = r[ri];
    long r1 = r[ri + 1];
    long r2 = r[ri + 2];
    long r3 = r[ri + 3];
    long d0 = r0 - P0;
    long borrow = ((~r0 & P0) | ((~r0 | P0) & d0)) >>> 63;
    long d1 = r1 - P1 - borrow;
    borrow = ((~r1 & P1) | ((~r1 | P1) & d1)) >>> 63;
    long d2 = r2 - P2 - borrow;
    borrow = ((~r2 & P2) | ((~r2 | P2) & d2)) >>> 63;
    long d3 = r3 - P3 - borrow;
    borrow = ((~r3 & P3) | ((~r3 | P3) & d3)) >>> 63;
    long keep = -borrow;
    r[ri] = (r0 & keep) | (d0 & ~keep);
    r[ri + 1] = (r1 & keep) | (d1 & ~keep);
    r[ri + 2] = (r2 & keep) | (d2 & ~keep);
    r[ri + 3] = (r3 & keep) | (d3 & ~keep);
  }

  /** Montgomery product; {@code r} may be an operand. */
  static void multiply(long[] a, int ai, long[] b, int bi, long[] r, int ri) {
    long a0 = a[ai];
    long a1 = a[ai + 1];
    long a2 = a[ai + 2];
    long a3 = a[ai + 3];
    long t0 = 0;
    long t1 = 0;
    long t2 = 0;
    long t3 = 0;
    for (int i = 0; i < 4; i++) {
      long y = b[bi + i];
      long low = a0 * y;
      long s = low + t0;
      long high = Math.unsignedMultiplyHigh(a0, y) + carry(low, t0, s);
      long m = s * NEGATIVE_INVERSE;
      low = m * P0;
      long c = Math.unsignedMultiplyHigh(m, P0) + carry(low, s, low + s);

      low = a1 * y;
      s = low + t1;
      long h = Math.unsignedMultiplyHigh(a1, y) + carry(low, t1, s);
      long u = s + high;
      high = h + carry(s, high, u);
      low = m * P1;
      s = low + u;
      h = Math.unsignedMultiplyHigh(m, P1) + carry(low, u, s);
      t0 = s + c;
      c = h + carry(s, c, t0);

      low = a2 * y;
      s = low + t2;
      h = Math.unsignedMultiplyHigh(a2, y) + carry(low, t2, s);
      u = s + high;
      high = h + carry(s, high, u);
      low = m * P2;
      s = low + u;
      h = Math.unsignedMultiplyHigh(m, P2) + carry(low, u, s);
      t1 = s + c;
      c = h + carry(s, c, t1);

      low = a3 * y;
      s = low + t3;
      h = Math.unsignedMultiplyHigh(a3, y) + carry(low, t3, s);
      u = s + high;
      high = h + carry(s, high, u);
      low = m * P3;
      s = low + u;
      h = Math.unsignedMultiplyHigh(m, P3) + carry(low, u, s);
      t2 = s + c;
      t3 = h + carry(s, c, t2) + high;
    }
    r[ri] = t0;
    r[ri + 1] = t1;
    r[ri + 2] = t2;
    r[ri + 3] = t3;
    reduce(r, ri);
  }

  private static long carry(long a, long b, long sum) {
    return ((a & b) | ((a | b) & ~sum)) >>> 63;
  }

  // --- elements of either field as whole arrays: of four limbs or of eight ---

  static long[] one(int limbs) {
    long[] out = new long[limbs];
    System.arraycopy(ONE, 0, out, 0, 4);
    return out;
  }

  static long[] add(long[] a, long[] b) {
    long[] r = new long[a.length];
    for (int i = 0; i < a.length; i += 4) {
      add(a, i, b, i, r, i);
    }
    return r;
  }

  static long[] subtract(long[] a, long[] b) {
    long[] r = new long[a.length];
    for (int i = 0; i < a.length; i += 4) {
      subtract(a, i, b, i, r, i);
    }
    return r;
  }

  static long[] negate(long[] a) {
    return subtract(new long[a.length], a);
  }

  static long[] twice(long[] a) {
    return add(a, a);
  }

  static long[] multiply(long[] a, long[] b) {
    long[] r = new long[a.length];
    if (a.length == 4) {
      multiply(a, 0, b, 0, r, 0);
      return r;
    }
    // Karatsuba: three products in place of four.
    long[] t = new long[12];
    multiply(a, 0, b, 0, t, 0);
    multiply(a, 4, b, 4, t, 4);
    add(a, 0, a, 4, r, 0);
    add(b, 0, b, 4, r, 4);
    multiply(r, 0, r, 4, t, 8);
    subtract(t, 0, t, 4, r, 0);
    subtract(t, 8, t, 0, r, 4);
    subtract(r, 4, t, 4, r, 4);
    return r;
  }

  static long[] square(long[] a) {
    if (a.length == 4) {
      return multiply(a, a);
    }
    // (x + yi)² = (x + y)(x - y) + 2xyi
    long[] r = new long[8];
    long[] t = new long[8];
    add(a, 0, a, 4, t, 0);
    subtract(a, 0, a, 4, t, 4);
    multiply(a, 0, a, 4, r, 4);
    add(r, 4, r, 4, r, 4);
    multiply(t, 0, t, 4, r, 0);
    return r;
  }

  /** The product of an element of the extension and one of the prime field. */
  static long[] scale(long[] a, long[] by) {
    long[] r = new long[8];
    multiply(a, 0, by, 0, r, 0);
    multiply(a, 4, by, 0, r, 4);
    return r;
  }

  static long[] conjugate(long[] a) {
    long[] r = a.clone();
    subtract(new long[4], 0, a, 4, r, 4);
    return r;
  }

  /** The inverse of a non-zero element. */
  static long[] invert(long[] a) {
    if (a.length == 4) {
      return of(integer(a, 0).modInverse(P));
    }
    long[] norm = new long[4];
    long[] t = new long[4];
    multiply(a, 0, a, 0, norm, 0);
    multiply(a, 4, a, 4, t, 0);
    add(norm, 0, t, 0, norm, 0);
    return scale(conjugate(a), invert(norm));
  }

  static long[] power(long[] a, BigInteger exponent) {
    long[] r = one(a.length);
    for (int i = exponent.bitLength() - 1; i >= 0; i--) {
      r = square(r);
      if (exponent.testBit(i)) {
        r = multiply(r, a);
      }
    }
    return r;
  }
}
