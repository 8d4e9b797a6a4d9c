// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.export;

/** A chain cannot be exported; the message says what is wrong and where. */
public final class ExportFailure extends Exception {
  private final Kind kind;

  /** Whose fault it is, for the exit code. */
  public enum Kind {
    /** What was asked for is not there. */
    USAGE,
    /** The chain is not one: a block does not follow its parent. */
    BROKEN,
    /** The store or the endpoint cannot be read. */
    UNAVAILABLE
  }

  ExportFailure(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  ExportFailure(Kind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }
}
