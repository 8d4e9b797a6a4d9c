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
    int carry = 0;
    for (int at = 0; at < out.length; ) {
      if ((scalar.testBit(at) ? 1 : 0) == carry) {
        out[at++] = 0;
        continue;
      }
      int bits = carry;
      for (int i = 0; i < window; i++) {
        bits += scalar.testBit(at + i) ? 1 << i : 0;
      }
      carry = bits >= 1 << (window - 1) ? 1 : 0;
      out[at] = (byte) (bits - (carry << window));
      at += window;
    }
    return out;
  }

  /** The same, with zeros on top up to a length. */
  static byte[] of(BigInteger scalar, int window, int length) {
    return Arrays.copyOf(of(scalar, window), length);
  }
}
