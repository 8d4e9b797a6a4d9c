// SPDX-License-Identifier: Apache-2.0
package io.lockstep.primitives.crypto;

/** The holder of a key gave no signature that is any good; the message says why. */
public final class SignerException extends Exception {
  private static final long serialVersionUID = 1L;

  public SignerException(String message) {
    super(message);
  }

  public SignerException(String message, Throwable cause) {
    super(message, cause);
  }

  /** The message; there always is one. */
  public String text() {
    return String.valueOf(getMessage());
  }
}
