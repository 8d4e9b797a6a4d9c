// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.precompile;

import org.bouncycastle.crypto.digests.RIPEMD160Digest;

/** 0x03: RIPEMD-160, padded to a word on the left. */
final class Ripemd160 implements Precompile {
  @Override
  public long gas(byte[] in, int offset, int length) {
    return Precompiles.perWord(600, 120, length);
  }

  @Override
  public byte[] run(byte[] in, int offset, int length) {
    RIPEMD160Digest digest = new RIPEMD160Digest();
    digest.update(in, offset, length);
    byte[] out = new byte[32];
    digest.doFinal(out, 12);
    return out;
  }
}
