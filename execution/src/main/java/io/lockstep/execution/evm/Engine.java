// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.evm;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What runs code. Which it was can be told from nothing that a run gives but the time it took.
 * Traced runs always take the plain engine.
 */
public enum Engine {
  /** Opcode by opcode: the oracle of the others. */
  PLAIN,
  /** The default: code on which gas enough was spent is translated and runs in blocks. */
  REGISTER,
  /** As the register engine, but all code is translated before it first runs: for tests. */
  EAGER;

  /** The engine of this name, in any case of letters, or null. */
  public static @Nullable Engine named(String name) {
    for (Engine engine : values()) {
      if (engine.name().toLowerCase(Locale.ROOT).equals(name.toLowerCase(Locale.ROOT))) {
        return engine;
      }
    }
    return null;
  }
}
