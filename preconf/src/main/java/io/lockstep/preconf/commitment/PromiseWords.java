// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.commitment;

import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;

/** Reads the words of a promise's body strictly. One thread. */
final class PromiseWords {
  private static final int WORD_BYTES = 32;
  private static final int ADDRESS_AT = WORD_BYTES - Address.LENGTH_BYTES;

  private final Bytes words;
  private int at;

  PromiseWords(Bytes words) {
    this.words = words;
  }

  /** Whole words; a body of another length ends in {@link #end} or {@link #word}. */
  int count() {
    return words.size() / WORD_BYTES;
  }

  Hash32 word() throws DecodeException {
    if (at + WORD_BYTES > words.size()) {
      throw new DecodeException("a promise's body ends after " + words.size() + " bytes");
    }
    Hash32 out = Hash32.read(words.unsafeArray(), at);
    at += WORD_BYTES;
    return out;
  }

  /** A number below 2^63: chain ids, heights, ticks and nonces that can occur. */
  long number() throws DecodeException {
    UInt256 value = UInt256.of(word());
    if (!value.fitsLong()) {
      throw new DecodeException("a number of a promise's body is out of range: " + value);
    }
    return value.toLongSaturated();
  }

  Address address() throws DecodeException {
    Hash32 word = word();
    byte[] bytes = word.toArray();
    for (int i = 0; i < ADDRESS_AT; i++) {
      if (bytes[i] != 0) {
        throw new DecodeException("an address of a promise's body has more than 20 bytes");
      }
    }
    return Address.read(bytes, ADDRESS_AT);
  }

  void end() throws DecodeException {
    if (at != words.size()) {
      throw new DecodeException("a promise's body has " + words.size() + " bytes, not " + at);
    }
  }
}
