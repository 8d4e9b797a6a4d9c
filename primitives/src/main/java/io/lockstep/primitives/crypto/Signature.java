// SPDX-License-Identifier: Apache-2.0
package io.lockstep.primitives.crypto;

import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.uint.UInt256;

/**
 * A recoverable secp256k1 signature.
 *
 * @param yParity 0 or 1
 */
public record Signature(int yParity, UInt256 r, UInt256 s) {
  public static final int LENGTH_BYTES = 65;

  public Signature {
    if (yParity != 0 && yParity != 1) {
      throw new IllegalArgumentException("yParity is 0 or 1, got " + yParity);
    }
  }

  /** The 65 bytes r, s, v with v of 27 or 28, as wallets and Solidity's ecrecover take them. */
  public Bytes toBytes() {
    byte[] out = new byte[LENGTH_BYTES];
    r.write(out, 0);
    s.write(out, 32);
    out[64] = (byte) (27 + yParity);
    return Bytes.wrap(out);
  }

  /** Reads r, s, v; v must be 27 or 28, s in the lower half (one signature has one form). */
  public static Signature fromBytes(Bytes bytes) throws DecodeException {
    if (bytes.size() != LENGTH_BYTES) {
      throw new DecodeException("a signature has 65 bytes, got " + bytes.size());
    }
    int v = bytes.get(64) & 0xff;
    if (v != 27 && v != 28) {
      throw new DecodeException("v of a signature is 27 or 28, got " + v);
    }
    UInt256 s = UInt256.read(bytes.unsafeArray(), 32);
    if (s.compareTo(Secp256k1.HALF_ORDER) > 0) {
      throw new DecodeException("s of a signature must be in the lower half of the order");
    }
    return new Signature(v - 27, UInt256.read(bytes.unsafeArray(), 0), s);
  }
}
