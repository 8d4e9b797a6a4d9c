// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.precompile;

import io.lockstep.primitives.uint.UInt256;
import java.math.BigInteger;

/** 0x100: ECDSA over secp256r1 (EIP-7951). An invalid signature gives no output, not a failure. */
final class P256Verify implements Precompile {
  private static final int INPUT_BYTES = 160;
  private static final BigInteger ORDER =
      new BigInteger("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551", 16);
  private static final ModularInverse INVERSE = new ModularInverse(ORDER);
  private static final byte[] INVALID = new byte[0];

  @Override
  public long gas(byte[] in, int offset, int length) {
    return 6_900;
  }

  @Override
  public byte[] run(byte[] in, int offset, int length) {
    if (length != INPUT_BYTES || !isValid(in, offset)) {
      return INVALID;
    }
    byte[] out = new byte[32];
    out[31] = 1;
    return out;
  }

  private static boolean isValid(byte[] in, int offset) {
    BigInteger hash = word(in, offset);
    BigInteger r = word(in, offset + 32);
    BigInteger s = word(in, offset + 64);
    BigInteger x = word(in, offset + 96);
    BigInteger y = word(in, offset + 128);
    if (r.signum() == 0 || s.signum() == 0 || r.compareTo(ORDER) >= 0 || s.compareTo(ORDER) >= 0) {
      return false;
    }
    if (x.compareTo(P256Field.P) >= 0 || y.compareTo(P256Field.P) >= 0) {
      return false;
    }
    P256Points points = new P256Points();
    if (!points.isOnCurve(x, y)) { // neither is (0, 0), which stands for infinity
      return false;
    }
    BigInteger inverse = INVERSE.of(UInt256.of(s)).toBigInteger();
    points.sum(hash.multiply(inverse).mod(ORDER), r.multiply(inverse).mod(ORDER), x, y);
    // r is the point's x modulo the order, which is a little less than the field's modulus.
    BigInteger above = r.add(ORDER);
    return points.sumHasX(r) || (above.compareTo(P256Field.P) < 0 && points.sumHasX(above));
  }

  private static BigInteger word(byte[] in, int offset) {
    return new BigInteger(1, in, offset, 32);
  }
}
