// SPDX-License-Identifier: Apache-2.0
package io.lockstep.config.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/**
 * The reference in the documentation is what the table says. To write it anew run this test with
 * {@code LOCKSTEP_WRITE_DOCS=1} in the environment.
 */
class ConfigReferenceTest {
  @Test
  void theReferenceIsCurrent() throws Exception {
    Path file = Path.of(System.getProperty("lockstep.root", ".."), "docs", "configuration.md");
    if ("1".equals(System.getenv("LOCKSTEP_WRITE_DOCS"))) {
      Files.createDirectories(file.resolveSibling("."));
      Files.writeString(file, ConfigText.reference());
    }

    assertThat(file).as("run this test with LOCKSTEP_WRITE_DOCS=1 to write it").exists();
    assertThat(Files.readString(file))
        .as("docs/configuration.md is out of date: run this test with LOCKSTEP_WRITE_DOCS=1")
        .isEqualTo(ConfigText.reference());
  }
}
