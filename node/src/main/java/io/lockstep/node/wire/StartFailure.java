// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.wire;

/** The node cannot start; the message says what is wrong and what can be done. */
public final class StartFailure extends Exception {
  private final Kind kind;

  /** Whose fault it is, for the exit code. */
  public enum Kind {
    /** The configuration does not fit what is there. */
    CONFIGURATION,
    /** Something outside is away or taken: an endpoint, a port, a directory. */
    SURROUNDINGS
  }

  public StartFailure(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  public StartFailure(Kind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }

  /** The message; there always is one. */
  public String text() {
    String message = getMessage();
    return message == null ? kind.name() : message;
  }
}
