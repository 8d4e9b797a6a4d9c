// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.http;

import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads JSON of L1 nodes: execution quantities (0x-hex) and beacon integers (quoted decimals). Any
 * fault is a {@link DecodeException} that names the field. Any thread.
 */
public final class Json {
  private static final int MAX_NESTING = 64;
  private static final int MAX_NUMBER_DIGITS = 100;
  private static final int MAX_STRING_CHARS = 40 << 20;

  /** The mapper of this room; immutable. */
  public static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(MAX_NESTING)
                          .maxNumberLength(MAX_NUMBER_DIGITS)
                          .maxStringLength(MAX_STRING_CHARS)
                          .build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private static final BigInteger TWO_64 = BigInteger.ONE.shiftLeft(64);

  private Json() {}

  /** Parses a whole document. */
  public static JsonNode parse(byte[] text) throws DecodeException {
    try {
      JsonNode node = MAPPER.readTree(text);
      if (node == null || node.isMissingNode()) {
        throw new DecodeException("empty instead of JSON");
      }
      return node;
    } catch (JacksonException e) {
      throw new DecodeException("not JSON: " + e.getOriginalMessage(), e);
    }
  }

  /** Parses a whole document. */
  public static JsonNode parse(String text) throws DecodeException {
    try {
      JsonNode node = MAPPER.readTree(text);
      if (node == null || node.isMissingNode()) {
        throw new DecodeException("empty instead of JSON");
      }
      return node;
    } catch (JacksonException e) {
      throw new DecodeException("not JSON: " + e.getOriginalMessage(), e);
    }
  }

  /** The field, or null when it is missing or JSON null. */
  public static @Nullable JsonNode optional(JsonNode object, String field) {
    JsonNode value = object.get(field);
    return value == null || value.isNull() || value.isMissingNode() ? null : value;
  }

  public static JsonNode field(JsonNode object, String field) throws DecodeException {
    JsonNode value = optional(object, field);
    if (value == null) {
      throw new DecodeException("field " + field + " is missing");
    }
    return value;
  }

  /** An array field of at most {@code limit} items. */
  public static JsonNode array(JsonNode object, String field, int limit) throws DecodeException {
    JsonNode value = field(object, field);
    if (!value.isArray()) {
      throw new DecodeException("field " + field + " is not an array");
    }
    if (value.size() > limit) {
      throw new DecodeException(
          "field " + field + " has " + value.size() + " items, limit " + limit);
    }
    return value;
  }

  public static String text(JsonNode object, String field) throws DecodeException {
    return asText(field(object, field), field);
  }

  public static Hash32 hash(JsonNode object, String field) throws DecodeException {
    return asHash(field(object, field), field);
  }

  public static Address address(JsonNode object, String field) throws DecodeException {
    return asAddress(field(object, field), field);
  }

  public static Bytes bytes(JsonNode object, String field) throws DecodeException {
    return asBytes(field(object, field), field);
  }

  public static Hash32 asHash(JsonNode value, String name) throws DecodeException {
    return Hash32.of(fixed(value, name, Hash32.LENGTH_BYTES));
  }

  public static Address asAddress(JsonNode value, String name) throws DecodeException {
    return Address.of(fixed(value, name, Address.LENGTH_BYTES));
  }

  public static Bytes asBytes(JsonNode value, String name) throws DecodeException {
    String text = asText(value, name);
    if (!text.startsWith("0x")) {
      throw new DecodeException(name + " is not 0x-hex");
    }
    try {
      return Bytes.fromHex(text);
    } catch (IllegalArgumentException e) {
      throw new DecodeException(name + " is not hex", e);
    }
  }

  /** A 0x-hex quantity. */
  public static UInt256 quantity(JsonNode object, String field) throws DecodeException {
    return asQuantity(field(object, field), field);
  }

  public static UInt256 asQuantity(JsonNode value, String name) throws DecodeException {
    String text = asText(value, name);
    // the digits are looked at because BigInteger takes a sign
    if (!text.matches("0x[0-9a-fA-F]{1,64}")) {
      throw new DecodeException(name + " is not a quantity");
    }
    return UInt256.of(new BigInteger(text.substring(2), 16));
  }

  /** A 0x-hex quantity below 2^63. */
  public static long number(JsonNode object, String field) throws DecodeException {
    return asNumber(field(object, field), field);
  }

  public static long asNumber(JsonNode value, String name) throws DecodeException {
    UInt256 quantity = asQuantity(value, name);
    if (!quantity.fitsLong()) {
      throw new DecodeException(name + " is above 2^63");
    }
    return quantity.limb(0);
  }

  /** A 0x-hex quantity below 2^63, or {@code absent} when there is none. */
  public static long numberOr(JsonNode object, String field, long absent) throws DecodeException {
    JsonNode value = optional(object, field);
    return value == null ? absent : asNumber(value, field);
  }

  /**
   * A beacon integer, a quoted decimal or a JSON number; what is above 2^63 − 1 (FAR_FUTURE_EPOCH)
   * is given as that.
   */
  public static long decimal(JsonNode object, String field) throws DecodeException {
    return asDecimal(field(object, field), field);
  }

  public static long asDecimal(JsonNode value, String name) throws DecodeException {
    BigInteger number;
    if (value.isIntegralNumber()) {
      number = value.bigIntegerValue();
    } else {
      String text = asText(value, name);
      if (text.isEmpty()
          || text.length() > 20
          || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
        throw new DecodeException(name + " is not a decimal number");
      }
      number = new BigInteger(text);
    }
    if (number.signum() < 0 || number.compareTo(TWO_64) >= 0) {
      throw new DecodeException(name + " is not an unsigned 64-bit number");
    }
    return number.bitLength() > 63 ? Long.MAX_VALUE : number.longValue();
  }

  public static boolean truth(JsonNode object, String field, boolean absent)
      throws DecodeException {
    JsonNode value = optional(object, field);
    if (value == null) {
      return absent;
    }
    if (!value.isBoolean()) {
      throw new DecodeException("field " + field + " is not true or false");
    }
    return value.booleanValue();
  }

  private static String asText(JsonNode value, String name) throws DecodeException {
    if (!value.isString()) {
      throw new DecodeException(name + " is not a string");
    }
    return value.stringValue();
  }

  private static byte[] fixed(JsonNode value, String name, int lengthBytes) throws DecodeException {
    Bytes bytes = asBytes(value, name);
    if (bytes.size() != lengthBytes) {
      throw new DecodeException(name + " has " + bytes.size() + " bytes, expected " + lengthBytes);
    }
    return bytes.unsafeArray();
  }
}
