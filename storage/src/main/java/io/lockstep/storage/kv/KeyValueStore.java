// SPDX-License-Identifier: Apache-2.0
package io.lockstep.storage.kv;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An ordered key-value store of named columns with atomic batches. Reads from any thread; a batch
 * belongs to one thread until it is committed. A failing disk is a {@link StorageException}:
 * nothing is half written.
 */
public interface KeyValueStore extends AutoCloseable {
  /** How far a commit has gone when {@link #commit} returns. */
  enum Durability {
    /** In the operating system's hands: survives kill -9 of the process, not loss of power. */
    PROCESS,
    /** On the disk. */
    FSYNC
  }

  byte @Nullable [] get(Column column, byte[] key);

  /** The values of many keys, in their order; keys that rise let the store read less. */
  default List<byte @Nullable []> getAll(Column column, List<byte[]> keys) {
    List<byte @Nullable []> values = new ArrayList<>(keys.size());
    keys.forEach(key -> values.add(get(column, key)));
    return values;
  }

  /** Starts an empty batch. */
  Batch newBatch();

  /** Applies {@code batch} as a whole or not at all; the batch is spent. */
  void commit(Batch batch, Durability durability);

  /**
   * Puts every commit that returned before this call on the disk; beside commits, from any thread.
   *
   * @throws StorageException when that fails: nothing is known to be on the disk then, and no
   *     further commit is taken
   */
  void sync();

  /** Visits entries in key order from {@code from} (inclusive) until the visitor answers false. */
  void scan(Column column, byte[] from, Visitor visitor);

  /**
   * Visits entries in falling key order from {@code from} (inclusive) until the visitor answers
   * false.
   */
  void scanDown(Column column, byte[] from, Visitor visitor);

  /** An unchanging view of the store as it is now; close it soon, it holds back compaction. */
  Snapshot snapshot();

  @Override
  void close();

  /** Writes that take effect together. */
  interface Batch {
    Batch put(Column column, byte[] key, byte[] value);

    Batch delete(Column column, byte[] key);

    /** Deletes every key from {@code from} (inclusive) to {@code to} (exclusive). */
    Batch deleteRange(Column column, byte[] from, byte[] to);
  }

  /** Receives entries of a scan; true goes on. */
  @FunctionalInterface
  interface Visitor {
    boolean visit(byte[] key, byte[] value);
  }

  /** Reads at one point in time. */
  interface Snapshot extends AutoCloseable {
    byte @Nullable [] get(Column column, byte[] key);

    @Override
    void close();
  }
}
