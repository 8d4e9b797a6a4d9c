// SPDX-License-Identifier: Apache-2.0
package io.lockstep.primitives.uint;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * 256-bit words as four little-endian limbs inside a {@code long[]}, arithmetic modulo 2^256 as the
 * EVM defines it (yellow paper, appendix H). Operands are named by the index of their lowest limb.
 * The result replaces the operand called {@code r}; in the forms with three places it goes to
 * {@code r}, which may be one of the operands, and the second operand may lie in another array.
 * Nothing is allocated. Any thread.
 *
 * @implNote carries are computed without branches: those of random data cannot be predicted.
 */
public final class LimbMath {
  private static final VarHandle BE =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private LimbMath() {}

  /** {@code r = a + r}. */
  public static void add(long[] s, int a, int r) {
    add(s, a, s, r, r);
  }

  /** {@code r = a + b}, with {@code b} in {@code t}. */
  public static void add(long[] s, int a, long[] t, int b, int r) {
    long a0 = s[a];
    long b0 = t[b];
    long r0 = a0 + b0;
    long c = ((a0 & b0) | ((a0 | b0) & ~r0)) >>> 63;
    long a1 = s[a + 1];
    long b1 = t[b + 1];
    long r1 = a1 + b1 + c;
    c = ((a1 & b1) | ((a1 | b1) & ~r1)) >>> 63;
    long a2 = s[a + 2];
    long b2 = t[b + 2];
    long r2 = a2 + b2 + c;
    c = ((a2 & b2) | ((a2 | b2) & ~r2)) >>> 63;
    long r3 = s[a + 3] + t[b + 3] + c;
    s[r] = r0;
    s[r + 1] = r1;
    s[r + 2] = r2;
    s[r + 3] = r3;
  }

  /** {@code r = a + b} for a {@code b} below 2^63. */
  public static void addSmall(long[] s, int a, long b, int r) {
    long a0 = s[a];
    long r0 = a0 + b;
    long r1 = s[a + 1];
    long r2 = s[a + 2];
    long r3 = s[a + 3];
    if ((a0 & ~r0) < 0) { // the sum passed 2^64; small numbers are predictable
      if (++r1 == 0 && ++r2 == 0) {
        r3++;
      }
    }
    s[r] = r0;
    s[r + 1] = r1;
    s[r + 2] = r2;
    s[r + 3] = r3;
  }

  /** {@code r = a - b} for a {@code b} below 2^63. */
  public static void subtractSmall(long[] s, int a, long b, int r) {
    long a0 = s[a];
    long r0 = a0 - b;
    long r1 = s[a + 1];
    long r2 = s[a + 2];
    long r3 = s[a + 3];
    if ((~a0 & r0) < 0) {
      if (r1-- == 0 && r2-- == 0) {
        r3--;
      }
    }
    s[r] = r0;
    s[r + 1] = r1;
    s[r + 2] = r2;
    s[r + 3] = r3;
  }

  /** {@code r = a - r}. */
  public static void subtract(long[] s, int a, int r) {
    subtract(s, a, s, r, r);
  }

  /** {@code r = a - b}, with {@code b} in {@code t}. */
  public static void subtract(long[] s, int a, long[] t, int b, int r) {
    long a0 = s[a];
    long b0 = t[b];
    long r0 = a0 - b0;
    long c = ((~a0 & b0) | ((~a0 | b0) & r0)) >>> 63;
    long a1 = s[a + 1];
    long b1 = t[b + 1];
    long r1 = a1 - b1 - c;
    c = ((~a1 & b1) | ((~a1 | b1) & r1)) >>> 63;
    long a2 = s[a + 2];
    long b2 = t[b + 2];
    long r2 = a2 - b2 - c;
    c = ((~a2 & b2) | ((~a2 | b2) & r2)) >>> 63;
    long r3 = s[a + 3] - t[b + 3] - c;
    s[r] = r0;
    s[r + 1] = r1;
    s[r + 2] = r2;
    s[r + 3] = r3;
  }

  /** {@code r = -r}. */
  public static void negate(long[] s, int r) {
    long r0 = -s[r];
    long c = r0 == 0 ? 1 : 0;
    s[r] = r0;
    long r1 = ~s[r + 1] + c;
    c = r1 == 0 ? c : 0;
    s[r + 1] = r1;
    long r2 = ~s[r + 2] + c;
    c = r2 == 0 ? c : 0;
    s[r + 2] = r2;
    s[r + 3] = ~s[r + 3] + c;
  }

  /** {@code r = a * r}. */
  public static void multiply(long[] s, int a, int r) {
    multiply(s, a, s, r, r);
  }

  /** {@code r = a * b}, with {@code b} in {@code y}. */
  public static void multiply(long[] s, int a, long[] y, int b, int r) {
    long a0 = s[a];
    long a1 = s[a + 1];
    long a2 = s[a + 2];
    long a3 = s[a + 3];
    long b0 = y[b];
    long b1 = y[b + 1];
    long b2 = y[b + 2];
    long b3 = y[b + 3];
    if ((a1 | a2 | a3 | b1 | b2 | b3) == 0) {
      s[r] = a0 * b0;
      s[r + 1] = Math.unsignedMultiplyHigh(a0, b0);
      s[r + 2] = 0;
      s[r + 3] = 0;
      return;
    }
    long r1 = Math.unsignedMultiplyHigh(a0, b0);
    long p = a0 * b1;
    long t = r1 + p;
    long c = carry(r1, p, t);
    r1 = t;
    long r2 = Math.unsignedMultiplyHigh(a0, b1) + c;
    p = a1 * b0;
    t = r1 + p;
    c = carry(r1, p, t);
    r1 = t;
    // r2 so far is at most 2^64 - 1, the sum of the following may carry into r3
    long h = Math.unsignedMultiplyHigh(a1, b0) + c;
    t = r2 + h;
    long r3 = carry(r2, h, t);
    r2 = t;
    p = a0 * b2;
    t = r2 + p;
    r3 += carry(r2, p, t);
    r2 = t;
    p = a1 * b1;
    t = r2 + p;
    r3 += carry(r2, p, t);
    r2 = t;
    p = a2 * b0;
    t = r2 + p;
    r3 += carry(r2, p, t);
    s[r] = a0 * b0;
    s[r + 1] = r1;
    s[r + 2] = t;
    s[r + 3] =
        r3
            + Math.unsignedMultiplyHigh(a0, b2)
            + Math.unsignedMultiplyHigh(a1, b1)
            + Math.unsignedMultiplyHigh(a2, b0)
            + a0 * b3
            + a1 * b2
            + a2 * b1
            + a3 * b0;
  }

  /** {@code r = a ^ r} modulo 2^256; {@code w} is scratch of at least 8 longs. */
  public static void power(long[] s, int a, int r, long[] w) {
    power(s, a, r, r, w);
  }

  /** {@code r = a ^ b} modulo 2^256; {@code w} is scratch of at least 8 longs. */
  public static void power(long[] s, int a, int b, int r, long[] w) {
    long e0 = s[b];
    long e1 = s[b + 1];
    long e2 = s[b + 2];
    long e3 = s[b + 3];
    for (int i = 0; i < 4; i++) {
      w[i] = s[a + i];
      w[4 + i] = 0;
    }
    w[4] = 1;
    int bits = bitLength(e0, e1, e2, e3);
    for (int i = bits - 1; i >= 0; i--) {
      multiply(w, 4, 4);
      long limb = i >= 192 ? e3 : i >= 128 ? e2 : i >= 64 ? e1 : e0;
      if ((limb >>> i & 1) != 0) {
        multiply(w, 0, 4);
      }
    }
    for (int i = 0; i < 4; i++) {
      s[r + i] = w[4 + i];
    }
  }

  /** Whether {@code a < b}, unsigned. */
  public static boolean lessThan(long[] s, int a, int b) {
    return lessThan(s, a, s, b);
  }

  /** Whether {@code a < b}, unsigned, with {@code b} in {@code t}. */
  public static boolean lessThan(long[] s, int a, long[] t, int b) {
    if (s[a + 3] != t[b + 3]) return Long.compareUnsigned(s[a + 3], t[b + 3]) < 0;
    if (s[a + 2] != t[b + 2]) return Long.compareUnsigned(s[a + 2], t[b + 2]) < 0;
    if (s[a + 1] != t[b + 1]) return Long.compareUnsigned(s[a + 1], t[b + 1]) < 0;
    return Long.compareUnsigned(s[a], t[b]) < 0;
  }

  /** Whether {@code a < b}, unsigned, for a {@code b} of one limb. */
  public static boolean lessThanSmall(long[] s, int a, long b) {
    return (s[a + 1] | s[a + 2] | s[a + 3]) == 0 && Long.compareUnsigned(s[a], b) < 0;
  }

  /** Whether {@code a > b}, unsigned, for a {@code b} of one limb. */
  public static boolean greaterThanSmall(long[] s, int a, long b) {
    return (s[a + 1] | s[a + 2] | s[a + 3]) != 0 || Long.compareUnsigned(s[a], b) > 0;
  }

  /** Whether {@code a == b} for a {@code b} of one limb. */
  public static boolean equalsSmall(long[] s, int a, long b) {
    return ((s[a] ^ b) | s[a + 1] | s[a + 2] | s[a + 3]) == 0;
  }

  /** Whether {@code a < b}, two's complement. */
  public static boolean lessThanSigned(long[] s, int a, int b) {
    if (s[a + 3] != s[b + 3]) return s[a + 3] < s[b + 3];
    return lessThan(s, a, b);
  }

  public static boolean equal(long[] s, int a, int b) {
    return equal(s, a, s, b);
  }

  /** Whether {@code a == b}, with {@code b} in {@code t}. */
  public static boolean equal(long[] s, int a, long[] t, int b) {
    return ((s[a] ^ t[b]) | (s[a + 1] ^ t[b + 1]) | (s[a + 2] ^ t[b + 2]) | (s[a + 3] ^ t[b + 3]))
        == 0;
  }

  /** {@code r = a & b}, with {@code b} in {@code t}. */
  public static void and(long[] s, int a, long[] t, int b, int r) {
    long r0 = s[a] & t[b];
    long r1 = s[a + 1] & t[b + 1];
    long r2 = s[a + 2] & t[b + 2];
    long r3 = s[a + 3] & t[b + 3];
    s[r] = r0;
    s[r + 1] = r1;
    s[r + 2] = r2;
    s[r + 3] = r3;
  }

  /** {@code r = a | b}, with {@code b} in {@code t}. */
  public static void or(long[] s, int a, long[] t, int b, int r) {
    long r0 = s[a] | t[b];
    long r1 = s[a + 1] | t[b + 1];
    long r2 = s[a + 2] | t[b + 2];
    long r3 = s[a + 3] | t[b + 3];
    s[r] = r0;
    s[r + 1] = r1;
    s[r + 2] = r2;
    s[r + 3] = r3;
  }

  /** {@code r = a ^ b} bit by bit, with {@code b} in {@code t}. */
  public static void xor(long[] s, int a, long[] t, int b, int r) {
    long r0 = s[a] ^ t[b];
    long r1 = s[a + 1] ^ t[b + 1];
    long r2 = s[a + 2] ^ t[b + 2];
    long r3 = s[a + 3] ^ t[b + 3];
    s[r] = r0;
    s[r + 1] = r1;
    s[r + 2] = r2;
    s[r + 3] = r3;
  }

  /** {@code r = ~a}. */
  public static void not(long[] s, int a, int r) {
    long r0 = ~s[a];
    long r1 = ~s[a + 1];
    long r2 = ~s[a + 2];
    long r3 = ~s[a + 3];
    s[r] = r0;
    s[r + 1] = r1;
    s[r + 2] = r2;
    s[r + 3] = r3;
  }

  public static boolean isZero(long[] s, int a) {
    return (s[a] | s[a + 1] | s[a + 2] | s[a + 3]) == 0;
  }

  public static void set(long[] s, int r, long low) {
    s[r] = low;
    s[r + 1] = 0;
    s[r + 2] = 0;
    s[r + 3] = 0;
  }

  public static void set(long[] s, int r, UInt256 value) {
    s[r] = value.limb(0);
    s[r + 1] = value.limb(1);
    s[r + 2] = value.limb(2);
    s[r + 3] = value.limb(3);
  }

  public static UInt256 get(long[] s, int a) {
    return UInt256.ofLimbs(s[a], s[a + 1], s[a + 2], s[a + 3]);
  }

  public static void copy(long[] from, int a, long[] to, int r) {
    long x0 = from[a];
    long x1 = from[a + 1];
    long x2 = from[a + 2];
    long x3 = from[a + 3];
    to[r] = x0;
    to[r + 1] = x1;
    to[r + 2] = x2;
    to[r + 3] = x3;
  }

  public static void swap(long[] s, int a, int b) {
    long x0 = s[a];
    long x1 = s[a + 1];
    long x2 = s[a + 2];
    long x3 = s[a + 3];
    copy(s, b, s, a);
    s[b] = x0;
    s[b + 1] = x1;
    s[b + 2] = x2;
    s[b + 3] = x3;
  }

  /** {@code r = r << shift}, zero from 256 up; the shift is the word at {@code a}. */
  public static void shiftLeft(long[] s, int a, int r) {
    shiftLeft(s, r, shift(s, a), r);
  }

  /** {@code r = b << shift} for a shift of 0 to 256 bits. */
  public static void shiftLeft(long[] s, int b, int shift, int r) {
    if (shift > 255) {
      set(s, r, 0);
      return;
    }
    int bits = shift & 63;
    int limbs = shift >>> 6;
    long x0 = s[b];
    long x1 = s[b + 1];
    long x2 = s[b + 2];
    long x3 = s[b + 3];
    if (bits != 0) {
      x3 = x3 << bits | x2 >>> -bits;
      x2 = x2 << bits | x1 >>> -bits;
      x1 = x1 << bits | x0 >>> -bits;
      x0 <<= bits;
    }
    s[r] = limbs == 0 ? x0 : 0;
    s[r + 1] = limbs == 0 ? x1 : limbs == 1 ? x0 : 0;
    s[r + 2] = limbs == 0 ? x2 : limbs == 1 ? x1 : limbs == 2 ? x0 : 0;
    s[r + 3] = limbs == 0 ? x3 : limbs == 1 ? x2 : limbs == 2 ? x1 : x0;
  }

  /** {@code r = r >>> shift}, zero from 256 up. */
  public static void shiftRight(long[] s, int a, int r) {
    shiftRight(s, r, shift(s, a), 0, r);
  }

  /** {@code r = b >>> shift} for a shift of 0 to 256 bits. */
  public static void shiftRight(long[] s, int b, int shift, int r) {
    shiftRight(s, b, shift, 0, r);
  }

  /** {@code r = r >> shift}, filled with the sign. */
  public static void shiftRightSigned(long[] s, int a, int r) {
    shiftRightSigned(s, r, shift(s, a), r);
  }

  /** {@code r = b >> shift} for a shift of 0 to 256 bits, filled with the sign. */
  public static void shiftRightSigned(long[] s, int b, int shift, int r) {
    shiftRight(s, b, shift, s[b + 3] >> 63, r);
  }

  /** The word as a number of bits to shift by; 256 for all that shifts everything out. */
  public static int shift(long[] s, int a) {
    return (s[a + 1] | s[a + 2] | s[a + 3]) != 0 || Long.compareUnsigned(s[a], 255) > 0
        ? 256
        : (int) s[a];
  }

  private static void shiftRight(long[] s, int b, int shift, long fill, int r) {
    if (shift > 255) {
      s[r] = fill;
      s[r + 1] = fill;
      s[r + 2] = fill;
      s[r + 3] = fill;
      return;
    }
    int bits = shift & 63;
    int limbs = shift >>> 6;
    long x0 = s[b];
    long x1 = s[b + 1];
    long x2 = s[b + 2];
    long x3 = s[b + 3];
    if (bits != 0) {
      x0 = x0 >>> bits | x1 << -bits;
      x1 = x1 >>> bits | x2 << -bits;
      x2 = x2 >>> bits | x3 << -bits;
      x3 = x3 >>> bits | fill << -bits;
    }
    s[r] = limbs == 0 ? x0 : limbs == 1 ? x1 : limbs == 2 ? x2 : x3;
    s[r + 1] = limbs == 0 ? x1 : limbs == 1 ? x2 : limbs == 2 ? x3 : fill;
    s[r + 2] = limbs == 0 ? x2 : limbs == 1 ? x3 : fill;
    s[r + 3] = limbs == 0 ? x3 : fill;
  }

  /**
   * {@code r} = the byte of {@code r} that {@code a} counts from the most significant, else zero.
   */
  public static void byteAt(long[] s, int a, int r) {
    byteAt(s, a, r, r);
  }

  /** {@code r} = the byte of {@code b} that {@code a} counts from the most significant. */
  public static void byteAt(long[] s, int a, int b, int r) {
    long value = 0;
    if ((s[a + 1] | s[a + 2] | s[a + 3]) == 0 && Long.compareUnsigned(s[a], 32) < 0) {
      int fromLow = 31 - (int) s[a];
      value = s[b + (fromLow >>> 3)] >>> ((fromLow & 7) * 8) & 0xff;
    }
    set(s, r, value);
  }

  /** {@code r} sign-extended from its byte number {@code a}, counted from the least significant. */
  public static void signExtend(long[] s, int a, int r) {
    signExtend(s, a, r, r);
  }

  /** {@code r} = {@code b} sign-extended from its byte number {@code a}. */
  public static void signExtend(long[] s, int a, int b, int r) {
    boolean whole = (s[a + 1] | s[a + 2] | s[a + 3]) != 0 || Long.compareUnsigned(s[a], 31) >= 0;
    int octet = (int) s[a];
    copy(s, b, s, r);
    if (whole) {
      return;
    }
    int limb = octet >>> 3;
    int shift = 56 - (octet & 7) * 8;
    long extended = s[r + limb] << shift >> shift;
    s[r + limb] = extended;
    for (int i = limb + 1; i < 4; i++) {
      s[r + i] = extended >> 63;
    }
  }

  /** The number of leading zero bits, 256 for zero (EIP-7939). */
  public static int leadingZeros(long[] s, int a) {
    return 256 - bitLength(s[a], s[a + 1], s[a + 2], s[a + 3]);
  }

  /** How many bytes the word takes without leading zeros. */
  public static int byteLength(long[] s, int a) {
    return (bitLength(s[a], s[a + 1], s[a + 2], s[a + 3]) + 7) >>> 3;
  }

  /** Reads 32 big-endian bytes at {@code offset}. */
  public static void load(byte[] bytes, int offset, long[] s, int r) {
    s[r + 3] = (long) BE.get(bytes, offset);
    s[r + 2] = (long) BE.get(bytes, offset + 8);
    s[r + 1] = (long) BE.get(bytes, offset + 16);
    s[r] = (long) BE.get(bytes, offset + 24);
  }

  /** Writes 32 big-endian bytes at {@code offset}. */
  public static void store(long[] s, int a, byte[] bytes, int offset) {
    BE.set(bytes, offset, s[a + 3]);
    BE.set(bytes, offset + 8, s[a + 2]);
    BE.set(bytes, offset + 16, s[a + 1]);
    BE.set(bytes, offset + 24, s[a]);
  }

  private static int bitLength(long l0, long l1, long l2, long l3) {
    if (l3 != 0) return 256 - Long.numberOfLeadingZeros(l3);
    if (l2 != 0) return 192 - Long.numberOfLeadingZeros(l2);
    if (l1 != 0) return 128 - Long.numberOfLeadingZeros(l1);
    return 64 - Long.numberOfLeadingZeros(l0);
  }

  static long carry(long a, long b, long sum) {
    return ((a & b) | ((a | b) & ~sum)) >>> 63;
  }
}
