// SPDX-License-Identifier: Apache-2.0
package io.lockstep.primitives.rpc;

import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import java.math.BigInteger;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** Reads JSON-RPC parameters; every fault is {@code -32602} naming the parameter. Any thread. */
public final class Params {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private Params() {}

  /** The {@code index}-th positional parameter, or null when it is missing or JSON null. */
  public static @Nullable JsonNode optional(JsonNode params, int index) throws RpcError {
    if (params.isMissingNode() || params.isNull()) {
      return null;
    }
    if (!params.isArray()) {
      throw RpcError.invalidParams("params must be an array");
    }
    JsonNode value = params.get(index);
    return value == null || value.isNull() ? null : value;
  }

  public static JsonNode required(JsonNode params, int index) throws RpcError {
    JsonNode value = optional(params, index);
    if (value == null) {
      throw RpcError.invalidParams("missing value for required argument " + index);
    }
    return value;
  }

  public static Address address(JsonNode value, String name) throws RpcError {
    return Address.of(fixed(value, name, 20));
  }

  public static Hash32 hash(JsonNode value, String name) throws RpcError {
    return Hash32.of(fixed(value, name, 32));
  }

  public static Bytes bytes(JsonNode value, String name) throws RpcError {
    String text = text(value, name);
    if (!text.startsWith("0x")) {
      throw RpcError.invalidParams(name + ": hex string without 0x prefix");
    }
    try {
      return Bytes.fromHex(text);
    } catch (IllegalArgumentException e) {
      throw RpcError.invalidParams(name + ": invalid hex string");
    }
  }

  /** A quantity below 2^63. */
  public static long number(JsonNode value, String name) throws RpcError {
    UInt256 quantity = quantity(value, name);
    if (!quantity.fitsLong()) {
      throw RpcError.invalidParams(name + ": number too large, got " + quantity.toQuantity());
    }
    return quantity.limb(0);
  }

  public static UInt256 quantity(JsonNode value, String name) throws RpcError {
    if (value.isIntegralNumber() && value.bigIntegerValue().signum() >= 0) {
      BigInteger number = value.bigIntegerValue();
      if (number.bitLength() <= 256) {
        return UInt256.of(number);
      }
    }
    String text = text(value, name);
    // Not left to BigInteger: it takes a sign, and digits of other scripts.
    if (!text.startsWith("0x")
        || text.length() < 3
        || text.length() > 66
        || !text.chars().skip(2).allMatch(HexFormat::isHexDigit)) {
      throw RpcError.invalidParams(
          name + ": a quantity is 0x and 1 to 64 hex digits, got " + shorten(text));
    }
    return UInt256.of(new BigInteger(text.substring(2), 16));
  }

  public static JsonNode quantity(long unsigned) {
    return JSON.stringNode("0x" + Long.toHexString(unsigned));
  }

  public static JsonNode quantity(UInt256 value) {
    return JSON.stringNode(value.toQuantity());
  }

  public static JsonNode text(Object value) {
    return JSON.stringNode(value.toString());
  }

  private static byte[] fixed(JsonNode value, String name, int lengthBytes) throws RpcError {
    Bytes bytes = bytes(value, name);
    if (bytes.size() != lengthBytes) {
      throw RpcError.invalidParams(
          name + ": expected " + lengthBytes + " bytes of hex, got " + bytes.size());
    }
    return bytes.unsafeArray();
  }

  private static String text(JsonNode value, String name) throws RpcError {
    if (!value.isString()) {
      throw RpcError.invalidParams(name + ": expected a string");
    }
    return value.asString();
  }

  private static String shorten(String text) {
    return text.length() <= 80 ? text : text.substring(0, 80) + "…";
  }
}
