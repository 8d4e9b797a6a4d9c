// SPDX-License-Identifier: Apache-2.0
package io.lockstep.storage.kv;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/**
 * A batch kept in Java until it is committed, so that one that never is leaks no native memory. It
 * keeps the arrays it is given: they must not change before the commit. One thread.
 */
final class RocksBatch implements KeyValueStore.Batch {
  private enum Kind {
    PUT,
    DELETE,
    DELETE_RANGE
  }

  /** {@code second} is the value of a put and the end of a range. */
  private record Entry(Kind kind, Column column, byte[] first, byte @Nullable [] second) {}

  /** The head of RocksDB's form of a batch, and of an entry at most, with the value's seal. */
  private static final int BATCH_BYTES = 12;

  private static final int ENTRY_BYTES = 1 + 3 * 5 + ValueSeal.LENGTH_BYTES;

  private final RocksStore owner;
  private final List<Entry> entries = new ArrayList<>();
  private boolean spent;

  RocksBatch(RocksStore owner) {
    this.owner = owner;
  }

  @Override
  public RocksBatch put(Column column, byte[] key, byte[] value) {
    return add(new Entry(Kind.PUT, column, key, value));
  }

  @Override
  public RocksBatch delete(Column column, byte[] key) {
    return add(new Entry(Kind.DELETE, column, key, null));
  }

  @Override
  public RocksBatch deleteRange(Column column, byte[] from, byte[] to) {
    return add(new Entry(Kind.DELETE_RANGE, column, from, to));
  }

  private RocksBatch add(Entry entry) {
    if (spent) {
      throw new IllegalStateException("the batch is committed already");
    }
    if (entries.isEmpty() || !entries.getLast().column.equals(entry.column)) {
      owner.requireColumn(entry.column);
    }
    entries.add(entry);
    return this;
  }

  /** Marks the batch spent; true when it belongs to {@code store} and was not spent before. */
  boolean spend(RocksStore store) {
    boolean fresh = !spent && owner == store;
    spent = true;
    return fresh;
  }

  /** What a native batch of this one takes, so that it need not grow in steps; a little more. */
  int reservedBytes() {
    long bytes = BATCH_BYTES;
    for (Entry entry : entries) {
      int second = entry.second == null ? 0 : entry.second.length;
      bytes += ENTRY_BYTES + entry.first.length + second;
    }
    return (int) Math.min(bytes, Integer.MAX_VALUE);
  }

  void writeTo(WriteBatch target, Function<Column, ColumnFamilyHandle> handles)
      throws RocksDBException {
    Column column = null;
    ColumnFamilyHandle handle = null;
    for (Entry entry : entries) {
      // Most entries lie in the column of the one before.
      if (handle == null || !entry.column.equals(column)) {
        column = entry.column;
        handle = handles.apply(column);
      }
      switch (entry.kind) {
        case PUT ->
            target.put(
                handle, entry.first, ValueSeal.seal(entry.column, entry.first, second(entry)));
        case DELETE -> target.delete(handle, entry.first);
        case DELETE_RANGE -> target.deleteRange(handle, entry.first, second(entry));
      }
    }
  }

  private static byte[] second(Entry entry) {
    if (entry.second == null) {
      throw new IllegalStateException(entry.kind + " without its second part");
    }
    return entry.second;
  }
}
