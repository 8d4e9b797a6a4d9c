// SPDX-License-Identifier: Apache-2.0
package io.lockstep.primitives.codec;

import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import java.util.Arrays;

/**
 * Reads RLP strictly: canonical headers, no leading zeros in integers, nothing allocated beyond the
 * input. Every fault is a {@link DecodeException}; no input makes it throw anything else. A reader
 * is a cursor over one list's payload (or over a whole input). One thread.
 */
public final class RlpReader {
  private final byte[] data;
  private final int end;
  private int position;
  // Set by header(): where the payload of the item at the cursor begins and ends.
  private int payloadStart;
  private int payloadEnd;

  private RlpReader(byte[] data, int from, int end) {
    this.data = data;
    this.position = from;
    this.end = end;
  }

  public static RlpReader over(byte[] data) {
    return new RlpReader(data, 0, data.length);
  }

  public static RlpReader over(Bytes data) {
    return over(data.unsafeArray());
  }

  public boolean hasNext() {
    return position < end;
  }

  /** Whether the item at the cursor is a list. */
  public boolean nextIsList() throws DecodeException {
    requireNext();
    return (data[position] & 0xff) >= 0xc0;
  }

  /** A reader over the payload of the list at the cursor; the cursor moves past it. */
  public RlpReader list() throws DecodeException {
    if (!header()) {
      throw new DecodeException("expected an RLP list at byte " + position);
    }
    position = payloadEnd;
    return new RlpReader(data, payloadStart, payloadEnd);
  }

  public byte[] bytes() throws DecodeException {
    string();
    return Arrays.copyOfRange(data, payloadStart, payloadEnd);
  }

  /** A byte string of at most {@code limitBytes}. */
  public Bytes bytes(int limitBytes) throws DecodeException {
    int length = string();
    if (length > limitBytes) {
      throw new DecodeException("RLP string of " + length + " bytes, limit " + limitBytes);
    }
    return Bytes.wrap(Arrays.copyOfRange(data, payloadStart, payloadEnd));
  }

  public Hash32 hash() throws DecodeException {
    int length = string();
    if (length != 32) {
      throw new DecodeException("expected 32 bytes, got " + length);
    }
    return Hash32.read(data, payloadStart);
  }

  public Address address() throws DecodeException {
    int length = string();
    if (length != 20) {
      throw new DecodeException("expected an address of 20 bytes, got " + length);
    }
    return Address.read(data, payloadStart);
  }

  /** An unsigned integer below 2^63. */
  public long integer() throws DecodeException {
    int length = integerLength(8);
    long value = 0;
    for (int i = 0; i < length; i++) {
      value = (value << 8) | (data[payloadStart + i] & 0xff);
    }
    if (value < 0) {
      throw new DecodeException("integer of 64 bits, at most 63 are taken here");
    }
    return value;
  }

  /** An unsigned 64-bit integer, returned as the bits of a long (a nonce may use all of them). */
  public long unsignedLong() throws DecodeException {
    int length = integerLength(8);
    long value = 0;
    for (int i = 0; i < length; i++) {
      value = (value << 8) | (data[payloadStart + i] & 0xff);
    }
    return value;
  }

  public UInt256 uint256() throws DecodeException {
    integerLength(32);
    return UInt256.ofBigEndian(Arrays.copyOfRange(data, payloadStart, payloadEnd));
  }

  /** The whole encoded item at the cursor, header included. */
  public byte[] rawItem() throws DecodeException {
    int from = position;
    header();
    position = payloadEnd;
    return Arrays.copyOfRange(data, from, payloadEnd);
  }

  public void skip() throws DecodeException {
    header();
    position = payloadEnd;
  }

  /** Asserts that the list has no further item. */
  public void end() throws DecodeException {
    if (position != end) {
      throw new DecodeException((end - position) + " bytes after the last expected RLP item");
    }
  }

  private int integerLength(int limitBytes) throws DecodeException {
    int length = string();
    if (length > limitBytes) {
      throw new DecodeException("integer of " + length + " bytes, limit " + limitBytes);
    }
    if (length > 0 && data[payloadStart] == 0) {
      throw new DecodeException("integer with a leading zero");
    }
    return length;
  }

  private int string() throws DecodeException {
    if (header()) {
      throw new DecodeException("expected an RLP string, got a list");
    }
    position = payloadEnd;
    return payloadEnd - payloadStart;
  }

  private void requireNext() throws DecodeException {
    if (position >= end) {
      throw new DecodeException("an RLP item is missing");
    }
  }

  /** Reads the header at the cursor, sets the payload's borders, tells whether it is a list. */
  private boolean header() throws DecodeException {
    requireNext();
    int first = data[position] & 0xff;
    if (first < 0x80) {
      payloadStart = position;
      payloadEnd = position + 1;
      return false;
    }
    boolean list = first >= 0xc0;
    int shortBase = list ? 0xc0 : 0x80;
    int longBase = shortBase + 55;
    long length;
    if (first <= longBase) {
      length = (long) first - shortBase;
      payloadStart = position + 1;
    } else {
      int lengthBytes = first - longBase;
      if (position + 1 + lengthBytes > end) {
        throw new DecodeException("RLP header runs past the end");
      }
      if (data[position + 1] == 0) {
        throw new DecodeException("RLP length with a leading zero");
      }
      if (lengthBytes > 4) {
        throw new DecodeException("RLP length of " + lengthBytes + " bytes, limit 4");
      }
      length = 0;
      for (int i = 0; i < lengthBytes; i++) {
        length = (length << 8) | (data[position + 1 + i] & 0xff);
      }
      if (length < 56) {
        throw new DecodeException("RLP long form for a length of " + length);
      }
      payloadStart = position + 1 + lengthBytes;
    }
    if (length > end - payloadStart) {
      throw new DecodeException("RLP item of " + length + " bytes runs past the end");
    }
    payloadEnd = payloadStart + (int) length;
    if (!list && first == 0x81 && data[payloadStart] >= 0) {
      throw new DecodeException("a single byte below 0x80 must stand for itself");
    }
    return list;
  }
}
