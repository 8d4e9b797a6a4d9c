// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.precompile;

import java.math.BigInteger;
import java.util.Arrays;

/** Scalars in signed digits, of which most are zero: the windowed non-adjacent form. Any thread. */
final class SignedDigits {
  private SignedDigits() {}

  /**
   * Digits, the lowest first, each zero or odd and within {@code ±2^(window-1)}, with at least
   * {@code window - 1} zeros after each that is not.
   *
   * @param scalar not negative
   */
  static byte[] of(BigInteger scalar, int window) {
    byte[] out = new byte[scalar.bitLength() + 1];
    BigInteger rest = scalar;
    int at = 0;
    while (rest.signum() != 0) {
      int skip = rest.getLowestSetBit();
      rest = rest.shiftRight(skip);
      at += skip;
      int digit = rest.intValue() & ((1 << window) - 1);
      if (digit >= 1 << (window - 1)) {
        digit -= 1 << window;
      }
      out[at] = (byte) digit;
      rest = rest.subtract(BigInteger.valueOf(digit));
    }
    return out;
  }

  /** The same, with zeros on top up to a length. */
  static byte[] of(BigInteger scalar, int window, int length) {
    return Arrays.copyOf(of(scalar, window), length);
  }
}
