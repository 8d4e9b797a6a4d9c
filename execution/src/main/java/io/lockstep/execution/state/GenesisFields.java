// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.state;

import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Reads fields of an object of a genesis file. Numbers are decimal or 0x-hex text or JSON numbers;
 * a fault names the field with its path. Pure.
 */
record GenesisFields(JsonNode node, String path) {
  GenesisFields {
    if (!node.isObject()) {
      throw new IllegalArgumentException("not an object: " + path);
    }
  }

  GenesisFields object(String name) throws DecodeException {
    JsonNode value = field(name);
    if (value == null || !value.isObject()) {
      throw fault(name, value == null ? "is missing" : "is not an object");
    }
    return new GenesisFields(value, path + name + ".");
  }

  @Nullable JsonNode field(String name) {
    JsonNode value = node.get(name);
    return value == null || value.isNull() ? null : value;
  }

  UInt256 requiredNumber(String name) throws DecodeException {
    if (field(name) == null) {
      throw fault(name, "is missing");
    }
    return number256(name, UInt256.ZERO);
  }

  UInt256 number256(String name, UInt256 absent) throws DecodeException {
    JsonNode value = field(name);
    if (value == null) {
      return absent;
    }
    try {
      return UInt256.of(integer(value));
    } catch (IllegalArgumentException e) {
      throw fault(name, "is not a number of at most 256 bits: " + value);
    }
  }

  /** A number below 2^63. */
  long number(String name, long absent) throws DecodeException {
    return belowTwoTo63(path + name, number256(name, UInt256.of(absent)));
  }

  /** A number of 64 bits, zero when absent. */
  long unsignedLong(String name) throws DecodeException {
    UInt256 value = number256(name, UInt256.ZERO);
    if (!value.equals(UInt256.of(value.limb(0)))) {
      throw fault(name, "has more than 64 bits: " + value.toQuantity());
    }
    return value.limb(0);
  }

  static long belowTwoTo63(String name, UInt256 value) throws DecodeException {
    if (!value.fitsLong()) {
      throw new DecodeException("genesis " + name + " is too large: " + value.toQuantity());
    }
    return value.limb(0);
  }

  /** Bytes of hex, none when absent. */
  Bytes bytes(String name) throws DecodeException {
    JsonNode value = field(name);
    if (value == null) {
      return Bytes.EMPTY;
    }
    try {
      return Bytes.fromHex(text(value));
    } catch (IllegalArgumentException e) {
      throw fault(name, "is not hex");
    }
  }

  /** 32 bytes of hex, zero when absent. */
  Hash32 hash(String name) throws DecodeException {
    Bytes value = bytes(name);
    if (value.isEmpty()) {
      return Hash32.ZERO;
    }
    if (value.size() != Hash32.LENGTH_BYTES) {
      throw fault(name, "has " + value.size() + " bytes, expected 32");
    }
    return Hash32.of(value.unsafeArray());
  }

  Address address(String name) throws DecodeException {
    Bytes value = bytes(name);
    if (value.isEmpty()) {
      return Address.ZERO;
    }
    if (value.size() != Address.LENGTH_BYTES) {
      throw fault(name, "has " + value.size() + " bytes, expected 20");
    }
    return Address.of(value.unsafeArray());
  }

  DecodeException fault(String name, String what) {
    return new DecodeException("genesis field " + path + name + " " + what);
  }

  private static BigInteger integer(JsonNode value) {
    if (value.isIntegralNumber()) {
      return value.bigIntegerValue();
    }
    String text = text(value);
    return text.startsWith("0x") || text.startsWith("0X")
        ? new BigInteger(text.length() == 2 ? "0" : text.substring(2), 16)
        : new BigInteger(text);
  }

  private static String text(JsonNode value) {
    if (!value.isString()) {
      throw new IllegalArgumentException("not a string");
    }
    return value.asString();
  }
}
