// SPDX-License-Identifier: Apache-2.0
package io.lockstep.config.table;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.tomlj.Toml;
import org.tomlj.TomlArray;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlPosition;

/**
 * The texts that were given for each key, the strongest source winning: flag over environment over
 * file. Faults of the sources themselves (unknown keys, bad TOML) are collected here. One thread.
 */
final class Sources {
  /** Weakest first. */
  enum Rank {
    FILE,
    ENVIRONMENT,
    FLAG
  }

  /**
   * What one source says about a key.
   *
   * @param where the source in words
   * @param base relative paths start here
   */
  record Given(List<String> texts, Rank rank, String where, Path base) {}

  private static final long MAX_FILE_BYTES = 1 << 20;

  private final Map<Key<?>, Given> given = new HashMap<>();
  private final List<String> problems = new ArrayList<>();

  @Nullable Given given(Key<?> key) {
    return given.get(key);
  }

  List<String> problems() {
    return problems;
  }

  void readFile(Path file) {
    TomlParseResult toml;
    try {
      if (Files.size(file) > MAX_FILE_BYTES) {
        problems.add(
            "%s: %d bytes, the limit is %d".formatted(file, Files.size(file), MAX_FILE_BYTES));
        return;
      }
      toml = Toml.parse(file);
    } catch (IOException e) {
      problems.add(file + ": cannot be read (" + reason(e) + ")");
      return;
    }
    if (toml.hasErrors()) {
      toml.errors().forEach(error -> problems.add(file + ": " + error.toString()));
      return;
    }
    Path base = parentOf(file);
    for (List<String> path : toml.keyPathSet()) {
      String name = String.join(".", path);
      TomlPosition position = toml.inputPositionOf(path);
      String where = position == null ? file.toString() : file + " line " + position.line();
      Key<?> key = Keys.byName(name);
      if (key == null) {
        problems.add(unknown(name, where));
        continue;
      }
      List<String> texts = texts(toml.get(path));
      if (texts == null) {
        problems.add("%s: expected a %s (%s)".formatted(name, key.meaning(), where));
      } else {
        given.put(key, new Given(texts, Rank.FILE, where, base));
      }
    }
    for (String section : toml.keySet()) {
      if (!Keys.sectionDescriptions().containsKey(section) && !toml.isTable(section)) {
        continue; // already named as an unknown key
      }
      if (!Keys.sectionDescriptions().containsKey(section) && isEmptyTable(toml, section)) {
        problems.add(unknown(section, file.toString()));
      }
    }
  }

  private static boolean isEmptyTable(TomlParseResult toml, String section) {
    var table = toml.getTable(List.of(section));
    return table != null && table.isEmpty();
  }

  private static Path parentOf(Path file) {
    Path parent = file.toAbsolutePath().getParent();
    return parent == null ? file.toAbsolutePath() : parent;
  }

  private static String reason(IOException e) {
    return e instanceof java.nio.file.NoSuchFileException
        ? "it does not exist"
        : String.valueOf(e.getMessage());
  }

  private static @Nullable List<String> texts(@Nullable Object value) {
    return switch (value) {
      case String text -> List.of(text);
      case Long number -> List.of(number.toString());
      case TomlArray array -> {
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < array.size(); i++) {
          Object element = array.get(i);
          if (!(element instanceof String) && !(element instanceof Long)) {
            yield null;
          }
          texts.add(element.toString());
        }
        yield texts;
      }
      case null, default -> null;
    };
  }

  /**
   * Reads the variables that begin like a section of ours; others with our prefix belong to the
   * build and the tests.
   */
  void readEnvironment(Map<String, String> environment, Path workingDir) {
    Map<String, Key<?>> byVariable = new TreeMap<>();
    Keys.all().forEach(key -> byVariable.put(key.environmentName(), key));
    for (String variable : new TreeMap<>(environment).keySet()) {
      String value = environment.get(variable);
      Key<?> key = byVariable.get(variable);
      if (key != null && value != null) {
        String where = "environment " + variable;
        given.put(key, new Given(split(key, value), Rank.ENVIRONMENT, where, workingDir));
      } else if (namesASection(variable)) {
        problems.add(
            "environment %s: unknown, did you mean %s?"
                .formatted(variable, Nearest.to(variable, byVariable.keySet())));
      }
    }
  }

  private static boolean namesASection(String variable) {
    return Keys.all().stream()
        .map(key -> key.environmentName())
        .map(name -> name.substring(0, name.indexOf('_', "LOCKSTEP_".length()) + 1))
        .anyMatch(variable::startsWith);
  }

  void readFlags(Map<Key<?>, List<String>> flags, Path workingDir) {
    flags.forEach((key, values) -> {
      List<String> texts = new ArrayList<>();
      values.forEach(value -> texts.addAll(split(key, value)));
      given.put(key, new Given(texts, Rank.FLAG, "flag " + key.flag(), workingDir));
    });
  }

  /** The texts in one value; those of a list are separated by commas. */
  static List<String> split(Key<?> key, String value) {
    if (!key.isList()) {
      return List.of(value);
    }
    List<String> texts = new ArrayList<>();
    for (String part : value.split(",", -1)) {
      if (!part.isBlank()) {
        texts.add(part.strip());
      }
    }
    return texts;
  }

  private static String unknown(String name, String where) {
    List<String> names = Keys.all().stream().map(Key::name).toList();
    return "%s: unknown key, did you mean %s? (%s)".formatted(name, Nearest.to(name, names), where);
  }
}
