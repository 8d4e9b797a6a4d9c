// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.state;

import java.nio.file.Path;

/** Where the shared conformance vectors lie. */
final class Vectors {
  private Vectors() {}

  static Path folder(String name) {
    String given = System.getenv("LOCKSTEP_SHARED");
    Path shared =
        given != null
            ? Path.of(given)
            : Path.of(System.getProperty("lockstep.root", "."), "..", "shared");
    return shared.resolve("vectors").resolve(name).normalize();
  }
}
