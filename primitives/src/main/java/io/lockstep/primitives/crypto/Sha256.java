// SPDX-License-Identifier: Apache-2.0
package io.lockstep.primitives.crypto;

import io.lockstep.primitives.types.Hash32;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** SHA-256 of the JDK (hardware instructions where present). Any thread. */
public final class Sha256 {
  private static final ThreadLocal<MessageDigest> DIGEST =
      ThreadLocal.withInitial(() -> {
        try {
          return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
          throw new IllegalStateException("every JDK has SHA-256", e);
        }
      });

  private Sha256() {}

  public static Hash32 hash(byte[]... parts) {
    MessageDigest digest = DIGEST.get();
    digest.reset();
    for (byte[] part : parts) {
      digest.update(part);
    }
    return Hash32.read(digest.digest(), 0);
  }

  /** SHA-256 of two nodes side by side: one step of SSZ merkleization. */
  public static Hash32 pair(Hash32 left, Hash32 right) {
    byte[] both = new byte[64];
    left.write(both, 0);
    right.write(both, 32);
    return hash(both);
  }
}
