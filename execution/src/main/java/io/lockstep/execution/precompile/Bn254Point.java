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

  private static final byte[] U_DIGITS = SignedDigits.of(U, 2);

  /** The order of the curve, and of the twist's subgroup. */
  private static final BigInteger ORDER =
      new BigInteger(
          "21888242871839275222246405745257275088548364400416034343698204186575808495617");

  /** A cube root of one in the field: (beta x, y) is lambda times (x, y) on the curve. */
  private static final long[] BETA =
      of(new BigInteger("2203960485148121921418603742825762020974279258880205651966"));

  // Two short pairs (a, b) with a + b lambda = 0 modulo the order.
  private static final BigInteger A1 = new BigInteger("9931322734385697763");
  private static final BigInteger B1 = new BigInteger("-147946756881789319000765030803803410728");
  private static final BigInteger A2 = new BigInteger("147946756881789319010696353538189108491");
  private static final BigInteger B2 = A1;

  private static final int WINDOW = 4;

  private static long[] pair(BigInteger real, BigInteger imaginary) {
    return join(of(real), of(imaginary));
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

  /** The product of a curve point with a scalar that is not negative. */
  Bn254Point times(BigInteger scalar) {
    // With k = k1 + k2 lambda both halves have half the length (Gallant, Lambert, Vanstone 2001);
    // that they make up k does not depend on how c1 and c2 are rounded.
    BigInteger k = scalar.mod(ORDER);
    BigInteger c1 = B2.multiply(k).divide(ORDER);
    BigInteger c2 = B1.negate().multiply(k).divide(ORDER);
    BigInteger k1 = k.subtract(c1.multiply(A1)).subtract(c2.multiply(A2));
    BigInteger k2 = c1.multiply(B1).add(c2.multiply(B2)).negate();
    Bn254Point[] ofThis = multiples(k1.signum() < 0 ? negated() : this);
    Bn254Point image = new Bn254Point(multiply(x, BETA), y, z);
    Bn254Point[] ofImage = multiples(k2.signum() < 0 ? image.negated() : image);
    int length = Math.max(k1.bitLength(), k2.bitLength()) + 2;
    byte[] d1 = SignedDigits.of(k1.abs(), WINDOW, length);
    byte[] d2 = SignedDigits.of(k2.abs(), WINDOW, length);
    Bn254Point sum = infinity(x.length);
    for (int i = length - 1; i >= 0; i--) {
      sum = sum.twicePoint().plusMultiple(ofThis, d1[i]).plusMultiple(ofImage, d2[i]);
    }
    return sum;
  }

  /** The multiples 1, 3, 5 and so on. */
  private static Bn254Point[] multiples(Bn254Point point) {
    Bn254Point[] out = new Bn254Point[1 << (WINDOW - 2)];
    Bn254Point twice = point.twicePoint();
    out[0] = point;
    for (int i = 1; i < out.length; i++) {
      out[i] = out[i - 1].plus(twice);
    }
    return out;
  }

  private Bn254Point plusMultiple(Bn254Point[] multiples, int digit) {
    if (digit == 0) {
      return this;
    }
    Bn254Point multiple = multiples[Math.abs(digit) >> 1];
    return plus(digit > 0 ? multiple : multiple.negated());
  }

  private Bn254Point timesU() {
    Bn254Point negated = negated();
    Bn254Point sum = infinity(x.length);
    for (int i = U_DIGITS.length - 1; i >= 0; i--) {
      sum = sum.twicePoint();
      if (U_DIGITS[i] != 0) {
        sum = sum.plus(U_DIGITS[i] > 0 ? this : negated);
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

  /** Frobenius on the twist. */
  Bn254Point frobenius() {
    return new Bn254Point(
        multiply(conjugate(x), FROBENIUS_X), multiply(conjugate(y), FROBENIUS_Y), conjugate(z));
  }

  Bn254Point negated() {
    return new Bn254Point(x, negate(y), z);
  }

  /**
   * Whether this twist point is of prime order: (u+1)Q + ψ(uQ) + ψ²(uQ) = ψ³(2uQ), with ψ for
   * Frobenius (Dai, Lin, Zhao, Zhou, "Fast subgroup membership testings", 2022). The norm of that
   * polynomial in ψ has no factor in common with the twist's cofactor, so that nothing outside the
   * subgroup satisfies it.
   */
  private boolean isInSubgroup() {
    Bn254Point once = timesU();
    Bn254Point first = once.frobenius();
    Bn254Point second = first.frobenius();
    Bn254Point left = once.plus(this).plus(first).plus(second);
    return left.plus(second.frobenius().twicePoint().negated()).isInfinity();
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
