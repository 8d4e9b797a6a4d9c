// SPDX-License-Identifier: Apache-2.0
package io.lockstep.storage.kv;

/**
 * The disk or the database failed, or what it holds is damaged. The node cannot go on signing after
 * it.
 */
public final class StorageException extends RuntimeException {
  public StorageException(String message, Throwable cause) {
    super(message, cause);
  }

  public StorageException(String message) {
    super(message);
  }
}
