// SPDX-License-Identifier: Apache-2.0
package io.lockstep.config.table;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One key of the configuration; its names in the environment and among the flags follow from its
 * name. Any thread.
 *
 * @param name section and name, {@code rpc.call-gas-cap}
 * @param shortFlag a second name among the flags, with its dashes
 * @param description one sentence, for the help, the written file and the reference
 */
public record Key<T>(
    String name, Kind<T> kind, Fallback fallback, @Nullable String shortFlag, String description) {

  /** What holds when no source names the key. */
  sealed interface Fallback {
    /** Nothing does: the key must be given. */
    record Required(String example) implements Fallback {}

    /** This value, as it would be written. */
    record Default(String text) implements Fallback {}

    /** The feature is off. */
    record Off(String example) implements Fallback {}

    /** A port beside another one. */
    record PortBeside(Key<Integer> port, int offset) implements Fallback {}
  }

  static <T> Key<T> required(String name, Kind<T> kind, String example, String description) {
    return new Key<>(name, kind, new Fallback.Required(example), null, description);
  }

  static <T> Key<T> of(String name, Kind<T> kind, String defaultText, String description) {
    return new Key<>(name, kind, new Fallback.Default(defaultText), null, description);
  }

  static <T> Key<T> off(String name, Kind<T> kind, String example, String description) {
    return new Key<>(name, kind, new Fallback.Off(example), null, description);
  }

  static Key<Integer> portBeside(
      String name, Key<Integer> port, int offset, Kind<Integer> kind, String description) {
    return new Key<>(name, kind, new Fallback.PortBeside(port, offset), null, description);
  }

  Key<T> orFlag(String flag) {
    return new Key<>(name, kind, fallback, flag, description);
  }

  /** The part of the name before the dot. */
  public String section() {
    return name.substring(0, name.indexOf('.'));
  }

  /** The part of the name after the dot. */
  public String nameInSection() {
    return name.substring(name.indexOf('.') + 1);
  }

  public String environmentName() {
    return "LOCKSTEP_" + name.replace('.', '_').replace('-', '_').toUpperCase(Locale.ROOT);
  }

  public String flag() {
    return "--" + name.replace('.', '-');
  }

  /** Whether a flag may be repeated. */
  public boolean isList() {
    return kind.form() == Kind.Form.LIST;
  }

  /** The values it takes, in words. */
  public String meaning() {
    return kind.meaning();
  }

  /** What holds when it is not given, in words. */
  public String defaultInWords() {
    return switch (fallback) {
      case Fallback.Required required -> "required";
      case Fallback.Default value -> value.text().isEmpty() ? "none" : value.text();
      case Fallback.Off off -> "none";
      case Fallback.PortBeside beside -> beside.port().name() + " + " + beside.offset();
    };
  }

  @Override
  public String toString() {
    return name;
  }
}
