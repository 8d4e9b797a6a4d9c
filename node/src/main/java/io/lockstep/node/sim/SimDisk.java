// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.sim;

import io.lockstep.storage.kv.Column;
import io.lockstep.storage.kv.KeyValueStore;
import io.lockstep.storage.kv.StorageException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Map.Entry;
import java.util.NavigableMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A disk in memory. What was committed survives the end of a process; loss of power takes some of
 * the newest commits that nothing has synced since, whole commits and newest first, as a
 * write-ahead log loses its tail. One thread.
 */
final class SimDisk {
  private record Undo(Column column, byte[] key, byte @Nullable [] before) {}

  private final Map<String, NavigableMap<byte[], byte[]>> columns = new HashMap<>();
  private final Deque<List<Undo>> unsynced = new ArrayDeque<>();
  private @Nullable Handle open;
  private long commits;

  /** A copy as of now, with nothing left to lose: a backup. */
  SimDisk copy() {
    SimDisk copy = new SimDisk();
    columns.forEach((name, column) -> copy.columns.put(name, new TreeMap<>(column)));
    return copy;
  }

  /** Opens it for a process; the handle of the one before is dead. */
  KeyValueStore open() {
    Handle handle = new Handle();
    open = handle;
    return handle;
  }

  /** The process has ended, however. */
  void processEnded() {
    open = null;
  }

  /** Takes away some of what was not synced; returns how many commits were lost. */
  int losePower(SplittableRandom random) {
    open = null;
    int lost = random.nextBoolean() ? unsynced.size() : random.nextInt(unsynced.size() + 1);
    for (int i = 0; i < lost; i++) {
      for (Undo undo : unsynced.removeLast().reversed()) {
        put(column(undo.column), undo.key, undo.before);
      }
    }
    unsynced.clear();
    return lost;
  }

  /** Whether a loss of power could take a record that holds these bytes. */
  boolean isUnsynced(byte[] content) {
    for (List<Undo> commit : unsynced) {
      for (Undo undo : commit) {
        byte[] value = column(undo.column).get(undo.key);
        if (value != null && contains(value, content)) {
          return true;
        }
      }
    }
    return false;
  }

  private static boolean contains(byte[] value, byte[] content) {
    for (int at = 0; at + content.length <= value.length; at++) {
      if (Arrays.equals(value, at, at + content.length, content, 0, content.length)) {
        return true;
      }
    }
    return false;
  }

  /** All commits so far. */
  long commits() {
    return commits;
  }

  private NavigableMap<byte[], byte[]> column(Column column) {
    return columns.computeIfAbsent(column.name(), name -> new TreeMap<>(Arrays::compareUnsigned));
  }

  private static byte @Nullable [] put(
      Map<byte[], byte[]> column, byte[] key, byte @Nullable [] value) {
    return value == null ? column.remove(key) : column.put(key, value);
  }

  private sealed interface Write {
    record Put(Column column, byte[] key, byte @Nullable [] value) implements Write {}

    record DeleteRange(Column column, byte[] from, byte[] to) implements Write {}
  }

  private static final class MemoryBatch implements KeyValueStore.Batch {
    private final List<Write> writes = new ArrayList<>();

    @Override
    public KeyValueStore.Batch put(Column column, byte[] key, byte[] value) {
      writes.add(new Write.Put(column, key.clone(), value.clone()));
      return this;
    }

    @Override
    public KeyValueStore.Batch delete(Column column, byte[] key) {
      writes.add(new Write.Put(column, key.clone(), null));
      return this;
    }

    @Override
    public KeyValueStore.Batch deleteRange(Column column, byte[] from, byte[] to) {
      writes.add(new Write.DeleteRange(column, from.clone(), to.clone()));
      return this;
    }
  }

  private final class Handle implements KeyValueStore {
    private void checkOpen() {
      if (open != this) {
        throw new StorageException("the process that opened this store is gone");
      }
    }

    @Override
    public byte @Nullable [] get(Column column, byte[] key) {
      checkOpen();
      byte[] value = column(column).get(key);
      return value == null ? null : value.clone();
    }

    @Override
    public Batch newBatch() {
      return new MemoryBatch();
    }

    @Override
    public void commit(Batch batch, Durability durability) {
      checkOpen();
      List<Undo> undo = new ArrayList<>();
      for (Write write : ((MemoryBatch) batch).writes) {
        switch (write) {
          case Write.Put(Column column, byte[] key, byte[] value) ->
              undo.add(new Undo(column, key, put(column(column), key, value)));
          case Write.DeleteRange(Column column, byte[] from, byte[] to) -> {
            if (Arrays.compareUnsigned(from, to) < 0) {
              var range = column(column).subMap(from, to);
              range.forEach((key, value) -> undo.add(new Undo(column, key, value)));
              range.clear();
            }
          }
        }
      }
      commits++;
      if (durability == Durability.FSYNC) {
        unsynced.clear();
      } else {
        unsynced.addLast(undo);
      }
    }

    @Override
    public void sync() {
      checkOpen();
      unsynced.clear();
    }

    @Override
    public void scan(Column column, byte[] from, Visitor visitor) {
      checkOpen();
      visit(column(column).tailMap(from, true), visitor);
    }

    @Override
    public void scanDown(Column column, byte[] from, Visitor visitor) {
      checkOpen();
      visit(column(column).headMap(from, true).descendingMap(), visitor);
    }

    private void visit(Map<byte[], byte[]> entries, Visitor visitor) {
      for (Entry<byte[], byte[]> entry : entries.entrySet()) {
        if (!visitor.visit(entry.getKey().clone(), entry.getValue().clone())) {
          return;
        }
      }
    }

    @Override
    public Snapshot snapshot() {
      checkOpen();
      SimDisk then = copy();
      return new Snapshot() {
        @Override
        public byte @Nullable [] get(Column column, byte[] key) {
          byte[] value = then.column(column).get(key);
          return value == null ? null : value.clone();
        }

        @Override
        public void close() {}
      };
    }

    @Override
    public void close() {
      if (open == this) {
        open = null;
      }
    }
  }
}
