// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.precompile;

import java.util.Arrays;

/** 0x04: returns its input. */
final class Identity implements Precompile {
  @Override
  public long gas(byte[] in, int offset, int length) {
    return Precompiles.perWord(15, 3, length);
  }

  @Override
  public byte[] run(byte[] in, int offset, int length) {
    return Arrays.copyOfRange(in, offset, offset + length);
  }
}
