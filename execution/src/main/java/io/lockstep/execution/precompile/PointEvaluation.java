// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.precompile;

import io.lockstep.primitives.crypto.Kzg;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.types.Hex;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** 0x0a: KZG point evaluation (EIP-4844). The first call loads the trusted setup. */
final class PointEvaluation implements Precompile {
  private static final int INPUT_BYTES = 192;

  /** The number of field elements of a blob, and the modulus of the BLS scalar field. */
  private static final byte[] OUTPUT =
      Hex.decode(
          "0x0000000000000000000000000000000000000000000000000000000000001000"
              + "73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001");

  @Override
  public long gas(byte[] in, int offset, int length) {
    return 50_000;
  }

  @Override
  public byte @Nullable [] run(byte[] in, int offset, int length) {
    if (length != INPUT_BYTES) {
      return null;
    }
    byte[] commitment = Arrays.copyOfRange(in, offset + 96, offset + 144);
    if (!Kzg.versionedHash(Bytes.wrap(commitment)).equals(Hash32.read(in, offset))) {
      return null;
    }
    boolean holds =
        Kzg.verifyProof(
            commitment,
            Arrays.copyOfRange(in, offset + 32, offset + 64),
            Arrays.copyOfRange(in, offset + 64, offset + 96),
            Arrays.copyOfRange(in, offset + 144, offset + 192));
    return holds ? OUTPUT.clone() : null;
  }
}
