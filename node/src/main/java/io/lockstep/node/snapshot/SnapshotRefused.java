// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.snapshot;

/** A snapshot cannot be written or taken; the message says why and what can be done. */
public final class SnapshotRefused extends Exception {
  private static final long serialVersionUID = 1;

  SnapshotRefused(String message) {
    super(message);
  }

  SnapshotRefused(String message, Throwable cause) {
    super(message, cause);
  }
}
