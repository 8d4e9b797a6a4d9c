// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.state;

/**
 * A state that is still held was given up meanwhile: its block has fallen out of the history, or
 * was left behind by a rewind long ago. No damage; whoever reads may ask for a newer state.
 */
public final class StatePrunedException extends RuntimeException {
  private static final long serialVersionUID = 1;

  StatePrunedException(String message) {
    super(message);
  }
}
