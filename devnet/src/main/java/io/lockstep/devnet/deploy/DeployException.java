// SPDX-License-Identifier: Apache-2.0
package io.lockstep.devnet.deploy;

/** A deployment could not be done: an endpoint is away, a transaction failed, the chain differs. */
public final class DeployException extends Exception {
  private static final long serialVersionUID = 1;

  public DeployException(String message) {
    super(message);
  }

  public DeployException(String message, Throwable cause) {
    super(message, cause);
  }
}
