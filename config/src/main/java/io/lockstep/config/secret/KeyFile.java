// SPDX-License-Identifier: Apache-2.0
package io.lockstep.config.secret;

import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.crypto.SecretKey;
import io.lockstep.primitives.types.Address;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A file with one secp256k1 secret key: 32 bytes of hex and a line end, or a {@link Keystore}, told
 * apart by their first character. Messages name the file and never what stands in it. Any thread.
 */
public final class KeyFile {
  private static final int MAX_BYTES = 8_192;
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

  /** What stands in a key file. */
  public sealed interface Content {
    /** Whether it is under a password. */
    boolean isEncrypted();

    /** The address it says it is the key of; null when it says none. */
    @Nullable Address address();

    /**
     * The key itself.
     *
     * @param password for an encrypted one; null when none was given
     */
    SecretKey unlock(@Nullable KeyPassword password) throws UnusableKeyException;
  }

  /** The key as it is. */
  private record Plain(SecretKey key) implements Content {
    @Override
    public boolean isEncrypted() {
      return false;
    }

    @Override
    public Address address() {
      return key.address();
    }

    @Override
    public SecretKey unlock(@Nullable KeyPassword password) {
      return key;
    }
  }

  /** The key under a password. */
  private record Encrypted(Path file, Keystore keystore) implements Content {
    @Override
    public boolean isEncrypted() {
      return true;
    }

    @Override
    public @Nullable Address address() {
      return keystore.address();
    }

    @Override
    public SecretKey unlock(@Nullable KeyPassword password) throws UnusableKeyException {
      if (password == null) {
        throw new UnusableKeyException(
            "%s is encrypted and no password was given (%s)".formatted(file, KeyPassword.VARIABLE));
      }
      try {
        return keystore.open(password);
      } catch (Keystore.WrongPasswordException e) {
        throw new UnusableKeyException("the password is not that of " + file);
      } catch (DecodeException e) {
        throw new UnusableKeyException(file + " is no usable keystore: " + e.getMessage());
      }
    }
  }

  /** Reads the file; one that group or others may read is refused. */
  public static Content load(Path file) throws UnusableKeyException {
    String text;
    try {
      refuseOpenFile(file);
      if (Files.size(file) > MAX_BYTES) {
        throw new UnusableKeyException(
            file + " is not a key file: more than " + MAX_BYTES + " bytes");
      }
      text = Files.readString(file, StandardCharsets.ISO_8859_1).strip();
    } catch (NoSuchFileException e) {
      throw new UnusableKeyException(file + " does not exist");
    } catch (IOException e) {
      throw new UnusableKeyException(file + " cannot be read: " + e.getMessage());
    }
    if (text.startsWith("{")) {
      try {
        return new Encrypted(file, Keystore.parse(text));
      } catch (DecodeException e) {
        throw new UnusableKeyException(file + " is no usable keystore: " + e.getMessage());
      }
    }
    try {
      return new Plain(SecretKey.fromHex(text));
    } catch (IllegalArgumentException e) {
      // The cause is left out: its message could quote the secret.
      throw new UnusableKeyException(
          file + " does not hold a secret key of 32 bytes of hex, nor a keystore");
    }
  }

  /**
   * Reads the key; a file that group or others may read is refused.
   *
   * @param password for an encrypted one; null when none was given
   */
  public static SecretKey read(Path file, @Nullable KeyPassword password)
      throws UnusableKeyException {
    return load(file).unlock(password);
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
    create(file, key.exposeHex() + "\n");
  }

  /**
   * Writes a new key file with this content, readable by its owner alone. It appears whole and on
   * the disk, or not at all; an existing file is never overwritten.
   */
  public static void create(Path file, String content) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null) {
      throw new IOException(file + " names no file");
    }
    Files.createDirectories(folder);
    boolean isPosix = file.getFileSystem().supportedFileAttributeViews().contains("posix");
    Path draft =
        isPosix
            ? Files.createTempFile(
                folder, ".key", "", PosixFilePermissions.asFileAttribute(OWNER_ONLY))
            : Files.createTempFile(folder, ".key", "");
    try {
      Files.writeString(
          draft,
          content,
          StandardCharsets.US_ASCII,
          StandardOpenOption.WRITE,
          StandardOpenOption.SYNC);
      // A link, as a move would overwrite what came in between.
      Files.createLink(file, draft);
    } catch (UnsupportedOperationException e) {
      Files.copy(draft, file, StandardCopyOption.COPY_ATTRIBUTES);
    } finally {
      Files.delete(draft);
    }
  }
}
