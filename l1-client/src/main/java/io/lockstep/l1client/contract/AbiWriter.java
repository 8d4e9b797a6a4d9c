// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.contract;

import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import java.io.ByteArrayOutputStream;

/** Writes Solidity ABI words one after the other. One thread. */
final class AbiWriter {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream(1024);

  AbiWriter selector(Bytes fourBytes) {
    out.write(fourBytes.unsafeArray(), 0, 4);
    return this;
  }

  /** An unsigned integer, an offset or a length. */
  AbiWriter number(long value) {
    if (value < 0) {
      throw new IllegalArgumentException("not an unsigned number: " + value);
    }
    return word(Hash32.ofWords(0, 0, 0, value));
  }

  AbiWriter number(UInt256 value) {
    return word(value.toHash());
  }

  AbiWriter address(Address value) {
    byte[] word = new byte[32];
    value.write(word, 12);
    out.write(word, 0, 32);
    return this;
  }

  AbiWriter word(Hash32 value) {
    out.write(value.toArray(), 0, 32);
    return this;
  }

  /** A dynamic byte string: its length, then itself, padded to whole words. */
  AbiWriter bytes(Bytes value) {
    number(value.size());
    out.write(value.unsafeArray(), 0, value.size());
    out.write(new byte[32], 0, Math.ceilDiv(value.size(), 32) * 32 - value.size());
    return this;
  }

  Bytes toBytes() {
    return Bytes.wrap(out.toByteArray());
  }
}
