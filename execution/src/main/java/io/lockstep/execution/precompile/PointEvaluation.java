// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.precompile;

import io.lockstep.primitives.crypto.Sha256;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.types.Hex;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** 0x0a: KZG point evaluation (EIP-4844). */
final class PointEvaluation implements Precompile {
  private static final int INPUT_BYTES = 192;

  /** Where the commitment lies, and with which byte its versioned hash begins. */
  private static final int COMMITMENT = 96;

  private static final byte VERSION = 1;

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
    byte[] commitment = Arrays.copyOfRange(in, offset + COMMITMENT, offset + COMMITMENT + 48);
    byte[] expected = Sha256.hash(commitment).toArray();
    expected[0] = VERSION;
    if (!Hash32.of(expected).equals(Hash32.read(in, offset))) {
      return null;
    }
    return KzgOpening.holds(in, offset + 32) ? OUTPUT.clone() : null;
  }
}
