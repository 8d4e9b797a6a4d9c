// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.precompile;

import io.lockstep.primitives.crypto.Secp256k1;
import io.lockstep.primitives.crypto.Signature;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;

/** 0x01: who signed a digest (yellow paper, appendix E). */
final class EcRecover implements Precompile {
  private static final byte[] NOBODY = new byte[0];

  @Override
  public long gas(byte[] in, int offset, int length) {
    return 3_000;
  }

  @Override
  public byte[] run(byte[] in, int offset, int length) {
    byte[] input = Precompiles.padded(in, offset, length, 0, 128);
    UInt256 v = UInt256.read(input, 32);
    if (!v.fitsLong() || (v.limb(0) != 27 && v.limb(0) != 28)) {
      return NOBODY;
    }
    Address signer =
        Secp256k1.recover(
            Hash32.read(input, 0),
            new Signature((int) v.limb(0) - 27, UInt256.read(input, 64), UInt256.read(input, 96)));
    if (signer == null) {
      return NOBODY;
    }
    byte[] out = new byte[32];
    signer.write(out, 12);
    return out;
  }
}
