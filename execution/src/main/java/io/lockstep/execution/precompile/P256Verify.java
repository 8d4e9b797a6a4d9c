// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.precompile;

import java.math.BigInteger;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.math.ec.ECAlgorithms;
import org.bouncycastle.math.ec.ECCurve;
import org.bouncycastle.math.ec.ECPoint;

/** 0x100: ECDSA over secp256r1 (EIP-7951). An invalid signature gives no output, not a failure. */
final class P256Verify implements Precompile {
  private static final int INPUT_BYTES = 160;
  private static final X9ECParameters CURVE = CustomNamedCurves.getByName("secp256r1");
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
    BigInteger order = CURVE.getN();
    BigInteger hash = word(in, offset);
    BigInteger r = word(in, offset + 32);
    BigInteger s = word(in, offset + 64);
    BigInteger x = word(in, offset + 96);
    BigInteger y = word(in, offset + 128);
    if (r.signum() == 0 || s.signum() == 0 || r.compareTo(order) >= 0 || s.compareTo(order) >= 0) {
      return false;
    }
    ECCurve curve = CURVE.getCurve();
    BigInteger field = curve.getField().getCharacteristic();
    if (x.compareTo(field) >= 0
        || y.compareTo(field) >= 0
        || (x.signum() == 0 && y.signum() == 0)) {
      return false;
    }
    ECPoint key = curve.createPoint(x, y);
    if (!key.isValid()) {
      return false;
    }
    BigInteger inverse = s.modInverse(order);
    ECPoint point =
        ECAlgorithms.sumOfTwoMultiplies(
                CURVE.getG(),
                hash.multiply(inverse).mod(order),
                key,
                r.multiply(inverse).mod(order))
            .normalize();
    return !point.isInfinity() && point.getAffineXCoord().toBigInteger().mod(order).equals(r);
  }

  private static BigInteger word(byte[] in, int offset) {
    return new BigInteger(1, in, offset, 32);
  }
}
