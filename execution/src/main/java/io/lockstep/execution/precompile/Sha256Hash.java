// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.precompile;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** 0x02: SHA-256. */
final class Sha256Hash implements Precompile {
  private static final ThreadLocal<MessageDigest> DIGEST =
      ThreadLocal.withInitial(() -> {
        try {
          return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
          throw new IllegalStateException("every JDK has SHA-256", e);
        }
      });

  @Override
  public long gas(byte[] in, int offset, int length) {
    return Precompiles.perWord(60, 12, length);
  }

  @Override
  public byte[] run(byte[] in, int offset, int length) {
    MessageDigest digest = DIGEST.get();
    digest.reset();
    digest.update(in, offset, length);
    return digest.digest();
  }
}
