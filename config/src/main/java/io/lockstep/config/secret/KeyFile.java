// SPDX-License-Identifier: Apache-2.0
package io.lockstep.config.secret;

import io.lockstep.primitives.crypto.SecretKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;

/**
 * A file with one secp256k1 secret key: 32 bytes of hex and a line end. Messages name the file and
 * never what stands in it. Any thread.
 */
public final class KeyFile {
  private static final int MAX_BYTES = 128;
  private static final Set<PosixFilePermission> OWNER_ONLY =
      EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

  private KeyFile() {}

  /** Why a key could not be read; the message is fit for the user. */
  public static final class UnusableKeyException extends Exception {
    private static final long serialVersionUID = 1L;

    UnusableKeyException(String message) {
      super(message);
    }
  }

  /** Reads the key; a file that group or others may read is refused. */
  public static SecretKey read(Path file) throws UnusableKeyException {
    String text;
    try {
      refuseOpenFile(file);
      if (Files.size(file) > MAX_BYTES) {
        throw new UnusableKeyException(file + " is not a key file: more than 128 bytes");
      }
      text = Files.readString(file, StandardCharsets.ISO_8859_1).strip();
    } catch (NoSuchFileException e) {
      throw new UnusableKeyException(file + " does not exist");
    } catch (IOException e) {
      throw new UnusableKeyException(file + " cannot be read: " + e.getMessage());
    }
    try {
      return SecretKey.fromHex(text);
    } catch (IllegalArgumentException e) {
      // The cause is left out: its message could quote the secret.
      throw new UnusableKeyException(file + " does not hold a secret key of 32 bytes of hex");
    }
  }

  /** Refuses a file that group or others may read or write. */
  static void refuseOpenFile(Path file) throws IOException, UnusableKeyException {
    if (!file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      return;
    }
    Set<PosixFilePermission> others = EnumSet.copyOf(Files.getPosixFilePermissions(file));
    others.removeAll(PosixFilePermissions.fromString("rwx------"));
    if (!others.isEmpty()) {
      throw new UnusableKeyException(
          "%s may be read or written by others (%s); make it yours alone: chmod 600 %s"
              .formatted(
                  file, PosixFilePermissions.toString(Files.getPosixFilePermissions(file)), file));
    }
  }

  /** Writes a new file that only its owner may read; an existing file is never overwritten. */
  public static void create(Path file, SecretKey key) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      Files.createFile(file, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
    } else if (Files.exists(file)) {
      throw new FileAlreadyExistsException(file.toString());
    } else {
      Files.createFile(file);
    }
    Files.writeString(
        file, key.exposeHex() + "\n", StandardCharsets.US_ASCII, StandardOpenOption.WRITE);
  }
}
