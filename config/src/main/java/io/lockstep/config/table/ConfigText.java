// SPDX-License-Identifier: Apache-2.0
package io.lockstep.config.table;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * Writes configurations: the commented file of {@code init}, a bare file with given values, and the
 * reference in the documentation. Any thread.
 */
public final class ConfigText {
  private static final int LINE_LENGTH = 100;

  private ConfigText() {}

  /**
   * Every key with its meaning; what has a default stands as a comment, what must be given stands
   * with an example.
   */
  public static String commented(Map<Key<?>, List<String>> given) {
    StringBuilder out = new StringBuilder();
    out.append("# Configuration of a Lockstep node. A key left out has the value shown.\n");
    out.append(
        "# Every key can also be given in the environment (rpc.port is LOCKSTEP_RPC_PORT)\n");
    out.append("# and as a flag (--rpc-port); flag goes over environment over file.\n");
    Keys.sectionDescriptions()
        .forEach((section, description) -> {
          out.append("\n# ").append(description).append("\n[").append(section).append("]\n");
          for (Key<?> key : Keys.all()) {
            if (key.section().equals(section)) {
              commented(out, key, given.get(key));
            }
          }
        });
    return out.toString();
  }

  private static void commented(
      StringBuilder out, Key<?> key, @org.jspecify.annotations.Nullable List<String> texts) {
    out.append('\n');
    wrap(out, key.description() + ": " + key.meaning());
    boolean isActive = texts != null || key.fallback() instanceof Key.Fallback.Required;
    String value =
        texts != null
            ? toml(key, texts)
            : switch (key.fallback()) {
              case Key.Fallback.Required required -> toml(key, split(required.example()));
              case Key.Fallback.Default fallback -> toml(key, split(fallback.text()));
              case Key.Fallback.Off off -> toml(key, split(off.example()));
              case Key.Fallback.PortBeside beside -> besideDefault(beside);
            };
    out.append(isActive ? "" : "#").append(key.nameInSection()).append(" = ");
    out.append(value).append('\n');
  }

  private static String besideDefault(Key.Fallback.PortBeside beside) {
    return beside.port().fallback() instanceof Key.Fallback.Default port
        ? String.valueOf(Integer.parseInt(port.text()) + beside.offset())
        : "";
  }

  private static void wrap(StringBuilder out, String text) {
    StringBuilder line = new StringBuilder("#");
    for (String word : text.split(" ")) {
      if (line.length() + 1 + word.length() > LINE_LENGTH) {
        out.append(line).append('\n');
        line.setLength(1);
      }
      line.append(' ').append(word);
    }
    out.append(line).append('\n');
  }

  /**
   * A file with these values alone, by key name: what a program writes for a node.
   *
   * @throws IllegalArgumentException on a name that is no key
   */
  public static String bare(Map<String, List<String>> valuesByName) {
    for (String name : valuesByName.keySet()) {
      if (Keys.byName(name) == null) {
        throw new IllegalArgumentException("no such key: " + name);
      }
    }
    StringBuilder out = new StringBuilder();
    for (String section : Keys.sectionDescriptions().keySet()) {
      List<String> lines = new ArrayList<>();
      for (Key<?> key : Keys.all()) {
        List<String> texts = valuesByName.get(key.name());
        if (key.section().equals(section) && texts != null) {
          lines.add(key.nameInSection() + " = " + toml(key, texts));
        }
      }
      if (!lines.isEmpty()) {
        out.append(out.isEmpty() ? "" : "\n").append('[').append(section).append("]\n");
        lines.forEach(line -> out.append(line).append('\n'));
      }
    }
    return out.toString();
  }

  private static List<String> split(String text) {
    return text.isEmpty() ? List.of() : List.of(text.split(","));
  }

  private static String toml(Key<?> key, Collection<String> texts) {
    List<String> written = texts.stream().map(text -> isNumber(key) ? text : quote(text)).toList();
    return key.isList() ? "[" + String.join(", ", written) + "]" : String.join("", written);
  }

  private static boolean isNumber(Key<?> key) {
    return key.kind().form() == Kind.Form.NUMBER;
  }

  /** A TOML basic string. */
  private static String quote(String text) {
    StringBuilder out = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < 0x20 || c == 0x7f) {
        out.append("\\u%04x".formatted((int) c));
      } else {
        out.append(c);
      }
    }
    return out.append('"').toString();
  }

  /** The reference page of the documentation, in Markdown. */
  public static String reference() {
    StringBuilder out = new StringBuilder();
    out.append("# Configuration\n\n");
    out.append(
        """
        <!-- Generated from the table of keys; ConfigReferenceTest says how. Do not edit. -->

        A node reads a TOML file (`--config FILE`), the environment and its flags; a flag goes over
        the environment, the environment over the file. Key `rpc.call-gas-cap` is
        `LOCKSTEP_RPC_CALL_GAS_CAP` in the environment and `--rpc-call-gas-cap` among the flags. Lists
        are TOML arrays, repeated flags, or separated by commas. Relative paths in the file start at
        the file's folder. `lockstep init` writes a commented file, `lockstep config --check FILE`
        names every fault of one.
        """);
    Keys.sectionDescriptions()
        .forEach((section, description) -> {
          out.append("\n## [").append(section).append("]\n\n").append(description);
          out.append("\n\n| key | values | default | meaning |\n|---|---|---|---|\n");
          for (Key<?> key : Keys.all()) {
            if (key.section().equals(section)) {
              out.append(
                  "| `%s` | %s | %s | %s%s |\n"
                      .formatted(
                          key.name(),
                          key.meaning(),
                          key.defaultInWords(),
                          key.description(),
                          key.shortFlag() == null ? "" : "; also `" + key.shortFlag() + "`"));
            }
          }
        });
    return out.toString();
  }
}
