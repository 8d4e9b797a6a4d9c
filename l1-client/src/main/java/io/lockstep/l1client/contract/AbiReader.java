// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.contract;

import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import java.util.Arrays;

/**
 * Reads Solidity ABI words one after the other. Every fault is a {@link DecodeException}; nothing
 * is allocated beyond what is read. One thread.
 */
final class AbiReader {
  private final byte[] data;
  private int position;

  AbiReader(Bytes data) {
    this(data, 0);
  }

  AbiReader(Bytes data, int from) {
    this.data = data.unsafeArray();
    this.position = from;
  }

  Hash32 word() throws DecodeException {
    if (data.length - position < 32) {
      throw new DecodeException("ABI word missing at byte " + position);
    }
    Hash32 word = Hash32.read(data, position);
    position += 32;
    return word;
  }

  UInt256 uint256() throws DecodeException {
    return UInt256.of(word());
  }

  /** A uint64 below 2^63. */
  long uint63() throws DecodeException {
    UInt256 value = uint256();
    if (!value.fitsLong()) {
      throw new DecodeException("ABI integer above 2^63");
    }
    return value.limb(0);
  }

  /** A uint32 below 2^31. */
  int uint31() throws DecodeException {
    long value = uint63();
    if (value > Integer.MAX_VALUE) {
      throw new DecodeException("ABI integer above 2^31");
    }
    return (int) value;
  }

  Address address() throws DecodeException {
    Hash32 word = word();
    if (word.word(0) != 0 || word.word(1) >>> 32 != 0) {
      throw new DecodeException("ABI address with more than 160 bits");
    }
    return Address.read(word.toArray(), 12);
  }

  boolean bool() throws DecodeException {
    long value = uint63();
    if (value > 1) {
      throw new DecodeException("ABI bool of " + value);
    }
    return value == 1;
  }

  /** The offset of a dynamic part, which canonical encoding puts exactly at {@code expected}. */
  void offset(long expected) throws DecodeException {
    long value = uint63();
    if (value != expected) {
      throw new DecodeException("ABI offset " + value + ", canonical is " + expected);
    }
  }

  /** The length of an array of at most {@code limit} items. */
  int count(int limit) throws DecodeException {
    long value = uint63();
    if (value > limit) {
      throw new DecodeException("ABI array of " + value + " items, limit " + limit);
    }
    return (int) value;
  }

  /** A dynamic byte string of at most {@code limit} bytes, padded with zeros to whole words. */
  Bytes bytes(int limit) throws DecodeException {
    int length = count(limit);
    int padded = Math.ceilDiv(length, 32) * 32;
    if (data.length - position < padded) {
      throw new DecodeException("ABI bytes missing at byte " + position);
    }
    for (int i = position + length; i < position + padded; i++) {
      if (data[i] != 0) {
        throw new DecodeException("ABI bytes padded with something else than zeros");
      }
    }
    byte[] out = Arrays.copyOfRange(data, position, position + length);
    position += padded;
    return Bytes.wrap(out);
  }

  void end() throws DecodeException {
    if (position != data.length) {
      throw new DecodeException((data.length - position) + " bytes after the ABI encoding");
    }
  }
}
