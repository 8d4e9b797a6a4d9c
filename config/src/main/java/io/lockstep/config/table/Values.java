// SPDX-License-Identifier: Apache-2.0
package io.lockstep.config.table;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The value of every key, read from the texts of the sources; faults are collected. One thread. */
final class Values {
  private final Sources sources;
  private final Map<Key<?>, Object> values = new HashMap<>();
  private final List<String> problems = new ArrayList<>();

  Values(Sources sources) {
    this.sources = sources;
    Keys.all().forEach(this::read);
  }

  private <T> void read(Key<T> key) {
    Sources.Given given = sources.given(key);
    if (key.fallback() instanceof Key.Fallback.PortBeside beside && followsPort(given, beside)) {
      Integer port = find(beside.port());
      if (port != null) {
        values.put(key, port == 0 ? 0 : port + beside.offset());
      }
    } else if (given != null) {
      try {
        values.put(key, key.kind().parser().parse(given.texts(), given.base()));
      } catch (Kind.BadValueException e) {
        problem(key, String.valueOf(e.getMessage()));
      }
    } else if (key.fallback() instanceof Key.Fallback.Default fallback) {
      values.put(key, fallbackValue(key, fallback));
    } else if (key.fallback() instanceof Key.Fallback.Required) {
      problems.add(
          "%s: missing; give it in the file, as %s or as %s"
              .formatted(
                  key.name(),
                  key.environmentName(),
                  key.shortFlag() == null ? key.flag() : key.shortFlag()));
    }
  }

  /** A port of its own counts unless the port it stands beside came from a stronger source. */
  private boolean followsPort(Sources.@Nullable Given given, Key.Fallback.PortBeside beside) {
    Sources.Given other = sources.given(beside.port());
    return given == null || (other != null && other.rank().compareTo(given.rank()) > 0);
  }

  private static <T> T fallbackValue(Key<T> key, Key.Fallback.Default fallback) {
    List<String> texts =
        key.isList() ? Sources.split(key, fallback.text()) : List.of(fallback.text());
    try {
      return key.kind().parser().parse(texts, java.nio.file.Path.of(""));
    } catch (Kind.BadValueException e) {
      throw new IllegalStateException("the default of " + key.name() + " is not valid", e);
    }
  }

  void problem(Key<?> key, String what) {
    Sources.Given given = sources.given(key);
    problems.add(
        given == null
            ? "%s: %s".formatted(key.name(), what)
            : "%s: %s (%s)".formatted(key.name(), what, given.where()));
  }

  List<String> problems() {
    return problems;
  }

  /** Whether a source names the key, rightly or wrongly. */
  boolean isGiven(Key<?> key) {
    return sources.given(key) != null;
  }

  /** The value, or null when there is none or it was faulty. */
  @SuppressWarnings("unchecked") // read(Key<T>) puts nothing but a T under a Key<T>
  <T> @Nullable T find(Key<T> key) {
    return (T) values.get(key);
  }

  /** The value; there must be one. */
  <T> T get(Key<T> key) {
    T value = find(key);
    if (value == null) {
      throw new IllegalStateException(key.name() + " was read without a value");
    }
    return value;
  }
}
