// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.blob;

import io.lockstep.primitives.crypto.Kzg;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.storage.column.Keys;
import io.lockstep.storage.kv.Column;
import io.lockstep.storage.kv.KeyValueStore;
import io.lockstep.storage.kv.KeyValueStore.Durability;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The blobs that this node has posted or derived from, by versioned hash, for as long as it is told
 * to keep them. Who puts a blob in has checked its hash. Any thread.
 */
public final class BlobArchive {
  /** Key: versioned hash. Value: the blob without the zeros at its end. */
  private static final Column BLOBS = new Column("l1-blobs");

  /** Key: time of the blob's block (8 bytes, big-endian), versioned hash. Value: nothing. */
  private static final Column BY_TIME = new Column("l1-blobs-by-time");

  private static final int FORGOTTEN_AT_ONCE = 64;

  private final KeyValueStore store;
  private final long retentionSeconds;

  /**
   * @param store has {@link #columns}
   * @param retentionSeconds 0 keeps all
   */
  public BlobArchive(KeyValueStore store, long retentionSeconds) {
    this.store = store;
    this.retentionSeconds = retentionSeconds;
  }

  /** The columns that the store must have. */
  public static List<Column> columns() {
    return List.of(BLOBS, BY_TIME);
  }

  /** The blob, or null when it is not here. */
  public @Nullable Bytes get(Hash32 versionedHash) {
    byte[] kept = store.get(BLOBS, versionedHash.toArray());
    return kept == null ? null : Bytes.wrap(Arrays.copyOf(kept, Kzg.BLOB_BYTES));
  }

  /**
   * Keeps a blob, and forgets what is too old beside it. One that is lost with the machine's power
   * can be fetched again.
   *
   * @param blockSeconds time of the L1 block it stands in, or is to stand in
   */
  public void put(Hash32 versionedHash, Bytes blob, long blockSeconds) {
    byte[] key = versionedHash.toArray();
    if (store.get(BLOBS, key) != null) {
      return;
    }
    KeyValueStore.Batch batch =
        store
            .newBatch()
            .put(BLOBS, key, withoutZerosAtTheEnd(blob.unsafeArray()))
            .put(BY_TIME, Keys.join(Keys.number(blockSeconds), key), new byte[0]);
    forget(batch, blockSeconds - retentionSeconds);
    store.commit(batch, Durability.PROCESS);
  }

  private void forget(KeyValueStore.Batch batch, long beforeSeconds) {
    if (retentionSeconds == 0) {
      return;
    }
    List<byte[]> old = new ArrayList<>();
    store.scan(
        BY_TIME,
        new byte[0],
        (key, value) -> {
          if (Keys.number(key, 0) >= beforeSeconds || old.size() == FORGOTTEN_AT_ONCE) {
            return false;
          }
          old.add(key);
          return true;
        });
    for (byte[] key : old) {
      batch.delete(BY_TIME, key).delete(BLOBS, Arrays.copyOfRange(key, Long.BYTES, key.length));
    }
  }

  private static byte[] withoutZerosAtTheEnd(byte[] blob) {
    int end = blob.length;
    while (end > 0 && blob[end - 1] == 0) {
      end--;
    }
    return Arrays.copyOf(blob, end);
  }
}
