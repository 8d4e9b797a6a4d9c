// SPDX-License-Identifier: Apache-2.0
package io.lockstep.config.secret;

import io.lockstep.primitives.types.Hex;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * The shared secret of JSON Web Tokens, as execution clients keep it for the Engine API: 32 bytes
 * of hex in a file that its owner alone may read. Never printed. Immutable; any thread.
 */
public final class JwtSecret {
  private static final int LENGTH_BYTES = 32;
  private static final int MAX_FILE_BYTES = 128;

  private final byte[] bytes;

  private JwtSecret(byte[] bytes) {
    this.bytes = bytes;
  }

  /** Why a secret could not be read; the message is fit for the user. */
  public static final class UnusableSecretException extends Exception {
    private static final long serialVersionUID = 1L;

    UnusableSecretException(String message) {
      super(message);
    }
  }

  /** Reads the file; one that group or others may read is refused. */
  public static JwtSecret read(Path file) throws UnusableSecretException {
    String text;
    try {
      KeyFile.refuseOpenFile(file);
      if (Files.size(file) > MAX_FILE_BYTES) {
        throw new UnusableSecretException(
            file + " is not a secret's file: more than " + MAX_FILE_BYTES + " bytes");
      }
      text = Files.readString(file, StandardCharsets.ISO_8859_1).strip();
    } catch (KeyFile.UnusableKeyException e) {
      throw new UnusableSecretException(String.valueOf(e.getMessage()));
    } catch (NoSuchFileException e) {
      throw new UnusableSecretException(file + " does not exist");
    } catch (IOException e) {
      throw new UnusableSecretException(file + " cannot be read: " + e.getMessage());
    }
    try {
      return of(text);
    } catch (IllegalArgumentException e) {
      // The cause is left out: its message could quote the secret.
      throw new UnusableSecretException(file + " does not hold 32 bytes of hex");
    }
  }

  /**
   * The secret from its hex form, with or without 0x.
   *
   * @throws IllegalArgumentException when it is not 32 bytes of hex
   */
  public static JwtSecret of(String hex) {
    byte[] bytes = Hex.decode(hex.startsWith("0x") ? hex : "0x" + hex);
    if (bytes.length != LENGTH_BYTES) {
      throw new IllegalArgumentException("not " + LENGTH_BYTES + " bytes");
    }
    return new JwtSecret(bytes);
  }

  /** A copy of the secret's bytes, for whoever signs or checks with it. */
  public byte[] expose() {
    return bytes.clone();
  }

  @Override
  public String toString() {
    return "JwtSecret";
  }
}
