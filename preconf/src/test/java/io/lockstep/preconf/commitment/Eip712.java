// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.commitment;

import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.types.Hex;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/** EIP-712 as the EIP words it, over any {@code types}: shares nothing with the product's code. */
final class Eip712 {
  private Eip712() {}

  static Hash32 digest(JsonNode typedData) {
    JsonNode types = typedData.get("types");
    String primary = typedData.get("primaryType").asString();
    return Keccak.hashAll(
        new byte[] {0x19, 0x01},
        hashStruct(types, "EIP712Domain", typedData.get("domain")).toArray(),
        hashStruct(types, primary, typedData.get("message")).toArray());
  }

  static Hash32 hashStruct(JsonNode types, String type, JsonNode value) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(text(encodeType(types, type)).toArray());
    for (JsonNode member : types.get(type)) {
      String memberType = member.get("type").asString();
      out.writeBytes(word(types, memberType, value.get(member.get("name").asString())));
    }
    return Keccak.hash(out.toByteArray());
  }

  private static String encodeType(JsonNode types, String type) {
    Set<String> referenced = new TreeSet<>();
    collect(types, type, referenced);
    referenced.remove(type);
    StringBuilder out = new StringBuilder(signature(types, type));
    referenced.forEach(other -> out.append(signature(types, other)));
    return out.toString();
  }

  private static void collect(JsonNode types, String type, Set<String> into) {
    if (types.has(type) && into.add(type)) {
      types.get(type).forEach(member -> collect(types, member.get("type").asString(), into));
    }
  }

  private static String signature(JsonNode types, String type) {
    StringBuilder out = new StringBuilder(type).append('(');
    String separator = "";
    for (JsonNode member : types.get(type)) {
      out.append(separator)
          .append(member.get("type").asString())
          .append(' ')
          .append(member.get("name").asString());
      separator = ",";
    }
    return out.append(')').toString();
  }

  private static byte[] word(JsonNode types, String type, JsonNode value) {
    if (types.has(type)) {
      return hashStruct(types, type, value).toArray();
    }
    return switch (type) {
      case "string" -> text(value.asString()).toArray();
      case "bytes" -> Keccak.hash(Hex.decode(value.asString())).toArray();
      case "bytes32" -> Hex.decode(value.asString(), 32);
      case "bool" -> number(value.asBoolean() ? BigInteger.ONE : BigInteger.ZERO);
      case "address" -> number(new BigInteger(1, Hex.decode(value.asString(), 20)));
      default -> {
        if (!type.startsWith("uint")) {
          throw new IllegalArgumentException("no encoding of " + type);
        }
        BigInteger number =
            value.isNumber()
                ? value.bigIntegerValue()
                : new BigInteger(value.asString().substring(2), 16);
        if (number.bitLength() > Integer.parseInt(type.substring(4))) {
          throw new IllegalArgumentException(number + " is no " + type);
        }
        yield number(number);
      }
    };
  }

  private static byte[] number(BigInteger value) {
    byte[] out = new byte[32];
    byte[] digits = value.toByteArray();
    int from = digits.length == 33 ? 1 : 0;
    System.arraycopy(digits, from, out, 32 - digits.length + from, digits.length - from);
    return out;
  }

  private static Hash32 text(String text) {
    return Keccak.hash(text.getBytes(StandardCharsets.UTF_8));
  }
}
