// SPDX-License-Identifier: Apache-2.0
package io.lockstep.primitives.crypto;

import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import java.util.Objects;

/** Keccak-256 as Ethereum uses it (0x01 padding, not SHA-3). Any thread; one reused sponge each. */
public final class Keccak {
  private static final ThreadLocal<KeccakSponge> SPONGE =
      ThreadLocal.withInitial(KeccakSponge::new);

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
    int length = 0;
    for (byte[] part : parts) {
      length += part.length;
    }
    byte[] all = new byte[length];
    int at = 0;
    for (byte[] part : parts) {
      System.arraycopy(part, 0, all, at, part.length);
      at += part.length;
    }
    return hash(all);
  }

  /** Writes the 32-byte hash to {@code out} at {@code outOffset} without allocating. */
  public static void hash(byte[] input, int offset, int length, byte[] out, int outOffset) {
    Objects.checkFromIndexSize(offset, length, input.length);
    SPONGE.get().hash(input, offset, length, out, outOffset);
  }
}
