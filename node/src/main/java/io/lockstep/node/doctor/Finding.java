// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.doctor;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What one check found.
 *
 * @param check what was looked at
 * @param advice what to do about it; null when there is nothing to do
 */
public record Finding(Level level, String check, String text, @Nullable String advice) {
  /** How bad it is. */
  public enum Level {
    OK,
    /** The node works, but not as well as it could, or not for long. */
    WARN,
    /** The node cannot start, or cannot do its duty. */
    FAIL;

    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** One line for people. */
  public String line() {
    String said = "%-4s  %s: %s".formatted(level.word(), check, text);
    return advice == null ? said : said + ". " + advice;
  }
}
