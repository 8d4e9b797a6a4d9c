// SPDX-License-Identifier: Apache-2.0
package io.lockstep.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * {@code docs/layout.md} has one line for each package: the first sentence of its package-info. To
 * write it anew run this test with {@code LOCKSTEP_WRITE_DOCS=1} in the environment.
 */
class LayoutTest {
  /** Modules in the order of the arrows, bottom first. */
  private static final List<String> MODULES =
      List.of(
          "primitives",
          "config",
          "storage",
          "l1-client",
          "execution",
          "preconf",
          "sequencer",
          "devnet",
          "node",
          "src/bench");

  private static final Pattern COMMENT =
      Pattern.compile("/\\*\\*(.*?)\\*/\\s*(?:@\\w+\\s*)*package ([a-z0-9.]+);", Pattern.DOTALL);

  private static String layout() throws IOException {
    StringBuilder out = new StringBuilder();
    out.append("# Layout\n\n");
    out.append(
        "<!-- Generated from the package-info files; LayoutTest says how. Do not edit. -->\n\n");
    out.append(
        "One line a package, modules in the order of their arrows: a module imports only what\n");
    out.append(
        "stands above it. Beside them: `contracts/` (Solidity and its artefacts), `src/test/`\n");
    out.append(
        "(whole-system tests), `docker/`, `docs/`, `lockstep` (launcher), `.ci/run` (checks).\n");
    for (String module : MODULES) {
      List<Path> infos = packageInfos(SourceTree.root().resolve(module).resolve("src/main/java"));
      if (infos.isEmpty()) {
        continue;
      }
      out.append("\n## ").append(module).append("\n\n| package | owns |\n|---|---|\n");
      for (Path info : infos) {
        Matcher comment = COMMENT.matcher(Files.readString(info));
        assertThat(comment.find()).as("a comment in " + info).isTrue();
        out.append("| `").append(comment.group(2).replace("io.lockstep.", "")).append("` | ");
        out.append(firstSentence(comment.group(1))).append(" |\n");
      }
    }
    return out.toString();
  }

  private static List<Path> packageInfos(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(file -> file.endsWith("package-info.java")).sorted().toList();
    }
  }

  private static String firstSentence(String comment) {
    String text =
        comment
            .replaceAll("(?m)^\\s*\\*", " ")
            .replaceAll("\\{@(?:code|link) ([^}]*)}", "`$1`")
            .replaceAll("<[^>]*>", " ")
            .replaceAll("\\s+", " ")
            .strip();
    Matcher end = Pattern.compile("\\.(?= |$)").matcher(text);
    return (end.find() ? text.substring(0, end.start() + 1) : text).replace("|", "\\|");
  }

  @Test
  void theLayoutNamesEveryPackage() throws IOException {
    Path file = SourceTree.root().resolve("docs/layout.md");
    String layout = layout();
    if ("1".equals(System.getenv("LOCKSTEP_WRITE_DOCS"))) {
      Files.writeString(file, layout);
    }

    assertThat(file).as("run this test with LOCKSTEP_WRITE_DOCS=1 to write it").exists();
    assertThat(Files.readString(file))
        .as("docs/layout.md is out of date: run this test with LOCKSTEP_WRITE_DOCS=1")
        .isEqualTo(layout);
  }
}
