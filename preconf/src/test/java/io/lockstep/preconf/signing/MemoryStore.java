// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.signing;

import io.lockstep.storage.kv.Column;
import io.lockstep.storage.kv.KeyValueStore;
import io.lockstep.storage.kv.StorageException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A store whose power can be cut: it knows which commits were synced and forgets, when asked, some
 * or all of the others. Its sync and its writes can be made to fail.
 */
final class MemoryStore implements KeyValueStore {
  /** One write of a batch; {@code second} is the value of a put, the end of a range, or null. */
  private record Op(char kind, Column column, byte[] first, byte @Nullable [] second) {}

  private final Map<Column, NavigableMap<byte[], byte[]>> current = new HashMap<>();
  private final Map<Column, NavigableMap<byte[], byte[]>> onDisk = new HashMap<>();
  private final List<List<Op>> unsynced = new ArrayList<>();
  private int syncs;
  private boolean failing;

  /** What survives a loss of power: all that was synced, and some commits after that in order. */
  MemoryStore afterPowerLoss(Random random) {
    MemoryStore out = new MemoryStore();
    copy(onDisk, out.onDisk);
    copy(onDisk, out.current);
    int kept = random.nextInt(unsynced.size() + 1);
    for (List<Op> ops : unsynced.subList(0, kept)) {
      ops.forEach(op -> apply(op, out.current));
      ops.forEach(op -> apply(op, out.onDisk));
    }
    return out;
  }

  /** A backup of what can be read now. */
  MemoryStore copy() {
    MemoryStore out = new MemoryStore();
    copy(current, out.current);
    copy(current, out.onDisk);
    return out;
  }

  int syncs() {
    return syncs;
  }

  int size(Column column) {
    return column(current, column).size();
  }

  /** Every further write and sync fails. */
  void breakDisk() {
    failing = true;
  }

  @Override
  public byte @Nullable [] get(Column column, byte[] key) {
    return column(current, column).get(key);
  }

  @Override
  public Batch newBatch() {
    return new MemoryBatch();
  }

  @Override
  public void commit(Batch batch, Durability durability) {
    requireDisk();
    List<Op> ops = ((MemoryBatch) batch).ops;
    ops.forEach(op -> apply(op, current));
    unsynced.add(ops);
    if (durability == Durability.FSYNC) {
      flush();
    }
  }

  @Override
  public void sync() {
    requireDisk();
    syncs++;
    flush();
  }

  private void flush() {
    unsynced.forEach(ops -> ops.forEach(op -> apply(op, onDisk)));
    unsynced.clear();
  }

  private void requireDisk() {
    if (failing) {
      throw new StorageException("the disk is broken");
    }
  }

  @Override
  public void scan(Column column, byte[] from, Visitor visitor) {
    visit(column(current, column).tailMap(from, true), visitor);
  }

  @Override
  public void scanDown(Column column, byte[] from, Visitor visitor) {
    visit(column(current, column).headMap(from, true).descendingMap(), visitor);
  }

  private static void visit(NavigableMap<byte[], byte[]> entries, Visitor visitor) {
    for (Map.Entry<byte[], byte[]> entry : List.copyOf(entries.entrySet())) {
      if (!visitor.visit(entry.getKey(), entry.getValue())) {
        return;
      }
    }
  }

  @Override
  public Snapshot snapshot() {
    throw new UnsupportedOperationException("nothing here takes snapshots");
  }

  @Override
  public void close() {}

  private static void copy(
      Map<Column, NavigableMap<byte[], byte[]>> from,
      Map<Column, NavigableMap<byte[], byte[]>> to) {
    from.forEach((column, entries) -> column(to, column).putAll(entries));
  }

  private static NavigableMap<byte[], byte[]> column(
      Map<Column, NavigableMap<byte[], byte[]>> columns, Column column) {
    return columns.computeIfAbsent(column, _ -> new TreeMap<>(Arrays::compareUnsigned));
  }

  private static void apply(Op op, Map<Column, NavigableMap<byte[], byte[]>> columns) {
    NavigableMap<byte[], byte[]> entries = column(columns, op.column);
    byte[] second = op.second;
    if (second == null) {
      entries.remove(op.first);
    } else if (op.kind == 'r') {
      entries.subMap(op.first, true, second, false).clear();
    } else {
      entries.put(op.first, second);
    }
  }

  private static final class MemoryBatch implements Batch {
    private final List<Op> ops = new ArrayList<>();

    @Override
    public Batch put(Column column, byte[] key, byte[] value) {
      ops.add(new Op('p', column, key, value));
      return this;
    }

    @Override
    public Batch delete(Column column, byte[] key) {
      ops.add(new Op('d', column, key, null));
      return this;
    }

    @Override
    public Batch deleteRange(Column column, byte[] from, byte[] to) {
      ops.add(new Op('r', column, from, to));
      return this;
    }
  }
}
