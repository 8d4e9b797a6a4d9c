// SPDX-License-Identifier: Apache-2.0
package io.lockstep.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What every source file and package has. */
class SourceTreeTest {
  private static final int MAX_LINES = 800;
  private static final String LICENCE_LINE = "// SPDX-License-Identifier: Apache-2.0";

  private static Path root() {
    String given = System.getProperty("lockstep.root");
    Path path = given == null ? Path.of("").toAbsolutePath().getParent() : Path.of(given);
    assertThat(path).isNotNull();
    assertThat(path.resolve("pom.xml")).exists();
    return path;
  }

  /** Java sources under {@code src/main/java} of every module. */
  private static List<Path> mainSources() throws IOException {
    List<Path> modules = new ArrayList<>();
    try (Stream<Path> children = Files.list(root())) {
      children.filter(Files::isDirectory).forEach(modules::add);
    }
    modules.add(root().resolve("src/bench"));
    List<Path> sources = new ArrayList<>();
    for (Path module : modules) {
      Path main = module.resolve("src/main/java");
      if (Files.isDirectory(main)) {
        try (Stream<Path> files = Files.walk(main)) {
          files.filter(file -> file.toString().endsWith(".java")).sorted().forEach(sources::add);
        }
      }
    }
    assertThat(sources).hasSizeGreaterThan(50);
    return sources;
  }

  @Test
  void noFileIsLongerThanEightHundredLines() throws IOException {
    List<String> tooLong = new ArrayList<>();
    for (Path source : mainSources()) {
      int lines = Files.readAllLines(source).size();
      if (lines > MAX_LINES) {
        tooLong.add(root().relativize(source) + ": " + lines);
      }
    }
    assertThat(tooLong).isEmpty();
  }

  @Test
  void everyFileBeginsWithItsLicence() throws IOException {
    for (Path source : mainSources()) {
      assertThat(Files.readAllLines(source).getFirst())
          .as(root().relativize(source).toString())
          .isEqualTo(LICENCE_LINE);
    }
  }

  @Test
  void everyPackageSaysWhatItIs() throws IOException {
    TreeSet<Path> folders = new TreeSet<>();
    for (Path source : mainSources()) {
      Path folder = source.getParent();
      if (folder != null) {
        folders.add(folder);
      }
    }
    assertThat(folders)
        .filteredOn(folder -> !Files.exists(folder.resolve("package-info.java")))
        .as("packages without package-info.java")
        .isEmpty();
  }
}
