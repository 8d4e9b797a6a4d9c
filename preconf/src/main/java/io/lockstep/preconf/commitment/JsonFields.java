// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.commitment;

import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.rpc.Params;
import io.lockstep.primitives.rpc.RpcError;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** Strict reading of a commitment file's fields; every fault names the place. */
final class JsonFields {
  private static final int MAX_PATH = 64;

  private JsonFields() {}

  /** Checks that {@code node} is an object with exactly these fields: an unread field could lie. */
  static void onlyFields(JsonNode node, String at, String... names) throws DecodeException {
    if (!node.isObject()) {
      throw new DecodeException(at + " is not a JSON object");
    }
    Set<String> allowed = Set.of(names);
    for (String name : node.propertyNames()) {
      if (!allowed.contains(name)) {
        throw new DecodeException(at + " has an unknown field " + name);
      }
    }
    for (String name : names) {
      if (!node.has(name)) {
        throw new DecodeException(at + " lacks the field " + name);
      }
    }
  }

  static JsonNode object(JsonNode parent, String name, String at) throws DecodeException {
    JsonNode value = parent.get(name);
    if (value == null || !value.isObject()) {
      throw new DecodeException(at + "." + name + " is not a JSON object");
    }
    return value;
  }

  static String text(JsonNode parent, String name, String at) throws DecodeException {
    JsonNode value = field(parent, name, at);
    if (!value.isString()) {
      throw new DecodeException(at + "." + name + " is not a string");
    }
    return value.asString();
  }

  static boolean bool(JsonNode parent, String name, String at) throws DecodeException {
    JsonNode value = field(parent, name, at);
    if (!value.isBoolean()) {
      throw new DecodeException(at + "." + name + " is not true or false");
    }
    return value.asBoolean();
  }

  static long uint(JsonNode parent, String name, String at) throws DecodeException {
    return read(at + "." + name, () -> Params.number(written(parent, name, at), name));
  }

  static UInt256 quantity(JsonNode parent, String name, String at) throws DecodeException {
    return read(at + "." + name, () -> Params.quantity(written(parent, name, at), name));
  }

  static Hash32 hash(JsonNode parent, String name, String at) throws DecodeException {
    return read(at + "." + name, () -> Params.hash(field(parent, name, at), name));
  }

  static Address address(JsonNode parent, String name, String at) throws DecodeException {
    return read(at + "." + name, () -> Params.address(field(parent, name, at), name));
  }

  static Bytes bytes(JsonNode parent, String name, String at) throws DecodeException {
    return read(at + "." + name, () -> Params.bytes(field(parent, name, at), name));
  }

  static List<Hash32> path(JsonNode parent, String name, String at) throws DecodeException {
    JsonNode value = field(parent, name, at);
    if (!value.isArray() || value.size() > MAX_PATH) {
      throw new DecodeException(
          at + "." + name + " is not a list of at most " + MAX_PATH + " hashes");
    }
    List<Hash32> out = new ArrayList<>();
    for (JsonNode element : value) {
      out.add(read(at + "." + name, () -> Params.hash(element, name)));
    }
    return out;
  }

  /**
   * A quantity as nodes write it, in a string: of a JSON number readers of other languages would
   * see another value.
   */
  private static JsonNode written(JsonNode parent, String name, String at) throws DecodeException {
    text(parent, name, at);
    return field(parent, name, at);
  }

  private static JsonNode field(JsonNode parent, String name, String at) throws DecodeException {
    JsonNode value = parent.get(name);
    if (value == null) {
      throw new DecodeException(at + " lacks the field " + name);
    }
    return value;
  }

  @FunctionalInterface
  private interface Reading<T> {
    T get() throws RpcError, DecodeException;
  }

  private static <T> T read(String at, Reading<T> reading) throws DecodeException {
    try {
      return reading.get();
    } catch (RpcError e) {
      throw new DecodeException(at + ": " + e.text(), e);
    }
  }
}
