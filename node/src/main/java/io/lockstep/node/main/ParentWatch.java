// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.main;

import java.util.Optional;

/**
 * A node that a devnet started ends when the devnet dies, however it dies. The devnet names itself
 * in the environment; a node started by hand has no such variable.
 */
final class ParentWatch {
  static final String VARIABLE = "LOCKSTEP_DEVNET_PID";

  private ParentWatch() {}

  static void start() {
    String pid = System.getenv(VARIABLE);
    if (pid == null) {
      return;
    }
    Optional<ProcessHandle> parent = ProcessHandle.of(Long.parseLong(pid));
    if (parent.isEmpty()) {
      System.exit(0);
    }
    var _ = parent.get().onExit().thenRun(() -> System.exit(0));
  }
}
