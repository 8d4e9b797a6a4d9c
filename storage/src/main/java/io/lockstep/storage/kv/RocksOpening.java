// SPDX-License-Identifier: Apache-2.0
package io.lockstep.storage.kv;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.DataBlockIndexType;
import org.rocksdb.IndexType;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WALRecoveryMode;
import org.rocksdb.WriteOptions;

/**
 * Opens a RocksDB directory: options, schema version, columns. Holds the native objects in the
 * order in which they were made, to be closed in the reverse one. One thread.
 */
final class RocksOpening {
  /** The form of everything this program writes; it reads the two before too. */
  static final int SCHEMA_VERSION = 4;

  /** Stores of older forms are refused. */
  static final int OLDEST_SCHEMA_VERSION = 2;

  static final byte[] SCHEMA_VERSION_KEY = "schema-version".getBytes(StandardCharsets.US_ASCII);

  private static final int CACHE_SHARD_BITS = 4;

  /** Of the cache, for parts of indices and filters. */
  private static final double HIGH_PRIORITY_SHARE = 0.5;

  private final Path dir;
  private final RocksSettings settings;
  private final Deque<AutoCloseable> natives = new ArrayDeque<>();
  private final Map<Column, ColumnFamilyHandle> handles = new LinkedHashMap<>();

  private RocksOpening(Path dir, RocksSettings settings) {
    this.dir = dir;
    this.settings = settings;
  }

  /** What an open store consists of; {@code natives} are closed first to last. */
  record Opened(
      RocksDB db, Map<Column, ColumnFamilyHandle> handles, Deque<AutoCloseable> natives) {}

  static Opened open(Path dir, Collection<Column> columns, RocksSettings settings) {
    RocksLibrary.load();
    RocksOpening opening = new RocksOpening(dir, settings);
    try {
      Files.createDirectories(dir);
      return opening.open(columns);
    } catch (IOException e) {
      throw opening.abandon(new StorageException("cannot create the directory " + dir, e));
    } catch (RocksDBException e) {
      throw opening.abandon(opening.explain(e));
    } catch (RuntimeException e) {
      throw opening.abandon(e);
    }
  }

  private Opened open(Collection<Column> columns) throws RocksDBException, IOException {
    ColumnFamilyOptions columnOptions = columnOptions();
    List<ColumnFamilyDescriptor> existing = new ArrayList<>();
    for (byte[] name : existingColumns()) {
      existing.add(new ColumnFamilyDescriptor(name, columnOptions));
    }
    boolean fresh = existing.isEmpty();
    if (fresh) {
      existing.add(new ColumnFamilyDescriptor(RocksDB.DEFAULT_COLUMN_FAMILY, columnOptions));
    }

    WalCheck.check(dir);
    List<ColumnFamilyHandle> opened = new ArrayList<>();
    RocksDB db = RocksDB.open(dbOptions(fresh), dir.toString(), existing, opened);
    natives.push(db::closeE);
    ColumnFamilyHandle defaultHandle = opened.getFirst();
    for (int i = 0; i < opened.size(); i++) {
      ColumnFamilyHandle handle = opened.get(i);
      natives.push(handle);
      byte[] name = existing.get(i).getName();
      if (Arrays.equals(name, RocksDB.DEFAULT_COLUMN_FAMILY)) {
        defaultHandle = handle;
      } else {
        handles.put(new Column(new String(name, StandardCharsets.US_ASCII)), handle);
      }
    }

    // The version is on disk before the first column is: a store without it is not ours.
    checkVersion(db, defaultHandle);
    for (Column column : columns) {
      if (!handles.containsKey(column)) {
        ColumnFamilyHandle handle =
            db.createColumnFamily(
                new ColumnFamilyDescriptor(
                    column.name().getBytes(StandardCharsets.US_ASCII), columnOptions));
        natives.push(handle);
        handles.put(column, handle);
      }
    }
    return new Opened(db, Map.copyOf(handles), natives);
  }

  /** The names of the column families on disk; empty when there is no database yet. */
  private List<byte[]> existingColumns() throws RocksDBException, IOException {
    if (!Files.exists(dir.resolve("CURRENT"))) {
      // RocksDB would make a new database here and delete the tables of the damaged one.
      try (Stream<Path> files = Files.list(dir)) {
        if (files.anyMatch(file -> file.toString().endsWith(".sst"))) {
          throw new StorageException(
              "store " + dir + " is damaged: it has tables but its file CURRENT is missing");
        }
      }
      return List.of();
    }
    try (Options options = new Options()) {
      return RocksDB.listColumnFamilies(options, dir.toString());
    }
  }

  private void checkVersion(RocksDB db, ColumnFamilyHandle defaultHandle) throws RocksDBException {
    byte[] stored = db.get(defaultHandle, SCHEMA_VERSION_KEY);
    if (stored == null) {
      if (!handles.isEmpty()) {
        throw new StorageException(
            "store " + dir + " has no schema version: it was not made by this program");
      }
      writeVersion(db, defaultHandle);
      return;
    }
    String text = new String(stored, StandardCharsets.US_ASCII);
    if (!text.matches("[1-9][0-9]{0,8}")) {
      throw new StorageException("store " + dir + " has a damaged schema version: " + text);
    }
    int version = Integer.parseInt(text);
    if (version > SCHEMA_VERSION) {
      throw new StorageException(
          "store "
              + dir
              + " has schema version "
              + version
              + ", this program knows up to "
              + SCHEMA_VERSION
              + ": it was written by a newer program");
    }
    if (version < OLDEST_SCHEMA_VERSION) {
      throw new StorageException(
          ("store %s has schema version %d, this program reads from %d on: it was written by an older program."
                  + " Move it away and let the node derive its chains from L1 anew, or import a"
                  + " snapshot; a signing database is taken over with keys export-signing-db of the"
                  + " older program and keys import-signing-db of this one")
              .formatted(dir, version, OLDEST_SCHEMA_VERSION));
    }
    if (version < SCHEMA_VERSION) {
      writeVersion(db, defaultHandle);
    }
  }

  private static void writeVersion(RocksDB db, ColumnFamilyHandle defaultHandle)
      throws RocksDBException {
    try (WriteOptions synced = new WriteOptions().setSync(true)) {
      byte[] version = Integer.toString(SCHEMA_VERSION).getBytes(StandardCharsets.US_ASCII);
      db.put(defaultHandle, synced, SCHEMA_VERSION_KEY, version);
    }
  }

  private DBOptions dbOptions(boolean fresh) {
    DBOptions options =
        new DBOptions()
            .setCreateIfMissing(fresh)
            .setParanoidChecks(true)
            // A torn last record is what kill -9 leaves; damage before it must not be skipped,
            // for RocksDB's default would silently forget synced commits after it.
            .setWalRecoveryMode(WALRecoveryMode.TolerateCorruptedTailRecords)
            // A commit reaches the operating system before it returns: kill -9 and a later sync
            // depend on it.
            .setManualWalFlush(false)
            .setMaxTotalWalSize(settings.walTotalBytes())
            .setDbWriteBufferSize(settings.writeBuffersTotalBytes())
            .setMaxOpenFiles(settings.maxOpenFiles())
            .setMaxBackgroundJobs(2)
            .setMaxManifestFileSize(4L << 20)
            .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
            .setMaxLogFileSize(1L << 20)
            .setKeepLogFileNum(2)
            .setStatsDumpPeriodSec(0);
    natives.push(options);
    return options;
  }

  private ColumnFamilyOptions columnOptions() {
    LRUCache cache =
        new LRUCache(settings.blockCacheBytes(), CACHE_SHARD_BITS, false, HIGH_PRIORITY_SHARE);
    natives.push(cache);
    BloomFilter filter = new BloomFilter(10, false);
    natives.push(filter);
    BlockBasedTableConfig table =
        new BlockBasedTableConfig()
            .setBlockCache(cache)
            .setBlockSize(4 << 10)
            .setDataBlockIndexType(DataBlockIndexType.kDataBlockBinaryAndHash)
            .setFilterPolicy(filter)
            // Index and filter of a large table have a megabyte; cached whole, a small cache would
            // read one anew with nearly every look-up. In parts, the few that are used stay.
            .setIndexType(IndexType.kTwoLevelIndexSearch)
            .setPartitionFilters(true)
            .setMetadataBlockSize(4 << 10)
            .setPinTopLevelIndexAndFilter(true)
            .setCacheIndexAndFilterBlocks(true)
            .setCacheIndexAndFilterBlocksWithHighPriority(true)
            .setPinL0FilterAndIndexBlocksInCache(true);
    ColumnFamilyOptions options =
        new ColumnFamilyOptions()
            .setTableFormatConfig(table)
            .setCompressionType(CompressionType.LZ4_COMPRESSION)
            .setWriteBufferSize(settings.writeBufferBytes())
            .setMaxWriteBufferNumber(2);
    natives.push(options);
    return options;
  }

  private StorageException explain(RocksDBException e) {
    String message = String.valueOf(e.getMessage());
    // "While lock file: …/LOCK: Resource temporarily unavailable", or, within one process,
    // "lock hold by current process".
    if (message.contains("lock file") || message.contains("lock hold by current process")) {
      return new StorageException(
          "store " + dir + " is in use by another process (or twice by this one)", e);
    }
    return new StorageException("cannot open the store " + dir + ": " + message, e);
  }

  /** Closes what was opened so far and passes the cause on. */
  private RuntimeException abandon(RuntimeException cause) {
    for (AutoCloseable each : natives) {
      try {
        each.close();
      } catch (Exception closing) {
        cause.addSuppressed(closing);
      }
    }
    return cause;
  }
}
