// SPDX-License-Identifier: Apache-2.0
package io.lockstep.config.secret;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The password of encrypted key files, from a file or from the environment, never from a flag,
 * where every user of the machine could read it. Never printed. Immutable; any thread.
 */
public final class KeyPassword {
  /** The variable of the environment in which a password may stand. */
  public static final String VARIABLE = "LOCKSTEP_KEY_PASSWORD";

  private static final int MAX_FILE_BYTES = 4_096;

  private final byte[] utf8;

  private KeyPassword(byte[] utf8) {
    this.utf8 = utf8;
  }

  public static KeyPassword of(String text) {
    return new KeyPassword(text.getBytes(StandardCharsets.UTF_8));
  }

  /** The password in the environment, or null. */
  public static @Nullable KeyPassword from(Map<String, String> environment) {
    String text = environment.get(VARIABLE);
    return text == null ? null : of(text);
  }

  /** Reads the first line of a file; one that group or others may read is refused. */
  public static KeyPassword read(Path file) throws KeyFile.UnusableKeyException {
    try {
      KeyFile.refuseOpenFile(file);
      if (Files.size(file) > MAX_FILE_BYTES) {
        throw new KeyFile.UnusableKeyException(
            file + " is not a password's file: more than " + MAX_FILE_BYTES + " bytes");
      }
      String text = Files.readString(file, StandardCharsets.UTF_8);
      String line = text.lines().findFirst().orElse("");
      if (line.isEmpty()) {
        throw new KeyFile.UnusableKeyException(file + " holds no password");
      }
      return of(line);
    } catch (NoSuchFileException e) {
      throw new KeyFile.UnusableKeyException(file + " does not exist");
    } catch (IOException e) {
      throw new KeyFile.UnusableKeyException(file + " cannot be read: " + e.getMessage());
    }
  }

  byte[] unsafeArray() {
    return utf8;
  }

  @Override
  public String toString() {
    return "KeyPassword";
  }
}
