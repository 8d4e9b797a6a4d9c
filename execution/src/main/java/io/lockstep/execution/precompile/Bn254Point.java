// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.precompile;

import static io.lockstep.execution.precompile.Bn254Field.*;

import java.math.BigInteger;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A point of BN254's curve y² = x³ + 3, or of its twist over the quadratic extension, in Jacobian
 * coordinates; z is zero at infinity. Immutable, any thread.
 */
record Bn254Point(long[] x, long[] y, long[] z) {
  private static final long[] B = of(BigInteger.valueOf(3));

  /** 9 + i, whose sixth root makes the tower. */
  static final long[] XI = pair(BigInteger.valueOf(9), BigInteger.ONE);

  /** 3 / (9 + i): the twist's constant. */
  static final long[] TWIST_B = scale(invert(XI), B);

  private static final BigInteger P_LESS_ONE = P.subtract(BigInteger.ONE);

  /** ξ^((p-1)/3) and ξ^((p-1)/2): what Frobenius does to a twist point's coordinates. */
  static final long[] FROBENIUS_X = power(XI, P_LESS_ONE.divide(BigInteger.valueOf(3)));

  static final long[] FROBENIUS_Y = power(XI, P_LESS_ONE.divide(BigInteger.valueOf(2)));

  /** The parameter u of the curve's family. */
  static final BigInteger U = new BigInteger("4965661367192848881");

  /** 6u², by which Frobenius acts on the subgroup of prime order, and on nothing else. */
  private static final BigInteger SUBGROUP = U.multiply(U).multiply(BigInteger.valueOf(6));

  private static long[] pair(BigInteger real, BigInteger imaginary) {
    long[] out = Arrays.copyOf(of(real), 8);
    System.arraycopy(of(imaginary), 0, out, 4, 4);
    return out;
  }

  static Bn254Point infinity(int limbs) {
    return new Bn254Point(one(limbs), one(limbs), new long[limbs]);
  }

  private static Bn254Point affine(long[] x, long[] y) {
    return new Bn254Point(x, y, one(x.length));
  }

  /** Reads a curve point of 64 bytes; null when it is none. */
  static @Nullable Bn254Point readG1(byte[] in, int offset) {
    long[] x = read(in, offset);
    long[] y = read(in, offset + 32);
    return x == null || y == null ? null : checked(x, y, B);
  }

  /** Reads a twist point of 128 bytes, of the right subgroup; null when it is none. */
  static @Nullable Bn254Point readG2(byte[] in, int offset) {
    long[][] parts = new long[4][];
    for (int i = 0; i < 4; i++) {
      long[] part = read(in, offset + 32 * i);
      if (part == null) {
        return null;
      }
      parts[i] = part;
    }
    // The imaginary part comes first on the wire.
    Bn254Point point = checked(join(parts[1], parts[0]), join(parts[3], parts[2]), TWIST_B);
    return point == null || point.isInSubgroup() ? point : null;
  }

  private static long[] join(long[] real, long[] imaginary) {
    long[] out = Arrays.copyOf(real, 8);
    System.arraycopy(imaginary, 0, out, 4, 4);
    return out;
  }

  private static @Nullable Bn254Point checked(long[] x, long[] y, long[] b) {
    if (isZero(x) && isZero(y)) {
      return infinity(x.length);
    }
    long[] right = add(multiply(square(x), x), b);
    return Arrays.equals(square(y), right) ? affine(x, y) : null;
  }

  boolean isInfinity() {
    return isZero(z);
  }

  Bn254Point twicePoint() {
    if (isInfinity()) {
      return this;
    }
    long[] a = square(x);
    long[] b = square(y);
    long[] c = square(b);
    long[] d = twice(subtract(subtract(square(add(x, b)), a), c));
    long[] e = add(twice(a), a);
    long[] x3 = subtract(square(e), twice(d));
    long[] y3 = subtract(multiply(e, subtract(d, x3)), twice(twice(twice(c))));
    return new Bn254Point(x3, y3, twice(multiply(y, z)));
  }

  Bn254Point plus(Bn254Point o) {
    if (isInfinity()) {
      return o;
    }
    if (o.isInfinity()) {
      return this;
    }
    long[] z1z1 = square(z);
    long[] z2z2 = square(o.z);
    long[] u1 = multiply(x, z2z2);
    long[] u2 = multiply(o.x, z1z1);
    long[] s1 = multiply(multiply(y, o.z), z2z2);
    long[] s2 = multiply(multiply(o.y, z), z1z1);
    long[] h = subtract(u2, u1);
    long[] r = subtract(s2, s1);
    if (isZero(h)) {
      return isZero(r) ? twicePoint() : infinity(x.length);
    }
    long[] hh = square(h);
    long[] hhh = multiply(hh, h);
    long[] v = multiply(u1, hh);
    long[] x3 = subtract(subtract(square(r), hhh), twice(v));
    long[] y3 = subtract(multiply(r, subtract(v, x3)), multiply(s1, hhh));
    return new Bn254Point(x3, y3, multiply(multiply(z, o.z), h));
  }

  Bn254Point times(BigInteger scalar) {
    Bn254Point sum = infinity(x.length);
    for (int i = scalar.bitLength() - 1; i >= 0; i--) {
      sum = sum.twicePoint();
      if (scalar.testBit(i)) {
        sum = sum.plus(this);
      }
    }
    return sum;
  }

  /** The same point with z one; not for infinity. */
  Bn254Point normalized() {
    long[] inverse = invert(z);
    long[] squared = square(inverse);
    return affine(multiply(x, squared), multiply(y, multiply(squared, inverse)));
  }

  /** Frobenius on the twist, for a normalised point. */
  Bn254Point frobenius() {
    return affine(multiply(conjugate(x), FROBENIUS_X), multiply(conjugate(y), FROBENIUS_Y));
  }

  Bn254Point negated() {
    return new Bn254Point(x, negate(y), z);
  }

  /**
   * Whether this normalised twist point is of prime order: Frobenius satisfies ψ² - tψ + p = 0, so
   * from ψ(Q) = (t-1)Q follows (p - t + 1)Q = 0, and p - t + 1 is the order.
   */
  private boolean isInSubgroup() {
    return isInfinity() || times(SUBGROUP).plus(frobenius().negated()).isInfinity();
  }

  /** 64 bytes, zeros for infinity. */
  byte[] toBytes() {
    byte[] out = new byte[64];
    if (!isInfinity()) {
      Bn254Point n = normalized();
      write(n.x, out, 0);
      write(n.y, out, 32);
    }
    return out;
  }
}
