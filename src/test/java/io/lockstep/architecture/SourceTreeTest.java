// SPDX-License-Identifier: Apache-2.0
package io.lockstep.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What every source file and package has. */
class SourceTreeTest {
  private static final int MAX_LINES = 800;
  private static final String LICENCE_LINE = "// SPDX-License-Identifier: Apache-2.0";

  private final List<Path> sources;

  SourceTreeTest() throws IOException {
    sources = SourceTree.mainSources();
    assertThat(sources).hasSizeGreaterThan(50);
  }

  @Test
  void noFileIsLongerThanEightHundredLines() throws IOException {
    List<String> tooLong = new ArrayList<>();
    for (Path source : sources) {
      int lines = Files.readAllLines(source).size();
      if (lines > MAX_LINES) {
        tooLong.add(source + ": " + lines);
      }
    }
    assertThat(tooLong).isEmpty();
  }

  @Test
  void everyFileBeginsWithItsLicence() throws IOException {
    for (Path source : sources) {
      assertThat(Files.readAllLines(source).getFirst())
          .as(source.toString())
          .isEqualTo(LICENCE_LINE);
    }
  }

  @Test
  void everyPackageSaysWhatItIs() {
    TreeSet<Path> folders = new TreeSet<>();
    sources.forEach(source -> folders.add(source.resolveSibling("package-info.java")));
    assertThat(folders).filteredOn(info -> !Files.exists(info)).isEmpty();
  }
}
