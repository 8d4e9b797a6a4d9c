// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.batch;

import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import java.util.Arrays;

/** A growing buffer for the container's integers and strings. One thread. */
final class ByteSink {
  private byte[] buffer;
  private int size;

  ByteSink(int initialBytes) {
    this.buffer = new byte[Math.max(16, initialBytes)];
  }

  int size() {
    return size;
  }

  /** A big-endian integer of {@code lengthBytes} bytes. */
  ByteSink fixed(long value, int lengthBytes) {
    ensure(lengthBytes);
    for (int i = lengthBytes - 1; i >= 0; i--) {
      buffer[size++] = (byte) (value >>> (8 * i));
    }
    return this;
  }

  /** LEB128, the value taken as unsigned, shortest form. */
  ByteSink varint(long unsigned) {
    ensure(10);
    long rest = unsigned;
    while ((rest & ~0x7fL) != 0) {
      buffer[size++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    buffer[size++] = (byte) rest;
    return this;
  }

  /** A length byte and the value's bytes without leading zeros. */
  ByteSink number(UInt256 value) {
    byte[] minimal = value.toMinimalArray();
    return fixed(minimal.length, 1).bytes(minimal);
  }

  ByteSink hash(Hash32 value) {
    ensure(32);
    value.write(buffer, size);
    size += 32;
    return this;
  }

  ByteSink word(UInt256 value) {
    ensure(32);
    value.write(buffer, size);
    size += 32;
    return this;
  }

  ByteSink address(Address value) {
    ensure(Address.LENGTH_BYTES);
    value.write(buffer, size);
    size += Address.LENGTH_BYTES;
    return this;
  }

  ByteSink bytes(byte[] value) {
    return bytes(value, value.length);
  }

  ByteSink bytes(Bytes value) {
    return bytes(value.unsafeArray());
  }

  ByteSink sink(ByteSink other) {
    return bytes(other.buffer, other.size);
  }

  byte[] toArray() {
    return Arrays.copyOf(buffer, size);
  }

  private ByteSink bytes(byte[] value, int length) {
    ensure(length);
    System.arraycopy(value, 0, buffer, size, length);
    size += length;
    return this;
  }

  private void ensure(int more) {
    if (size + more > buffer.length) {
      buffer = Arrays.copyOf(buffer, Math.max(buffer.length * 2, size + more));
    }
  }
}
