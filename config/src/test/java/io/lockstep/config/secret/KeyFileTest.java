// SPDX-License-Identifier: Apache-2.0
package io.lockstep.config.secret;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.primitives.crypto.SecretKey;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyFileTest {
  private static final String SECRET = "0x" + "a7".repeat(32);

  @TempDir Path folder;

  @Test
  void readsBackWhatItCreatedForItsOwnerAlone() throws Exception {
    Path file = folder.resolve("keys/committer.key");
    KeyFile.create(file, SecretKey.fromHex(SECRET));

    assertThat(KeyFile.read(file, null).exposeHex()).isEqualTo(SECRET);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
  }

  @Test
  void neverOverwritesAKey() throws Exception {
    Path file = folder.resolve("committer.key");
    KeyFile.create(file, SecretKey.fromHex(SECRET));

    assertThatThrownBy(() -> KeyFile.create(file, SecretKey.fromHex(SECRET)))
        .isInstanceOf(FileAlreadyExistsException.class);
  }

  @Test
  void refusesAKeyThatOthersMayRead() throws Exception {
    Path file = folder.resolve("committer.key");
    KeyFile.create(file, SecretKey.fromHex(SECRET));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));

    assertThatThrownBy(() -> KeyFile.read(file, null))
        .isInstanceOf(KeyFile.UnusableKeyException.class)
        .hasMessageContaining("chmod 600 " + file)
        .hasMessageContaining("rw-r-----");
  }

  @Test
  void doesNotQuoteWhatStandsInABadFile() throws Exception {
    Path file = folder.resolve("committer.key");
    KeyFile.create(file, SecretKey.fromHex(SECRET));
    Files.writeString(file, "0x" + "a7".repeat(31) + "zz");

    assertThatThrownBy(() -> KeyFile.read(file, null))
        .hasMessageContaining(file.toString())
        .hasMessageNotContaining("a7a7")
        .hasNoCause();
  }
}
