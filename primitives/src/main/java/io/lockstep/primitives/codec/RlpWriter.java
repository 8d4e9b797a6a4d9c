// SPDX-License-Identifier: Apache-2.0
package io.lockstep.primitives.codec;

import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import java.util.Arrays;

/**
 * Writes RLP (yellow paper, appendix B) into a growing buffer. Lists are opened and closed; the
 * header is put in when a list is closed. One thread.
 */
public final class RlpWriter {
  private byte[] buffer;
  private int size;
  private int[] openAt = new int[8];
  private int depth;

  public RlpWriter() {
    this(256);
  }

  public RlpWriter(int initialBytes) {
    this.buffer = new byte[Math.max(16, initialBytes)];
  }

  public RlpWriter startList() {
    if (depth == openAt.length) {
      openAt = Arrays.copyOf(openAt, depth * 2);
    }
    openAt[depth++] = size;
    return this;
  }

  public RlpWriter endList() {
    int from = openAt[--depth];
    int payload = size - from;
    int header = payload < 56 ? 1 : 1 + lengthOfLength(payload);
    ensure(header);
    System.arraycopy(buffer, from, buffer, from + header, payload);
    writeHeaderAt(from, payload, 0xc0, 0xf7);
    size += header;
    return this;
  }

  public RlpWriter bytes(byte[] value) {
    if (value.length == 1 && value[0] >= 0) {
      ensure(1);
      buffer[size++] = value[0];
      return this;
    }
    int header = value.length < 56 ? 1 : 1 + lengthOfLength(value.length);
    ensure(header + value.length);
    writeHeaderAt(size, value.length, 0x80, 0xb7);
    size += header;
    System.arraycopy(value, 0, buffer, size, value.length);
    size += value.length;
    return this;
  }

  public RlpWriter bytes(Bytes value) {
    return bytes(value.unsafeArray());
  }

  public RlpWriter hash(Hash32 value) {
    ensure(33);
    buffer[size++] = (byte) 0xa0;
    value.write(buffer, size);
    size += 32;
    return this;
  }

  public RlpWriter address(Address value) {
    ensure(21);
    buffer[size++] = (byte) 0x94;
    value.write(buffer, size);
    size += 20;
    return this;
  }

  /** An unsigned integer: big-endian without leading zeros. */
  public RlpWriter integer(long unsigned) {
    if (unsigned == 0) {
      ensure(1);
      buffer[size++] = (byte) 0x80;
      return this;
    }
    if (unsigned > 0 && unsigned < 0x80) {
      ensure(1);
      buffer[size++] = (byte) unsigned;
      return this;
    }
    int length = 8 - Long.numberOfLeadingZeros(unsigned) / 8;
    ensure(1 + length);
    buffer[size++] = (byte) (0x80 + length);
    for (int i = length - 1; i >= 0; i--) {
      buffer[size++] = (byte) (unsigned >>> (8 * i));
    }
    return this;
  }

  public RlpWriter integer(UInt256 value) {
    return bytes(value.toMinimalArray());
  }

  /** Appends an item that is already RLP. */
  public RlpWriter raw(byte[] encodedItem) {
    ensure(encodedItem.length);
    System.arraycopy(encodedItem, 0, buffer, size, encodedItem.length);
    size += encodedItem.length;
    return this;
  }

  /**
   * All that was written.
   *
   * @throws IllegalStateException when a list is still open
   */
  public byte[] toArray() {
    if (depth != 0) {
      throw new IllegalStateException(depth + " lists are still open");
    }
    return Arrays.copyOf(buffer, size);
  }

  public Bytes toBytes() {
    return Bytes.wrap(toArray());
  }

  private void writeHeaderAt(int at, int payload, int shortBase, int longBase) {
    if (payload < 56) {
      buffer[at] = (byte) (shortBase + payload);
      return;
    }
    int length = lengthOfLength(payload);
    buffer[at] = (byte) (longBase + length);
    for (int i = 0; i < length; i++) {
      buffer[at + 1 + i] = (byte) (payload >>> (8 * (length - 1 - i)));
    }
  }

  private static int lengthOfLength(int payload) {
    return 4 - Integer.numberOfLeadingZeros(payload) / 8;
  }

  private void ensure(int more) {
    if (size + more > buffer.length) {
      buffer = Arrays.copyOf(buffer, Math.max(buffer.length * 2, size + more));
    }
  }
}
