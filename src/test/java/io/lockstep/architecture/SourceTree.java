// SPDX-License-Identifier: Apache-2.0
package io.lockstep.architecture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Finds the files of the repository from wherever the tests run. */
final class SourceTree {
  private SourceTree() {}

  /** The repository's root: given by the build, or the nearest folder above with the launcher. */
  static Path root() {
    String given = System.getProperty("lockstep.root");
    Path folder = Path.of(given == null ? "" : given).toAbsolutePath().normalize();
    for (Path path = folder; path != null; path = path.getParent()) {
      if (Files.exists(path.resolve("lockstep")) && Files.exists(path.resolve("pom.xml"))) {
        return path;
      }
    }
    throw new IllegalStateException("no repository above " + folder);
  }

  /** Java sources under {@code src/main/java} of every module. */
  static List<Path> mainSources() throws IOException {
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
    return sources;
  }
}
