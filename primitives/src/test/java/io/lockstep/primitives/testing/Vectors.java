// SPDX-License-Identifier: Apache-2.0
package io.lockstep.primitives.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Assumptions;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The public vectors: beside the repository, or where LOCKSTEP_SHARED says. */
public final class Vectors {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private Vectors() {}

  /** Receives one case of a file. */
  @FunctionalInterface
  public interface Visitor {
    void visit(JsonNode line) throws Exception;
  }

  /** A folder of the vectors; the test is skipped with one line when it is not there. */
  public static Path folder(String name) {
    String shared = System.getenv("LOCKSTEP_SHARED");
    Path root =
        shared != null
            ? Path.of(shared)
            : Path.of(System.getProperty("lockstep.root", "."), "..", "shared");
    Path folder = root.resolve("vectors").resolve(name).normalize();
    Assumptions.assumeTrue(
        Files.isDirectory(folder), () -> "skipped: no conformance vectors at " + folder);
    return folder;
  }

  /** All files under a folder, in order of their names. */
  public static List<Path> files(Path folder) {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(Files::isRegularFile).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A whole JSON file, packed when its name ends with .gz. */
  public static JsonNode json(Path file) {
    try (InputStream in = open(file)) {
      return JSON.readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Every line of a packed file of JSON lines. */
  public static void lines(Path file, Visitor visitor) throws Exception {
    try (InputStream in = open(file);
        BufferedReader reader =
            new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        visitor.visit(JSON.readTree(line));
      }
    }
  }

  private static InputStream open(Path file) throws IOException {
    InputStream in = Files.newInputStream(file);
    return file.toString().endsWith(".gz") ? new GZIPInputStream(in) : in;
  }
}
