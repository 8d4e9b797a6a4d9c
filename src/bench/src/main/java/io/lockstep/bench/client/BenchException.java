// SPDX-License-Identifier: Apache-2.0
package io.lockstep.bench.client;

/** The measurement could not be made: an endpoint is away or answers what it must not. */
public final class BenchException extends Exception {
  private static final long serialVersionUID = 1;

  public BenchException(String message) {
    super(message);
  }

  public BenchException(String message, Throwable cause) {
    super(message, cause);
  }
}
