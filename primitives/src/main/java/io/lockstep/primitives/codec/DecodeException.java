// SPDX-License-Identifier: Apache-2.0
package io.lockstep.primitives.codec;

/**
 * Bytes or text from outside do not have the form they must have. Checked: whoever decodes says
 * what follows.
 */
public final class DecodeException extends Exception {
  public DecodeException(String message) {
    super(message);
  }

  public DecodeException(String message, Throwable cause) {
    super(message, cause);
  }
}
