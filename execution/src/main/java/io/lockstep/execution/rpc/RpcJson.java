// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.rpc;

import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.uint.UInt256;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Small parts of answers. Any thread. */
final class RpcJson {
  static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private RpcJson() {}

  static JsonNode nothing() {
    return NODES.nullNode();
  }

  static String quantity(long unsigned) {
    return "0x" + Long.toHexString(unsigned);
  }

  /** EIP-55: a letter is in upper case where the hash of the text says so. */
  static String checksummed(Address address) {
    String digits = address.toHex().substring(2);
    byte[] hash = Keccak.hash(digits.getBytes(StandardCharsets.US_ASCII)).toArray();
    StringBuilder text = new StringBuilder("0x");
    for (int i = 0; i < digits.length(); i++) {
      int nibble = (i % 2 == 0 ? hash[i / 2] >> 4 : hash[i / 2]) & 0xf;
      char digit = digits.charAt(i);
      text.append(nibble >= 8 ? Character.toUpperCase(digit) : digit);
    }
    return text.toString();
  }

  static JsonNode bytes(Bytes value) {
    return NODES.stringNode(value.toHex());
  }

  /** Sets the text of a value, or JSON null. */
  static void putOrNull(ObjectNode node, String name, @Nullable Object value) {
    if (value == null) {
      node.putNull(name);
    } else {
      node.put(name, value.toString());
    }
  }

  /** Sets the text of a value, or leaves the field out. */
  static void putIfPresent(ObjectNode node, String name, @Nullable Object value) {
    if (value != null) {
      node.put(name, value.toString());
    }
  }

  static void putQuantity(ObjectNode node, String name, long unsigned) {
    node.put(name, quantity(unsigned));
  }

  static void putQuantity(ObjectNode node, String name, UInt256 value) {
    node.put(name, value.toQuantity());
  }
}
