// SPDX-License-Identifier: Apache-2.0
package io.lockstep.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Every section of the protocol that code, tests, contracts or documents cite exists. */
class ProtocolNumbersTest {
  private static final Set<String> SKIPPED_FOLDERS =
      Set.of("node_modules", "target", ".git", "out", "cache", ".lockstep");

  /** A section's number where it begins: in a heading, or bold at the start of a rule. */
  private static final Pattern SECTION =
      Pattern.compile("(?m)^(?:#{2,3} |\\*\\*)([0-9]+(?:\\.[0-9]+)*)\\.?[ *]");

  private static final Pattern CITATION =
      Pattern.compile(
          "[Pp]rotocol (?:§|sections? )([0-9]+(?:\\.[0-9]+)*(?:(?:, | and | to )§?[0-9]+(?:\\.[0-9]+)*)*)");

  private static final Pattern NUMBER = Pattern.compile("[0-9]+(?:\\.[0-9]+)*");

  private static Set<String> sections() throws IOException {
    Set<String> sections = new HashSet<>();
    Matcher matcher =
        SECTION.matcher(Files.readString(SourceTree.root().resolve("docs/protocol.md")));
    while (matcher.find()) {
      sections.add(matcher.group(1));
    }
    return sections;
  }

  private static List<Path> citingFiles() throws IOException {
    List<Path> files = new ArrayList<>();
    Files.walkFileTree(
        SourceTree.root(),
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            return SKIPPED_FOLDERS.contains(folder.getFileName().toString())
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (file.toString().matches(".*\\.(java|sol|md|mjs)")) {
              files.add(file);
            }
            return FileVisitResult.CONTINUE;
          }
        });
    return files;
  }

  @Test
  void everyCitedSectionExists() throws IOException {
    Set<String> sections = sections();
    List<String> dangling = new ArrayList<>();
    int cited = 0;
    for (Path file : citingFiles()) {
      // A citation may be broken over two lines of a comment.
      String text = Files.readString(file).replaceAll("\\s*\\n\\s*(?:\\*|//+)?\\s*", " ");
      Matcher citation = CITATION.matcher(text);
      while (citation.find()) {
        Matcher number = NUMBER.matcher(citation.group(1));
        while (number.find()) {
          cited++;
          if (!sections.contains(number.group())) {
            dangling.add(SourceTree.root().relativize(file) + ": §" + number.group());
          }
        }
      }
    }

    assertThat(cited).as("citations found: the pattern still knows them").isGreaterThan(50);
    assertThat(dangling).as("cited, and not in docs/protocol.md").isEmpty();
  }
}
