// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.batch;

import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import java.util.Arrays;

/**
 * A cursor over a part of an array, the reverse of {@link ByteSink}. Total: any bytes give a value
 * or a DecodeException; one value has one form. One thread.
 */
final class ByteSource {
  private final byte[] data;
  private final int end;
  private int position;

  ByteSource(byte[] data, int from, int end) {
    this.data = data;
    this.position = from;
    this.end = end;
  }

  int position() {
    return position;
  }

  int remaining() {
    return end - position;
  }

  /** An unsigned big-endian integer of at most 8 bytes, below 2^63. */
  long fixed(int lengthBytes) throws DecodeException {
    int at = take(lengthBytes);
    long value = 0;
    for (int i = 0; i < lengthBytes; i++) {
      value = (value << 8) | (data[at + i] & 0xff);
    }
    if (value < 0) {
      throw new DecodeException("integer of 64 bits, at most 63 are taken here");
    }
    return value;
  }

  /** An unsigned 64-bit integer as the bits of a long. */
  long varint() throws DecodeException {
    long value = 0;
    for (int shift = 0; ; shift += 7) {
      int octet = data[take(1)];
      if (shift == 63 && (octet & 0xfe) != 0) {
        throw new DecodeException("varint of more than 64 bits");
      }
      value |= (octet & 0x7fL) << shift;
      if (octet >= 0) {
        if (octet == 0 && shift > 0) {
          throw new DecodeException("varint that is longer than needed");
        }
        return value;
      }
    }
  }

  /** A varint below 2^63. */
  long positive() throws DecodeException {
    long value = varint();
    if (value < 0) {
      throw new DecodeException("integer of 64 bits, at most 63 are taken here");
    }
    return value;
  }

  /** A varint of at most {@code limit}; {@code what} names it in the refusal. */
  int upTo(int limit, String what) throws DecodeException {
    long value = varint();
    if (value < 0 || value > limit) {
      throw new DecodeException(Long.toUnsignedString(value) + " " + what + ", limit " + limit);
    }
    return (int) value;
  }

  UInt256 number() throws DecodeException {
    return number(data[take(1)] & 0xff);
  }

  /** A number of so many bytes, none of them a leading zero. */
  UInt256 number(int length) throws DecodeException {
    if (length > 32) {
      throw new DecodeException("number of " + length + " bytes, limit 32");
    }
    int at = take(length);
    if (length > 0 && data[at] == 0) {
      throw new DecodeException("number with a leading zero");
    }
    return UInt256.ofBigEndian(Arrays.copyOfRange(data, at, at + length));
  }

  Hash32 hash() throws DecodeException {
    return Hash32.read(data, take(Hash32.LENGTH_BYTES));
  }

  UInt256 word() throws DecodeException {
    return UInt256.read(data, take(32));
  }

  Address address() throws DecodeException {
    return Address.read(data, take(Address.LENGTH_BYTES));
  }

  Bytes bytes(int length) throws DecodeException {
    int at = take(length);
    return Bytes.wrap(Arrays.copyOfRange(data, at, at + length));
  }

  /** The next {@code length} bytes as a source of their own. */
  ByteSource part(int length) throws DecodeException {
    int at = take(length);
    return new ByteSource(data, at, at + length);
  }

  void zeros(int count) throws DecodeException {
    int at = take(count);
    for (int i = at; i < at + count; i++) {
      if (data[i] != 0) {
        throw new DecodeException("byte " + i + " should be zero");
      }
    }
  }

  void end(String what) throws DecodeException {
    if (position != end) {
      throw new DecodeException(remaining() + " bytes too many in " + what);
    }
  }

  private int take(int length) throws DecodeException {
    if (length < 0 || length > end - position) {
      throw new DecodeException(
          "input ends: " + length + " bytes wanted, " + (end - position) + " left");
    }
    int at = position;
    position += length;
    return at;
  }
}
