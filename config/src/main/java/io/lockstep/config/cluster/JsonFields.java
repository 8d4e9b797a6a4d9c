// SPDX-License-Identifier: Apache-2.0
package io.lockstep.config.cluster;

import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Hash32;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Reads fields of a JSON object; every fault names the path of the field. Any thread. */
final class JsonFields {
  private static final JsonMapper MAPPER =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  private final JsonNode node;
  private final String path;

  private JsonFields(JsonNode node, String path) {
    this.node = node;
    this.path = path;
  }

  static JsonMapper mapper() {
    return MAPPER;
  }

  static JsonFields parse(String text) throws DecodeException {
    JsonNode node;
    try {
      node = MAPPER.readTree(text);
    } catch (JacksonException e) {
      throw new DecodeException("not JSON: " + e.getOriginalMessage(), e);
    }
    return of(node, "");
  }

  static JsonFields of(JsonNode node, String path) throws DecodeException {
    if (!node.isObject()) {
      throw new DecodeException((path.isEmpty() ? "the file" : path) + ": expected an object");
    }
    return new JsonFields(node, path);
  }

  JsonNode node() {
    return node;
  }

  String at(String name) {
    return path.isEmpty() ? name : path + "." + name;
  }

  JsonNode required(String name) throws DecodeException {
    JsonNode value = node.get(name);
    if (value == null || value.isNull()) {
      throw new DecodeException(at(name) + ": missing");
    }
    return value;
  }

  JsonFields object(String name) throws DecodeException {
    return of(required(name), at(name));
  }

  JsonNode array(String name) throws DecodeException {
    JsonNode value = required(name);
    if (!value.isArray()) {
      throw new DecodeException(at(name) + ": expected an array");
    }
    return value;
  }

  String text(String name) throws DecodeException {
    JsonNode value = required(name);
    if (!value.isString()) {
      throw new DecodeException(at(name) + ": expected a string");
    }
    return value.asString();
  }

  long number(String name, long least, long most) throws DecodeException {
    JsonNode value = required(name);
    if (!value.isIntegralNumber() || !value.canConvertToLong()) {
      throw new DecodeException(at(name) + ": expected a whole number");
    }
    long number = value.asLong();
    if (number < least || number > most) {
      throw new DecodeException(
          "%s: %d is not within %d and %d".formatted(at(name), number, least, most));
    }
    return number;
  }

  int integer(String name) throws DecodeException {
    return (int) number(name, 0, Integer.MAX_VALUE);
  }

  Hash32 hash(String name) throws DecodeException {
    try {
      return Hash32.fromHex(text(name));
    } catch (IllegalArgumentException e) {
      throw new DecodeException(at(name) + ": expected 32 bytes of hex", e);
    }
  }

  Address address(String name) throws DecodeException {
    try {
      return Address.fromHex(text(name));
    } catch (IllegalArgumentException e) {
      throw new DecodeException(at(name) + ": expected 20 bytes of hex", e);
    }
  }

  Set<String> names() {
    return new TreeSet<>(node.propertyNames());
  }

  /** Refuses a field that is not among {@code known}: a misspelt one must not pass unseen. */
  JsonFields only(String... known) throws DecodeException {
    Set<String> unknown = names();
    unknown.removeAll(Set.of(known));
    if (!unknown.isEmpty()) {
      throw new DecodeException(at(unknown.iterator().next()) + ": unknown field");
    }
    return this;
  }

  /** Writes {@code json} so that a reader sees the old file or the new one, never half of one. */
  static void write(Path file, JsonNode json) throws IOException {
    Path target = file.toAbsolutePath();
    Path folder = target.getParent();
    if (folder == null) {
      throw new IOException("not a file: " + file);
    }
    Files.createDirectories(folder);
    Path fresh = Files.createTempFile(folder, ".", ".json");
    try {
      Files.writeString(fresh, MAPPER.writeValueAsString(json) + "\n", StandardCharsets.UTF_8);
      try {
        Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE);
      } catch (AtomicMoveNotSupportedException e) {
        Files.move(fresh, target, StandardCopyOption.REPLACE_EXISTING);
      }
    } finally {
      Files.deleteIfExists(fresh);
    }
  }
}
