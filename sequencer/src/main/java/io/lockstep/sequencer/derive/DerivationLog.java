// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.derive;

import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.codec.RlpReader;
import io.lockstep.primitives.codec.RlpWriter;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.storage.kv.Column;
import io.lockstep.storage.kv.KeyValueStore;
import io.lockstep.storage.kv.StorageException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Every batch of the inbox with what it came to, on disk: where derivation goes on after a restart
 * and where it goes back to when L1 reorgs. Owner: the sequencing thread.
 */
public final class DerivationLog {
  private static final Column BATCHES = new Column("derived-batches");

  private final KeyValueStore store;
  private @Nullable Entry last;

  /**
   * One batch.
   *
   * @param l1Number L1 block that holds it
   * @param declaredHead what the inbox took as the new head, whether or not it was derived
   * @param heightAfter L2 height after it
   * @param anchorAfter L1 number of the newest anchor after it
   * @param closedSlot L1 slot of the newest batch up to here that closes open windows, one of a
   *     scheduled operator or an open block; -1 before the first
   * @param skipped why it derived to nothing; empty when it was derived
   */
  public record Entry(
      long batchIndex,
      long l1Number,
      Hash32 l1Hash,
      Hash32 batchHash,
      Hash32 declaredHead,
      long heightAfter,
      long anchorAfter,
      long closedSlot,
      String skipped) {}

  /** The columns that the store handed in must have. */
  public static Collection<Column> columns() {
    return List.of(BATCHES);
  }

  public DerivationLog(KeyValueStore store) {
    this.store = store;
    this.last = readLast();
  }

  /** The newest batch, or null when there is none yet. */
  public @Nullable Entry last() {
    return last;
  }

  public void append(Entry entry) {
    store.commit(
        store.newBatch().put(BATCHES, key(entry.batchIndex), encode(entry)),
        KeyValueStore.Durability.PROCESS);
    last = entry;
  }

  /** Forgets every batch of L1 blocks above {@code l1Number}; returns the newest that stays. */
  public @Nullable Entry rewindTo(long l1Number) {
    while (last != null && last.l1Number > l1Number) {
      store.commit(
          store.newBatch().delete(BATCHES, key(last.batchIndex)), KeyValueStore.Durability.PROCESS);
      last = readLast();
    }
    return last;
  }

  /** The newest batch at or below an L1 block, or null. */
  public @Nullable Entry newestUpTo(long l1Number) {
    Entry[] found = {null};
    store.scanDown(
        BATCHES,
        key(Long.MAX_VALUE),
        (key, value) -> {
          Entry entry = read(key, value);
          if (entry.l1Number <= l1Number) {
            found[0] = entry;
            return false;
          }
          return true;
        });
    return found[0];
  }

  /** The batch before one, or null. */
  public @Nullable Entry before(Entry entry) {
    Entry[] found = {null};
    store.scanDown(
        BATCHES,
        key(entry.batchIndex - 1),
        (key, value) -> {
          found[0] = read(key, value);
          return false;
        });
    return found[0];
  }

  private @Nullable Entry readLast() {
    return newestUpTo(Long.MAX_VALUE);
  }

  /** An entry without its batch index. */
  public static byte[] encode(Entry entry) {
    return new RlpWriter(160)
        .startList()
        .integer(entry.l1Number)
        .hash(entry.l1Hash)
        .hash(entry.batchHash)
        .hash(entry.declaredHead)
        .integer(entry.heightAfter)
        .integer(entry.anchorAfter)
        .integer(entry.closedSlot + 1)
        .bytes(entry.skipped.getBytes(StandardCharsets.UTF_8))
        .endList()
        .toArray();
  }

  /** Reads what {@link #encode} wrote. */
  public static Entry decode(long batchIndex, byte[] value) throws DecodeException {
    RlpReader in = RlpReader.over(value).list();
    return new Entry(
        batchIndex,
        in.integer(),
        in.hash(),
        in.hash(),
        in.hash(),
        in.integer(),
        in.integer(),
        in.integer() - 1,
        new String(in.bytes(), StandardCharsets.UTF_8));
  }

  private static Entry read(byte[] key, byte[] value) {
    try {
      return decode(ByteBuffer.wrap(key).getLong(), value);
    } catch (DecodeException e) {
      throw new StorageException("a record of the derivation log is damaged", e);
    }
  }

  private static byte[] key(long batchIndex) {
    return ByteBuffer.allocate(8).putLong(batchIndex).array();
  }
}
