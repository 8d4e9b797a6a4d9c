// SPDX-License-Identifier: Apache-2.0
package io.lockstep.interop;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** The npm project {@code src/test/interop}: where it lies and whether it is installed. */
public final class Npm {
  private static final String HOW = "npm ci --ignore-scripts --prefix src/test/interop";

  private Npm() {}

  /** {@code src/test/interop} of this repository. */
  public static Path folder() {
    return root().resolve("src/test/interop");
  }

  /** A script of that folder. */
  public static Path script(String name) {
    return folder().resolve(name);
  }

  /**
   * Skips the calling test with one line when Node or the packages are not there. What a test needs
   * beyond them ({@code anvil}, {@code cast}) is named here too.
   */
  public static void assumeInstalled(String... programs) {
    Assumptions.assumeTrue(
        onPath("node").isPresent(), "skipped: no node on the PATH (20 or newer), then " + HOW);
    Assumptions.assumeTrue(
        Files.isDirectory(folder().resolve("node_modules/viem")),
        "skipped: src/test/interop is not installed, run: " + HOW);
    for (String program : programs) {
      Assumptions.assumeTrue(
          Files.isExecutable(nativeProgram(program)),
          "skipped: no "
              + program
              + " for this machine, see src/test/interop/README.md; run: "
              + HOW);
    }
  }

  /** The same for the L1 of foreign parts, {@code src/test/interop/l1}. */
  public static void assumeL1Installed() {
    assumeInstalled();
    Assumptions.assumeTrue(
        Files.isDirectory(folder().resolve("l1/node_modules/@ethereumjs/client")),
        "skipped: src/test/interop/l1 is not installed, run: " + HOW + "/l1");
  }

  /** The same for the verifier in TypeScript, {@code preconf/ts}, which must be compiled too. */
  public static void assumeVerifierBuilt() {
    assumeInstalled();
    Assumptions.assumeTrue(
        Files.isRegularFile(root().resolve("preconf/ts/dist/index.js"))
            && Files.isDirectory(root().resolve("preconf/ts/node_modules/viem")),
        "skipped: preconf/ts is not built, run: npm ci --ignore-scripts --prefix preconf/ts"
            + " && npm run build --prefix preconf/ts");
  }

  /**
   * The program itself, whose pid and exit code are its own; npm's wrappers around it have others.
   *
   * @param name {@code anvil} or {@code cast}
   */
  public static Path nativeProgram(String name) {
    String file = osName().equals("win32") ? name + ".exe" : name;
    String pack = "@foundry-rs/" + name + "-" + osName() + "-" + archName();
    return folder().resolve("node_modules").resolve(pack).resolve("bin").resolve(file);
  }

  /** A program of the PATH. */
  static Optional<Path> onPath(String name) {
    String path = System.getenv("PATH");
    return path == null
        ? Optional.empty()
        : Stream.of(path.split(File.pathSeparator))
            .filter(folder -> !folder.isEmpty())
            .map(folder -> Path.of(folder, name))
            .filter(Files::isExecutable)
            .findFirst();
  }

  /** The repository's root: given by the build, else the nearest folder above that has ours. */
  private static Path root() {
    String given = System.getProperty("lockstep.root");
    if (given != null) {
      return Path.of(given);
    }
    Path start = Path.of("").toAbsolutePath();
    for (Path folder = start; folder != null; folder = folder.getParent()) {
      if (Files.isDirectory(folder.resolve("src/test/interop"))) {
        return folder;
      }
    }
    throw new IllegalStateException("no src/test/interop in " + start + " or above");
  }

  private static String osName() {
    String os = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
    if (os.startsWith("mac")) {
      return "darwin";
    }
    return os.startsWith("windows") ? "win32" : "linux";
  }

  private static String archName() {
    return System.getProperty("os.arch", "").equals("aarch64") ? "arm64" : "amd64";
  }
}
