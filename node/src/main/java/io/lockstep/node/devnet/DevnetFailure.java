// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.devnet;

/** The devnet cannot start; the message says what and why. */
public final class DevnetFailure extends Exception {
  private final boolean usage;

  DevnetFailure(boolean usage, String message) {
    super(message);
    this.usage = usage;
  }

  DevnetFailure(String message, Throwable cause) {
    super(message, cause);
    this.usage = false;
  }

  /** Whether what was asked for was wrong, rather than something outside. */
  public boolean isUsage() {
    return usage;
  }
}
