// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.signing;

import io.lockstep.primitives.types.Hex;
import io.lockstep.storage.kv.Column;
import io.lockstep.storage.kv.KeyValueStore;
import io.lockstep.storage.kv.StorageException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What the node's main store knows of its signing database: so that one that is lost, exchanged or
 * set back is noticed instead of begun anew.
 *
 * @param id random, 16 bytes of hex
 * @param reservation the last that was known to be on the disk; never ahead of the database's own
 */
record KnownDatabase(String id, long reservation) {
  static final Column COLUMN = new Column("signing-id");
  static final int ID_BYTES = 16;
  private static final byte[] KEY = {'i', 'd'};

  static @Nullable KnownDatabase read(KeyValueStore mainStore) {
    byte[] stored = mainStore.get(COLUMN, KEY);
    if (stored == null) {
      return null;
    }
    if (stored.length != ID_BYTES + Long.BYTES) {
      throw new StorageException("what the main store knows of the signing database is damaged");
    }
    return new KnownDatabase(
        Hex.encode(Arrays.copyOf(stored, ID_BYTES)),
        ByteBuffer.wrap(stored, ID_BYTES, 8).getLong());
  }

  void write(KeyValueStore mainStore, KeyValueStore.Durability durability) {
    byte[] value =
        ByteBuffer.allocate(ID_BYTES + Long.BYTES).put(Hex.decode(id)).putLong(reservation).array();
    mainStore.commit(mainStore.newBatch().put(COLUMN, KEY, value), durability);
  }
}
