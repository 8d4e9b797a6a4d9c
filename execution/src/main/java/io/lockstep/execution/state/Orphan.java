// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.state;

import io.lockstep.primitives.types.Hash32;
import io.lockstep.storage.column.Keys;
import io.lockstep.storage.kv.StorageException;

/**
 * A block that a rewind left behind: where its state has its root, and the nodes that it wrote,
 * with the ids from {@code firstId} to before {@code endId}. It stands in the stale column behind
 * the number from which on its state is not kept.
 */
record Orphan(Hash32 blockHash, long firstId, long endId, long rootId) {
  private static final int KEY_BYTES = 2 * Long.BYTES + Hash32.LENGTH_BYTES;

  byte[] key(long due) {
    return Keys.join(Keys.number(due), Keys.number(firstId), blockHash.toArray());
  }

  byte[] encoded() {
    return Keys.join(Keys.number(endId), Keys.number(rootId));
  }

  /** Whether an entry of the stale column is an orphan's and not that of a canonical block. */
  static boolean isKey(byte[] key) {
    return key.length == KEY_BYTES;
  }

  static Orphan decode(byte[] key, byte[] value) {
    if (value.length != 2 * Long.BYTES) {
      throw new StorageException("a record of a block left behind is damaged");
    }
    return new Orphan(
        Hash32.read(key, 2 * Long.BYTES),
        Keys.number(key, Long.BYTES),
        Keys.number(value, 0),
        Keys.number(value, Long.BYTES));
  }
}
