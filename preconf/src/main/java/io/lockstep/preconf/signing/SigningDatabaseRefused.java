// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.signing;

/**
 * The signing database, or an export of one, is not for this node: another cluster's, another
 * committer's, a newer program's. The message says which.
 */
public final class SigningDatabaseRefused extends Exception {
  public SigningDatabaseRefused(String message) {
    super(message);
  }

  public SigningDatabaseRefused(String message, Throwable cause) {
    super(message, cause);
  }

  /** The message; there always is one. */
  public String text() {
    return String.valueOf(getMessage());
  }
}
