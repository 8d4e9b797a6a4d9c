// SPDX-License-Identifier: Apache-2.0
package io.lockstep.primitives.codec;

import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;

/**
 * Builds {@code abi.encode} of static values: one 32-byte word each. What is signed or hashed into
 * a tree. One thread.
 */
public final class AbiWords {
  private final byte[] words;
  private int size;

  /** Room for exactly {@code count} words. */
  public AbiWords(int count) {
    words = new byte[count * 32];
  }

  public AbiWords uint(long unsigned) {
    return word(UInt256.of(unsigned).toHash());
  }

  public AbiWords uint(UInt256 value) {
    return word(value.toHash());
  }

  public AbiWords bool(boolean value) {
    return uint(value ? 1 : 0);
  }

  public AbiWords address(Address value) {
    value.write(words, size + 12);
    size += 32;
    return this;
  }

  public AbiWords word(Hash32 value) {
    value.write(words, size);
    size += 32;
    return this;
  }

  /**
   * The words.
   *
   * @throws IllegalStateException when fewer words were written than announced
   */
  public byte[] toArray() {
    if (size != words.length) {
      throw new IllegalStateException(size / 32 + " words written of " + words.length / 32);
    }
    return words;
  }
}
