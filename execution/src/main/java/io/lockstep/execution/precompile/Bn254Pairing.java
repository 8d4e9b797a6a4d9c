// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.precompile;

import static io.lockstep.execution.precompile.Bn254Field.*;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The optimal ate pairing on BN254 (EIP-197). An element of the field of degree twelve is six of
 * the quadratic extension: 1, v, v², w, vw, v²w with w² = v and v³ = 9 + i. Lines in homogeneous
 * coordinates after Costello, Lange and Naehrig (2010), final exponentiation after Scott et al.
 * (2009). Any thread.
 */
final class Bn254Pairing {
  /** 6u + 2; its highest digit is one. */
  private static final byte[] LOOP =
      SignedDigits.of(Bn254Point.U.multiply(BigInteger.valueOf(6)).add(BigInteger.TWO), 2);

  private static final int POWER_WINDOW = 4;
  private static final byte[] U_DIGITS = SignedDigits.of(Bn254Point.U, POWER_WINDOW);

  private static final long[] HALF = of(BigInteger.TWO.modInverse(P));

  /** ξ^(k(p-1)/6) for the basis element w^k. */
  private static final long[][] FROBENIUS = new long[6][];

  static {
    BigInteger sixth = P.subtract(BigInteger.ONE).divide(BigInteger.valueOf(6));
    long[] step = power(Bn254Point.XI, sixth);
    FROBENIUS[0] = one(PAIR);
    for (int k = 1; k < 6; k++) {
      FROBENIUS[k] = multiply(FROBENIUS[k - 1], step);
    }
  }

  /** Which power of w each of the six coefficients belongs to. */
  private static final int[] POWER_OF_W = {0, 2, 4, 1, 3, 5};

  /**
   * One of the pairings: its curve point, its twist point and the multiple the loop has reached.
   */
  private record Pair(Bn254Point p, Bn254Point q, Bn254Point negatedQ, long[][] t) {}

  private final List<Pair> pairs = new ArrayList<>();

  private static long[][] unit() {
    long[][] out = new long[6][PAIR];
    out[0] = one(PAIR);
    return out;
  }

  /** Multiplies in the pairing of a curve point and a twist point, both normalised. */
  void include(Bn254Point g1, Bn254Point g2) {
    if (g1.isInfinity() || g2.isInfinity()) {
      return;
    }
    long[][] t = {g2.x(), g2.y(), one(PAIR)};
    pairs.add(new Pair(g1, g2, g2.negated(), t));
  }

  /** Whether the product of all pairings is one. */
  boolean isOne() {
    if (pairs.isEmpty()) {
      return true;
    }
    long[][] result = finalExponentiation(miller());
    long[][] unit = unit();
    for (int i = 0; i < 6; i++) {
      if (!Arrays.equals(result[i], unit[i])) {
        return false;
      }
    }
    return true;
  }

  // --- the loop ---

  /** The product of all Miller loops, which share their squarings. */
  private long[][] miller() {
    long[][] f = unit();
    for (int i = LOOP.length - 2; i >= 0; i--) {
      f = square12(f);
      for (Pair pair : pairs) {
        f = multiplyByLine(f, doubled(pair.t), pair.p);
        if (LOOP[i] != 0) {
          f = multiplyByLine(f, added(pair.t, LOOP[i] > 0 ? pair.q : pair.negatedQ), pair.p);
        }
      }
    }
    for (Pair pair : pairs) {
      Bn254Point q1 = pair.q.frobenius();
      f = multiplyByLine(f, added(pair.t, q1), pair.p);
      Bn254Point q2 = q1.frobenius().negated();
      f = multiplyByLine(f, added(pair.t, q2), pair.p);
    }
    return f;
  }

  /** Doubles t in place; the line's coefficients at 1, w and vw. */
  private static long[][] doubled(long[][] t) {
    long[] x = t[0];
    long[] y = t[1];
    long[] z = t[2];
    long[] a = scale(multiply(x, y), HALF);
    long[] b = square(y);
    long[] c = square(z);
    long[] e = multiply(add(twice(c), c), Bn254Point.TWIST_B);
    long[] f = add(twice(e), e);
    long[] g = scale(add(b, f), HALF);
    long[] h = subtract(square(add(y, z)), add(b, c));
    long[] j = square(x);
    long[] ee = square(e);
    t[0] = multiply(subtract(b, f), a);
    t[1] = subtract(square(g), add(twice(ee), ee));
    t[2] = multiply(b, h);
    return new long[][] {negate(h), add(twice(j), j), subtract(e, b)};
  }

  /** Adds q to t in place; the line's coefficients. */
  private static long[][] added(long[][] t, Bn254Point q) {
    long[] o = subtract(t[1], multiply(q.y(), t[2]));
    long[] l = subtract(t[0], multiply(q.x(), t[2]));
    long[] c = square(o);
    long[] d = square(l);
    long[] e = multiply(l, d);
    long[] f = multiply(t[2], c);
    long[] g = multiply(t[0], d);
    long[] h = subtract(add(e, f), twice(g));
    long[] ye = multiply(t[1], e);
    t[0] = multiply(l, h);
    t[1] = subtract(multiply(subtract(g, h), o), ye);
    t[2] = multiply(e, t[2]);
    return new long[][] {l, negate(o), subtract(multiply(q.x(), o), multiply(l, q.y()))};
  }

  private static long[][] multiplyByLine(long[][] f, long[][] line, Bn254Point p) {
    long[] c0 = scale(line[0], p.y());
    long[] c3 = scale(line[1], p.x());
    long[] c4 = line[2];
    // (f0 + f1 w)(c0 + (c3 + c4 v) w)
    long[][] a = {multiply(f[0], c0), multiply(f[1], c0), multiply(f[2], c0)};
    long[][] b = timesTwo(f, 3, c3, c4);
    long[][] both = {add(f[0], f[3]), add(f[1], f[4]), add(f[2], f[5])};
    long[][] cross = timesTwo(both, 0, add(c0, c3), c4);
    long[][] r = new long[6][];
    r[0] = add(a[0], timesXi(b[2]));
    r[1] = add(a[1], b[0]);
    r[2] = add(a[2], b[1]);
    for (int i = 0; i < 3; i++) {
      r[3 + i] = subtract(subtract(cross[i], a[i]), b[i]);
    }
    return r;
  }

  /** The three coefficients from {@code at} times (x + y v). */
  private static long[][] timesTwo(long[][] a, int at, long[] x, long[] y) {
    long[] a0x = multiply(a[at], x);
    long[] a1y = multiply(a[at + 1], y);
    long[] cross = multiply(add(a[at], a[at + 1]), add(x, y));
    return new long[][] {
      add(a0x, timesXi(multiply(a[at + 2], y))),
      subtract(subtract(cross, a0x), a1y),
      add(a1y, multiply(a[at + 2], x))
    };
  }

  // --- the field of degree twelve ---

  private static long[][] multiply6(long[][] a, int i, long[][] b, int j) {
    long[] v0 = multiply(a[i], b[j]);
    long[] v1 = multiply(a[i + 1], b[j + 1]);
    long[] v2 = multiply(a[i + 2], b[j + 2]);
    long[] m12 = multiply(add(a[i + 1], a[i + 2]), add(b[j + 1], b[j + 2]));
    long[] m01 = multiply(add(a[i], a[i + 1]), add(b[j], b[j + 1]));
    long[] m02 = multiply(add(a[i], a[i + 2]), add(b[j], b[j + 2]));
    return new long[][] {
      add(v0, timesXi(subtract(subtract(m12, v1), v2))),
      add(subtract(subtract(m01, v0), v1), timesXi(v2)),
      add(subtract(subtract(m02, v0), v2), v1)
    };
  }

  private static long[][] sum6(long[][] a, int i, long[][] b, int j) {
    return new long[][] {add(a[i], b[j]), add(a[i + 1], b[j + 1]), add(a[i + 2], b[j + 2])};
  }

  private static long[][] timesV(long[][] a) {
    return new long[][] {timesXi(a[2]), a[0], a[1]};
  }

  static long[][] multiply12(long[][] a, long[][] b) {
    long[][] low = multiply6(a, 0, b, 0);
    long[][] high = multiply6(a, 3, b, 3);
    long[][] cross = multiply6(sum6(a, 0, a, 3), 0, sum6(b, 0, b, 3), 0);
    return combine(low, high, cross);
  }

  private static long[][] combine(long[][] low, long[][] high, long[][] cross) {
    long[][] shifted = timesV(high);
    long[][] r = new long[6][];
    for (int i = 0; i < 3; i++) {
      r[i] = add(low[i], shifted[i]);
      r[3 + i] = subtract(subtract(cross[i], low[i]), high[i]);
    }
    return r;
  }

  private static long[][] square12(long[][] a) {
    // (x + yw)² = (x + y)(x + vy) - xy - vxy + 2xyw
    long[][] xy = multiply6(a, 0, a, 3);
    long[][] high = {a[3], a[4], a[5]};
    long[][] left = sum6(a, 0, a, 3);
    long[][] right = sum6(a, 0, timesV(high), 0);
    long[][] product = multiply6(left, 0, right, 0);
    long[][] vxy = timesV(xy);
    long[][] r = new long[6][];
    for (int i = 0; i < 3; i++) {
      r[i] = subtract(subtract(product[i], xy[i]), vxy[i]);
      r[3 + i] = twice(xy[i]);
    }
    return r;
  }

  private static long[][] conjugate12(long[][] a) {
    return new long[][] {a[0], a[1], a[2], negate(a[3]), negate(a[4]), negate(a[5])};
  }

  private static long[][] frobenius12(long[][] a) {
    long[][] r = new long[6][];
    for (int i = 0; i < 6; i++) {
      r[i] = multiply(conjugate(a[i]), FROBENIUS[POWER_OF_W[i]]);
    }
    return r;
  }

  private static long[][] invert12(long[][] a) {
    // 1/(x + yw) = (x - yw)/(x² - vy²)
    long[][] xx = multiply6(a, 0, a, 0);
    long[][] yy = timesV(multiply6(a, 3, a, 3));
    long[][] norm = new long[3][];
    for (int i = 0; i < 3; i++) {
      norm[i] = subtract(xx[i], yy[i]);
    }
    long[][] inverse = invert6(norm);
    long[][] low = multiply6(a, 0, inverse, 0);
    long[][] high = multiply6(a, 3, inverse, 0);
    return new long[][] {low[0], low[1], low[2], negate(high[0]), negate(high[1]), negate(high[2])};
  }

  private static long[][] invert6(long[][] a) {
    long[] c0 = subtract(square(a[0]), timesXi(multiply(a[1], a[2])));
    long[] c1 = subtract(timesXi(square(a[2])), multiply(a[0], a[1]));
    long[] c2 = subtract(square(a[1]), multiply(a[0], a[2]));
    long[] sum = add(multiply(a[0], c0), timesXi(add(multiply(a[2], c1), multiply(a[1], c2))));
    long[] inverse = invert(sum);
    return new long[][] {multiply(c0, inverse), multiply(c1, inverse), multiply(c2, inverse)};
  }

  // --- the final exponentiation ---

  /** To the power of u, where the inverse is the conjugate. */
  private static long[][] powerU(long[][] a) {
    long[][][] odd = new long[1 << (POWER_WINDOW - 2)][][];
    long[][] squared = squareUnitary(a);
    odd[0] = a;
    for (int i = 1; i < odd.length; i++) {
      odd[i] = multiply12(odd[i - 1], squared);
    }
    long[][] r = unit();
    for (int i = U_DIGITS.length - 1; i >= 0; i--) {
      r = squareUnitary(r);
      int digit = U_DIGITS[i];
      if (digit != 0) {
        long[][] factor = odd[Math.abs(digit) >> 1];
        r = multiply12(r, digit > 0 ? factor : conjugate12(factor));
      }
    }
    return r;
  }

  /** Squaring where the inverse is the conjugate: Granger and Scott (2010), half the price. */
  private static long[][] squareUnitary(long[][] a) {
    long[][] t = new long[6][];
    squareQuartic(a[0], a[4], t, 0);
    squareQuartic(a[3], a[2], t, 2);
    squareQuartic(a[1], a[5], t, 4);
    return new long[][] {
      tripleLessTwice(t[0], a[0]),
      tripleLessTwice(t[2], a[1]),
      tripleLessTwice(t[4], a[2]),
      triplePlusTwice(timesXi(t[5]), a[3]),
      triplePlusTwice(t[1], a[4]),
      triplePlusTwice(t[3], a[5])
    };
  }

  /** (x + ys)² with s² = ξ: real part x² + ξy² and 2xy. */
  private static void squareQuartic(long[] x, long[] y, long[][] out, int at) {
    long[] xx = square(x);
    long[] yy = square(y);
    out[at] = add(timesXi(yy), xx);
    out[at + 1] = subtract(subtract(square(add(x, y)), xx), yy);
  }

  private static long[] tripleLessTwice(long[] t, long[] a) {
    return add(twice(subtract(t, a)), t);
  }

  private static long[] triplePlusTwice(long[] t, long[] a) {
    return add(twice(add(t, a)), t);
  }

  private static long[][] finalExponentiation(long[][] in) {
    long[][] m = multiply12(conjugate12(in), invert12(in));
    m = multiply12(frobenius12(frobenius12(m)), m);
    long[][] fp = frobenius12(m);
    long[][] fp2 = frobenius12(fp);
    long[][] fp3 = frobenius12(fp2);
    long[][] fu = powerU(m);
    long[][] fu2 = powerU(fu);
    long[][] fu3 = powerU(fu2);
    long[][] y0 = multiply12(multiply12(fp, fp2), fp3);
    long[][] y1 = conjugate12(m);
    long[][] y2 = frobenius12(frobenius12(fu2));
    long[][] y3 = conjugate12(frobenius12(fu));
    long[][] y4 = conjugate12(multiply12(fu, frobenius12(fu2)));
    long[][] y5 = conjugate12(fu2);
    long[][] y6 = conjugate12(multiply12(fu3, frobenius12(fu3)));
    long[][] t0 = multiply12(multiply12(squareUnitary(y6), y4), y5);
    long[][] t1 = multiply12(multiply12(y3, y5), t0);
    t0 = multiply12(t0, y2);
    t1 = squareUnitary(multiply12(squareUnitary(t1), t0));
    t0 = squareUnitary(multiply12(t1, y1));
    return multiply12(t0, multiply12(t1, y0));
  }
}
