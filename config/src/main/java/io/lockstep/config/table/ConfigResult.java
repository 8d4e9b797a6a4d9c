// SPDX-License-Identifier: Apache-2.0
package io.lockstep.config.table;

import io.lockstep.config.NodeConfig;
import java.util.List;

/** What reading a configuration came to. Any thread. */
public sealed interface ConfigResult {
  /** Everything was in order. */
  record Valid(NodeConfig config) implements ConfigResult {}

  /**
   * The node must not start.
   *
   * @param problems every fault found, one line each: key, value, limit and where it came from
   */
  record Invalid(List<String> problems) implements ConfigResult {
    public Invalid {
      problems = List.copyOf(problems);
    }
  }
}
