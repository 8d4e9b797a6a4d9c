// SPDX-License-Identifier: Apache-2.0
package io.lockstep.primitives.crypto;

import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import org.bouncycastle.crypto.digests.KeccakDigest;

/** Keccak-256 as Ethereum uses it (0x01 padding, not SHA-3). Any thread; one reused digest each. */
public final class Keccak {
  private static final ThreadLocal<KeccakDigest> DIGEST =
      ThreadLocal.withInitial(() -> new KeccakDigest(256));

  /** Keccak-256 of nothing: the code hash of an account without code. */
  public static final Hash32 EMPTY = hash(new byte[0]);

  /** Keccak-256 of 0x80: the root of an empty trie. */
  public static final Hash32 EMPTY_TRIE_ROOT = hash(new byte[] {(byte) 0x80});

  /**
   * Keccak-256 of 0xc0: the hash of an empty RLP list, the ommers hash of every block since Paris.
   */
  public static final Hash32 EMPTY_LIST = hash(new byte[] {(byte) 0xc0});

  private Keccak() {}

  public static Hash32 hash(byte[] input) {
    return hash(input, 0, input.length);
  }

  public static Hash32 hash(Bytes input) {
    return hash(input.unsafeArray());
  }

  public static Hash32 hash(byte[] input, int offset, int length) {
    byte[] out = new byte[32];
    hash(input, offset, length, out, 0);
    return Hash32.read(out, 0);
  }

  /** Hash of the concatenation of {@code parts}. */
  public static Hash32 hashAll(byte[]... parts) {
    KeccakDigest digest = DIGEST.get();
    digest.reset();
    for (byte[] part : parts) {
      digest.update(part, 0, part.length);
    }
    byte[] out = new byte[32];
    digest.doFinal(out, 0);
    return Hash32.read(out, 0);
  }

  /** Writes the 32-byte hash to {@code out} at {@code outOffset} without allocating. */
  public static void hash(byte[] input, int offset, int length, byte[] out, int outOffset) {
    KeccakDigest digest = DIGEST.get();
    digest.reset();
    digest.update(input, offset, length);
    digest.doFinal(out, outOffset);
  }
}
