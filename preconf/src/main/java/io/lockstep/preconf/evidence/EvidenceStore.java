// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.evidence;

import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.storage.kv.Column;
import io.lockstep.storage.kv.KeyValueStore;
import io.lockstep.storage.kv.StorageException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The evidence of a node: one item for each operator, window and fault, the first that was found,
 * since one incident is charged once. Writer: the sequencing thread; readers: any.
 */
public final class EvidenceStore {
  private static final Column EVIDENCE = new Column("evidence");

  private final KeyValueStore store;
  private final AtomicLong count = new AtomicLong();

  /** The columns that the store handed in must have. */
  public static Collection<Column> columns() {
    return List.of(EVIDENCE);
  }

  public EvidenceStore(KeyValueStore store) {
    this.store = store;
    store.scan(
        EVIDENCE,
        new byte[0],
        (_, _) -> {
          count.incrementAndGet();
          return true;
        });
  }

  /** Keeps it unless this fault of this window is known; tells whether it was kept. */
  public boolean record(Evidence evidence) {
    byte[] key = key(evidence);
    if (store.get(EVIDENCE, key) != null) {
      return false;
    }
    KeyValueStore.Batch batch = store.newBatch();
    batch.put(EVIDENCE, key, EvidenceCodec.encode(evidence));
    store.commit(batch, KeyValueStore.Durability.FSYNC);
    count.incrementAndGet();
    return true;
  }

  /** How many items are kept. */
  public long count() {
    return count.get();
  }

  /** By operator and window, at most {@code limit} of them. */
  public List<Evidence> list(int limit) {
    List<Evidence> out = new ArrayList<>();
    store.scan(
        EVIDENCE,
        new byte[0],
        (_, value) -> {
          if (out.size() >= limit) {
            return false;
          }
          out.add(decode(value));
          return true;
        });
    return out;
  }

  private static Evidence decode(byte[] stored) {
    try {
      return EvidenceCodec.decode(stored);
    } catch (DecodeException e) {
      throw new StorageException("an item of evidence is damaged", e);
    }
  }

  private static byte[] key(Evidence evidence) {
    return ByteBuffer.allocate(13)
        .putInt(evidence.operatorId())
        .putLong(evidence.windowSlot())
        .put(evidence.fault().keyByte())
        .array();
  }
}
