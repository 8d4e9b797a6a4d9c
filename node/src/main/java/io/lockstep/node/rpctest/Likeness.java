// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.rpctest;

import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** How an answer is held against the expected one; a difference is told with its place. Pure. */
final class Likeness {
  private static final int SHOWN_CHARS = 200;

  private Likeness() {}

  /** Whole answers: results as JSON, of an error the code; null when they are alike. */
  static @Nullable String answers(JsonNode expected, JsonNode actual) {
    if (expected.has("error")) {
      JsonNode code = expected.path("error").path("code");
      return actual.path("error").has("code")
          ? equal("error.code", code, actual.path("error").path("code"))
          : different("error", expected.path("error"), actual);
    }
    if (!actual.has("result")) {
      return different("result", expected.path("result"), actual);
    }
    return equal("result", expected.path("result"), actual.path("result"));
  }

  /** Whole answers of which only the shape is fixed. */
  static @Nullable String shapes(JsonNode expected, JsonNode actual) {
    String part = expected.has("error") ? "error" : "result";
    return actual.has(part)
        ? shape(part, expected.path(part), actual.path(part))
        : different(part, expected.path(part), actual);
  }

  /** As JSON: the order of fields does not matter, nor how a number is written. */
  static @Nullable String equal(String at, JsonNode expected, JsonNode actual) {
    if (expected.isObject() && actual.isObject()) {
      for (String name : names(expected, actual)) {
        if (!expected.has(name) || !actual.has(name)) {
          return at + ": " + (expected.has(name) ? "no field " : "unexpected field ") + name;
        }
        String fault = equal(at + "." + name, expected.path(name), actual.path(name));
        if (fault != null) {
          return fault;
        }
      }
      return null;
    }
    if (expected.isArray() && actual.isArray()) {
      if (expected.size() != actual.size()) {
        return "%s: expected %d items, got %d".formatted(at, expected.size(), actual.size());
      }
      for (int i = 0; i < expected.size(); i++) {
        String fault = equal(at + "[" + i + "]", expected.path(i), actual.path(i));
        if (fault != null) {
          return fault;
        }
      }
      return null;
    }
    return same(expected, actual) ? null : different(at, expected, actual);
  }

  private static boolean same(JsonNode expected, JsonNode actual) {
    if (expected.isNumber() && actual.isNumber()) {
      return expected.decimalValue().compareTo(actual.decimalValue()) == 0;
    }
    return expected.equals(actual);
  }

  /**
   * Types and fields, recursively. A list's items must each be like one of the expected list's; so
   * must the values of an object whose names are data (addresses, nonces). A list that is expected
   * to be empty says nothing of items.
   */
  static @Nullable String shape(String at, JsonNode expected, JsonNode actual) {
    if (!Objects.equals(type(expected), type(actual))) {
      return different(at, expected, actual);
    }
    if (expected.isArray() || isMap(expected, actual)) {
      if (expected.isEmpty() || actual.isEmpty()) {
        return expected.isEmpty() ? null : different(at, expected, actual);
      }
      int i = 0;
      for (JsonNode item : actual) {
        String fault = likeOneOf(at + "[" + i + "]", expected, item);
        if (fault != null) {
          return fault;
        }
        i++;
      }
      return null;
    }
    if (expected.isObject()) {
      for (String name : names(expected, actual)) {
        if (!expected.has(name) || !actual.has(name)) {
          return at + ": " + (expected.has(name) ? "no field " : "unexpected field ") + name;
        }
        String fault = shape(at + "." + name, expected.path(name), actual.path(name));
        if (fault != null && !isLikeKin(expected, name, actual.path(name))) {
          return fault;
        }
      }
    }
    return null;
  }

  /**
   * Whether a part is like one that stands beside it and is of its kind, which is: of two objects
   * in one object the fields of one are among those of the other. Then these others are optional.
   */
  private static boolean isLikeKin(JsonNode whole, String name, JsonNode actual) {
    JsonNode own = whole.path(name);
    for (JsonNode other : whole) {
      if (own.isObject()
          && other.isObject()
          && !own.isEmpty()
          && !other.isEmpty()
          && (own.propertyNames().containsAll(other.propertyNames())
              || other.propertyNames().containsAll(own.propertyNames()))
          && shape(name, other, actual) == null) {
        return true;
      }
    }
    return false;
  }

  private static @Nullable String likeOneOf(String at, JsonNode expected, JsonNode item) {
    String first = null;
    for (JsonNode candidate : expected) {
      String fault = shape(at, candidate, item);
      if (fault == null) {
        return null;
      }
      first = first == null ? fault : first;
    }
    return first == null ? at + ": unexpected item " + brief(item) : first;
  }

  /** Text that is hex is another type than other text. */
  private static String type(JsonNode node) {
    if (node.isString()) {
      return node.asString().startsWith("0x") ? "hex" : "text";
    }
    return node.isNumber() ? "number" : node.getNodeType().toString();
  }

  private static boolean isMap(JsonNode expected, JsonNode actual) {
    return expected.isObject()
        && !(expected.isEmpty() && actual.isEmpty())
        && names(expected, actual).stream().allMatch(Likeness::isData);
  }

  private static boolean isData(String name) {
    return name.startsWith("0x") || name.chars().allMatch(Character::isDigit);
  }

  private static Set<String> names(JsonNode one, JsonNode other) {
    Set<String> names = new TreeSet<>(one.propertyNames());
    names.addAll(other.propertyNames());
    return names;
  }

  private static String different(String at, JsonNode expected, JsonNode actual) {
    return "%s: expected %s, got %s".formatted(at, brief(expected), brief(actual));
  }

  private static String brief(JsonNode node) {
    String text = node.toString();
    return text.length() <= SHOWN_CHARS ? text : text.substring(0, SHOWN_CHARS) + "…";
  }
}
