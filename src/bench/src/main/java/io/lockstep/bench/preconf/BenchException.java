// SPDX-License-Identifier: Apache-2.0
package io.lockstep.bench.preconf;

/** The measurement could not be made: an endpoint is away or answers what it must not. */
final class BenchException extends Exception {
  private static final long serialVersionUID = 1;

  BenchException(String message) {
    super(message);
  }

  BenchException(String message, Throwable cause) {
    super(message, cause);
  }
}
