// SPDX-License-Identifier: Apache-2.0
package io.lockstep.config.cli;

/** What the process' exit code says (architecture §3). */
public enum ExitCode {
  /** Yes, or done. */
  DONE(0),
  /** It ran and the answer is no: broken, forged, a test failed. */
  NO(1),
  /** Wrong usage or configuration. */
  USAGE(2),
  /** It could not be done: an endpoint is away, a port is taken. */
  UNAVAILABLE(3);

  private final int code;

  ExitCode(int code) {
    this.code = code;
  }

  public int code() {
    return code;
  }
}
