// SPDX-License-Identifier: Apache-2.0
package io.lockstep.config.secret;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CredentialsTest {
  @TempDir private Path dir;

  private Path file(String text) throws Exception {
    Path file = dir.resolve("credentials");
    Files.writeString(file, text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    return file;
  }

  @Test
  void givesEachEndpointItsOwn() throws Exception {
    Credentials credentials =
        Credentials.read(
            file(
                """
                # the provider
                https://node.example/v2  bearer  a-token
                https://node.example/v2/other bearer another

                http://127.0.0.1:5052 basic name:pass:word
                """));

    assertThat(credentials.authorizationFor(URI.create("https://node.example/v2/x")))
        .isEqualTo("Bearer a-token");
    assertThat(credentials.authorizationFor(URI.create("https://node.example/v2/other/y")))
        .isEqualTo("Bearer another");
    assertThat(credentials.authorizationFor(URI.create("http://127.0.0.1:5052/")))
        .isEqualTo("Basic bmFtZTpwYXNzOndvcmQ=");
    for (String other :
        List.of(
            "https://node.example/v22",
            "https://node.example.evil/v2",
            "https://node.example:8443/v2",
            "http://node.example/v2",
            "http://127.0.0.1:50522")) {
      assertThat(credentials.authorizationFor(URI.create(other))).as(other).isNull();
    }
    assertThat(credentials.unused(List.of(URI.create("https://node.example/v2/other"))))
        .containsExactly("http://127.0.0.1:5052");
    assertThat(credentials.toString()).doesNotContain("token").doesNotContain("pass");
  }

  @Test
  void refusesAFileThatOthersMayRead() throws Exception {
    Path file = file("http://a bearer secret");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));

    assertThatThrownBy(() -> Credentials.read(file))
        .hasMessageContaining(file.toString())
        .hasMessageContaining("chmod 600")
        .hasMessageNotContaining("secret");
  }

  @Test
  void namesTheLineThatItCannotReadAndNotWhatStandsInIt() throws Exception {
    for (String line :
        List.of(
            "http://a secret",
            "http://a bearer secret more",
            "http://a token secret",
            "http://a basic secret",
            "secret bearer secret",
            "http://a bearer secr\u00e9t")) {
      Path file = file("\n" + line + "\n");
      assertThatThrownBy(() -> Credentials.read(file))
          .as(line)
          .hasMessageContaining("line 2: expected URL bearer TOKEN")
          .hasMessageNotContaining("secret");
    }
    assertThatThrownBy(() -> Credentials.read(dir.resolve("none")))
        .hasMessageContaining("does not exist");
  }
}
