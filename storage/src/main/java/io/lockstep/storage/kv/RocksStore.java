// SPDX-License-Identifier: Apache-2.0
package io.lockstep.storage.kv;

import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * A {@link KeyValueStore} on RocksDB: one column family per column, LZ4, one block cache, the
 * write-ahead log always on, every block's checksum verified when it is read, and the {@link
 * ValueSeal} of every value. Any thread; closing waits for the reads that run, and what comes after
 * it is an {@link IllegalStateException} rather than a crash of native code.
 *
 * <p>After a failed commit every further one is refused: what is on the disk is then only known
 * after a new start.
 */
public final class RocksStore implements KeyValueStore {
  private final Path dir;
  private final RocksDB db;
  private final Map<Column, ColumnFamilyHandle> handles;
  private final Deque<AutoCloseable> natives;
  private final ReadOptions readOptions = new ReadOptions().setVerifyChecksums(true);
  private final WriteOptions unsynced = new WriteOptions().setSync(false);
  private final WriteOptions synced = new WriteOptions().setSync(true);
  private final Set<RocksSnapshot> snapshots = ConcurrentHashMap.newKeySet();

  // Held shared while native code works on the database, exclusively to close it.
  private final ReentrantReadWriteLock lifetime = new ReentrantReadWriteLock();
  private boolean closed;
  private volatile @Nullable RocksDBException failure;

  private RocksStore(Path dir, RocksOpening.Opened opened) {
    this.dir = dir;
    this.db = opened.db();
    this.handles = opened.handles();
    this.natives = opened.natives();
  }

  /**
   * Opens or makes the store in {@code dir} and makes the columns it lacks.
   *
   * @throws StorageException when another process uses the directory, when a newer or a much older
   *     program wrote it, or when it is damaged
   */
  public static RocksStore open(Path dir, Collection<Column> columns) {
    return open(dir, columns, RocksSettings.DEFAULT);
  }

  /** As {@link #open(Path, Collection)} with other bounds of memory and files. */
  public static RocksStore open(Path dir, Collection<Column> columns, RocksSettings settings) {
    for (Column column : columns) {
      if (column.name().equals("default")) {
        throw new IllegalArgumentException("the column name default is the store's own");
      }
    }
    return new RocksStore(dir, RocksOpening.open(dir, columns, settings));
  }

  @Override
  public byte @Nullable [] get(Column column, byte[] key) {
    return get(column, key, readOptions);
  }

  private byte @Nullable [] get(Column column, byte[] key, ReadOptions options) {
    Lock open = enter();
    try {
      byte[] sealed = db.get(requireColumn(column), options, key);
      return sealed == null ? null : unsealed(column, key, sealed);
    } catch (RocksDBException e) {
      throw failed("reading from " + column.name(), e);
    } finally {
      open.unlock();
    }
  }

  @Override
  public List<byte @Nullable []> getAll(Column column, List<byte[]> keys) {
    if (keys.isEmpty()) {
      return List.of();
    }
    Lock open = enter();
    try {
      List<ColumnFamilyHandle> same = Collections.nCopies(keys.size(), requireColumn(column));
      List<byte @Nullable []> values = db.multiGetAsList(readOptions, same, keys);
      for (int i = 0; i < values.size(); i++) {
        byte[] sealed = values.get(i);
        // Here RocksDB's binding tells of what cannot be read as of what is not there.
        values.set(
            i, sealed == null ? get(column, keys.get(i)) : unsealed(column, keys.get(i), sealed));
      }
      return values;
    } catch (RocksDBException e) {
      throw failed("reading from " + column.name(), e);
    } finally {
      open.unlock();
    }
  }

  @Override
  public Batch newBatch() {
    return new RocksBatch(this);
  }

  @Override
  public void commit(Batch batch, Durability durability) {
    if (!(batch instanceof RocksBatch ours) || !ours.spend(this)) {
      throw new IllegalArgumentException("a batch is committed once, to the store it came from");
    }
    Lock open = enter();
    try (WriteBatch out = new WriteBatch(ours.reservedBytes())) {
      RocksDBException earlier = failure;
      if (earlier != null) {
        throw failed("refusing to write: an earlier write", earlier);
      }
      ours.writeTo(out, this::requireColumn);
      db.write(durability == Durability.FSYNC ? synced : unsynced, out);
    } catch (RocksDBException e) {
      failure = e;
      throw failed("writing", e);
    } finally {
      open.unlock();
    }
  }

  @Override
  public void sync() {
    Lock open = enter();
    try {
      RocksDBException earlier = failure;
      if (earlier != null) {
        throw failed("refusing to sync: an earlier write", earlier);
      }
      // Syncs every log that is not synced yet and their directory. A commit has left the process
      // for the log when it returns (manual_wal_flush is off, the WAL is never disabled), and what
      // a flush has moved out of a log lies in a table that was synced when it was made.
      db.syncWal();
    } catch (RocksDBException e) {
      failure = e;
      throw failed("syncing", e);
    } finally {
      open.unlock();
    }
  }

  @Override
  public void scan(Column column, byte[] from, Visitor visitor) {
    iterate(column, from, visitor, true);
  }

  @Override
  public void scanDown(Column column, byte[] from, Visitor visitor) {
    iterate(column, from, visitor, false);
  }

  private void iterate(Column column, byte[] from, Visitor visitor, boolean up) {
    Lock open = enter();
    try (RocksIterator entries = db.newIterator(requireColumn(column), readOptions)) {
      if (up) {
        entries.seek(from);
      } else {
        entries.seekForPrev(from);
      }
      while (entries.isValid() && visit(column, entries, visitor)) {
        if (up) {
          entries.next();
        } else {
          entries.prev();
        }
      }
      // An iterator ends at damage as it does at the end: only the status tells them apart.
      entries.status();
    } catch (RocksDBException e) {
      throw failed("scanning " + column.name(), e);
    } finally {
      open.unlock();
    }
  }

  private boolean visit(Column column, RocksIterator entries, Visitor visitor) {
    byte[] key = entries.key();
    return visitor.visit(key, unsealed(column, key, entries.value()));
  }

  private byte[] unsealed(Column column, byte[] key, byte[] sealed) {
    byte[] value = ValueSeal.open(column, key, sealed);
    if (value == null) {
      throw new StorageException(
          "store %s is damaged: the value of key 0x%s in column %s fails its checksum"
              .formatted(dir, HexFormat.of().formatHex(key), column.name()));
    }
    return value;
  }

  @Override
  public Snapshot snapshot() {
    Lock open = enter();
    try {
      return new RocksSnapshot();
    } finally {
      open.unlock();
    }
  }

  /** What the store takes now: a few counters, cheap to ask. */
  public RocksUsage usage() {
    Lock open = enter();
    try {
      // One cache serves all columns, so any of them tells of it.
      return new RocksUsage(
          db.getLongProperty("rocksdb.block-cache-usage"),
          db.getAggregatedLongProperty("rocksdb.cur-size-all-mem-tables"),
          db.getAggregatedLongProperty("rocksdb.estimate-table-readers-mem"),
          db.getAggregatedLongProperty("rocksdb.total-sst-files-size"));
    } catch (RocksDBException e) {
      throw failed("asking for its usage", e);
    } finally {
      open.unlock();
    }
  }

  /** The directory of the store. */
  public Path dir() {
    return dir;
  }

  @Override
  public void close() {
    Lock exclusive = lifetime.writeLock();
    exclusive.lock();
    try {
      if (closed) {
        return;
      }
      closed = true;
      snapshots.forEach(RocksSnapshot::release);
      StorageException failed = null;
      for (AutoCloseable each : natives) {
        try {
          each.close();
        } catch (Exception e) {
          failed = failed == null ? new StorageException("closing the store " + dir, e) : failed;
        }
      }
      readOptions.close();
      unsynced.close();
      synced.close();
      if (failed != null) {
        throw failed;
      }
    } finally {
      exclusive.unlock();
    }
  }

  ColumnFamilyHandle requireColumn(Column column) {
    ColumnFamilyHandle handle = handles.get(column);
    if (handle == null) {
      throw new IllegalArgumentException(
          "the store " + dir + " was opened without the column " + column.name());
    }
    return handle;
  }

  private Lock enter() {
    Lock shared = lifetime.readLock();
    shared.lock();
    if (closed) {
      shared.unlock();
      throw new IllegalStateException("the store " + dir + " is closed");
    }
    return shared;
  }

  private StorageException failed(String doing, RocksDBException e) {
    return new StorageException("store " + dir + ": " + doing + " failed: " + e.getMessage(), e);
  }

  private final class RocksSnapshot implements Snapshot {
    private final org.rocksdb.Snapshot view = db.getSnapshot();
    private final ReadOptions options =
        new ReadOptions().setVerifyChecksums(true).setSnapshot(view);
    // Held shared while a read uses the options, exclusively to free them; always inside lifetime.
    private final ReentrantReadWriteLock use = new ReentrantReadWriteLock();

    private RocksSnapshot() {
      snapshots.add(this);
    }

    @Override
    public byte @Nullable [] get(Column column, byte[] key) {
      Lock open = enter();
      use.readLock().lock();
      try {
        if (!snapshots.contains(this)) {
          throw new IllegalStateException("the snapshot is closed");
        }
        return RocksStore.this.get(column, key, options);
      } finally {
        use.readLock().unlock();
        open.unlock();
      }
    }

    @Override
    public void close() {
      Lock shared = lifetime.readLock();
      shared.lock();
      use.writeLock().lock();
      try {
        release();
      } finally {
        use.writeLock().unlock();
        shared.unlock();
      }
    }

    /** Does nothing the second time; closing the store has done it for all. */
    private void release() {
      if (snapshots.remove(this)) {
        options.close();
        db.releaseSnapshot(view);
        view.close();
      }
    }
  }
}
