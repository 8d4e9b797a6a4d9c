// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.evm;

/**
 * A run was given up because nobody wants its outcome any more; the state it ran on is of no use.
 * Only an {@link Evm} that was told when to stop throws it. Any thread.
 */
public final class StoppedException extends RuntimeException {
  private static final long serialVersionUID = 1;

  StoppedException() {
    super("the run was stopped");
  }
}
