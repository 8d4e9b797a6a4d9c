// SPDX-License-Identifier: Apache-2.0
package io.lockstep.storage.kv;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.storage.kv.KeyValueStore.Durability;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.rocksdb.FlushOptions;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;

/** What a store does not open, and damage that it does not pass on. */
class RocksStoreRefusalTest {
  private static final Column A = new Column("a");
  private static final byte[] VALUE = "v".repeat(200).getBytes(US_ASCII);

  @TempDir Path dir;

  @Test
  void refusesADirectoryThatIsOpenInThisProcess() {
    try (RocksStore store = RocksStore.open(dir, List.of(A))) {
      assertThatThrownBy(() -> RocksStore.open(dir, List.of(A)))
          .isInstanceOf(StorageException.class)
          .hasMessageContaining(dir.toString())
          .hasMessageContaining("in use");
      assertThat(store.get(A, new byte[1])).isNull();
    }
  }

  @Test
  void refusesADirectoryThatAnotherProcessHasOpen() throws Exception {
    try (BatchWriterProcess child = BatchWriterProcess.start(dir, 1)) {
      child.awaitCommits(1);

      assertThatThrownBy(() -> RocksStore.open(dir, List.of(A)))
          .isInstanceOf(StorageException.class)
          .hasMessageContaining(dir.toString())
          .hasMessageContaining("in use by another process");
    }
  }

  @Test
  void refusesANewerSchemaVersionByNameAndLeavesTheStoreAsItWas() throws Exception {
    RocksStore.open(dir, List.of(A)).close();
    setVersion("7");

    assertThatThrownBy(() -> RocksStore.open(dir, List.of(A, new Column("new"))))
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("schema version 7")
        .hasMessageContaining("up to 4");

    setVersion("4");
    try (RocksStore store = RocksStore.open(dir, List.of(A))) {
      assertThatThrownBy(() -> store.get(new Column("new"), new byte[1]))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"2", "3"})
  void takesOverAStoreOfAnEarlierSchemaVersion(String earlier) throws Exception {
    RocksStore.open(dir, List.of(A)).close();
    setVersion(earlier);
    RocksStore.open(dir, List.of(A)).close();

    setVersion("9");
    assertThatThrownBy(() -> RocksStore.open(dir, List.of(A))).hasMessageContaining("up to 4");
    setVersion(earlier);
    try (RocksStore store = RocksStore.open(dir, List.of(A))) {
      assertThat(store.get(A, new byte[] {1})).isNull();
    }
  }

  @Test
  void refusesAnOlderSchemaVersionAndSaysWhatToDo() throws Exception {
    RocksStore.open(dir, List.of(A)).close();
    setVersion("1");

    assertThatThrownBy(() -> RocksStore.open(dir, List.of(A)))
        .isInstanceOf(StorageException.class)
        .hasMessageContaining(dir.toString())
        .hasMessageContaining("schema version 1")
        .hasMessageContaining("import a snapshot");
  }

  @Test
  void refusesADatabaseOfAnotherProgramAndADamagedVersion() throws Exception {
    RocksStore.open(dir, List.of(A)).close();
    setVersion(null);
    assertThatThrownBy(() -> RocksStore.open(dir, List.of(A)))
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("not made by this program");

    setVersion("x1");
    assertThatThrownBy(() -> RocksStore.open(dir, List.of(A)))
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("damaged schema version: x1");
  }

  @Test
  void refusesAPathThatIsAFile() throws IOException {
    Path file = Files.writeString(dir.resolve("file"), "x");

    assertThatThrownBy(() -> RocksStore.open(file, List.of(A)))
        .isInstanceOf(StorageException.class)
        .hasMessageContaining(file.toString());
  }

  @Test
  void doesNotMakeANewDatabaseOverADamagedOne() throws Exception {
    fillAndFlush();
    Files.delete(dir.resolve("CURRENT"));

    assertThatThrownBy(() -> RocksStore.open(dir, List.of(A)))
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("CURRENT is missing");
    assertThat(files(".sst")).isNotEmpty();
  }

  @Test
  void aFlippedByteInATableIsAnErrorAndNeverAValue() throws Exception {
    fillAndFlush();
    List<Path> tables = files(".sst");
    assertThat(tables).isNotEmpty();
    int refused = 0;
    for (Path table : tables) {
      byte[] good = Files.readAllBytes(table);
      for (int at = 5; at < good.length; at += Math.max(1, good.length / 23)) {
        byte[] bad = good.clone();
        bad[at] ^= 0x10;
        Files.write(table, bad);
        if (!readsAllOrRefuses()) {
          refused++;
        }
      }
      Files.write(table, good);
    }
    assertThat(refused).isGreaterThan(10);
    assertThat(readsAllOrRefuses()).isTrue();
  }

  @Test
  void aFlippedByteInTheLogIsAnErrorAndDoesNotForgetLaterCommits() throws Exception {
    try (RocksStore store = RocksStore.open(dir, List.of(A))) {
      for (int i = 0; i < 50; i++) {
        store.commit(store.newBatch().put(A, new byte[] {(byte) i}, VALUE), Durability.FSYNC);
      }
    }
    Path log = files(".log").getLast();
    byte[] bytes = Files.readAllBytes(log);
    assertThat(bytes.length).isGreaterThan(50 * VALUE.length);
    bytes[bytes.length / 2] ^= 1;
    Files.write(log, bytes);

    assertThatThrownBy(() -> RocksStore.open(dir, List.of(A)))
        .isInstanceOf(StorageException.class)
        .hasMessageContaining(dir.toString());
  }

  @Test
  void noFlippedBitOfTheLogForgetsACommit() throws Exception {
    int commits = 12;
    try (RocksStore store = RocksStore.open(dir, List.of(A))) {
      for (int i = 0; i < commits; i++) {
        store.commit(
            store.newBatch().put(A, new byte[] {(byte) i}, new byte[20]), Durability.FSYNC);
      }
    }
    Path work = dir.resolveSibling(dir.getFileName() + "-flipped");
    Path log = files(".log").getLast();
    byte[] good = Files.readAllBytes(log);
    int refused = 0;
    for (int at = 0; at < good.length; at++) {
      copyTo(work);
      byte[] bad = good.clone();
      bad[at] ^= (byte) (1 << (at % 8));
      Files.write(work.resolve(log.getFileName()), bad);
      try (RocksStore store = RocksStore.open(work, List.of(A))) {
        for (int i = 0; i < commits; i++) {
          assertThat(store.get(A, new byte[] {(byte) i}))
              .as("byte %d, commit %d", at, i)
              .isNotNull();
        }
      } catch (StorageException damaged) {
        refused++;
      }
    }
    assertThat(refused).isEqualTo(good.length);
  }

  @Test
  void aTornTailOfTheLogIsNoDamage() throws Exception {
    try (RocksStore store = RocksStore.open(dir, List.of(A))) {
      for (int i = 0; i < 12; i++) {
        store.commit(
            store.newBatch().put(A, new byte[] {(byte) i}, new byte[20]), Durability.FSYNC);
      }
    }
    Path work = dir.resolveSibling(dir.getFileName() + "-torn");
    Path log = files(".log").getLast();
    byte[] good = Files.readAllBytes(log);
    for (int cut = 1; cut < 60; cut++) {
      copyTo(work);
      Files.write(
          work.resolve(log.getFileName()), java.util.Arrays.copyOf(good, good.length - cut));
      try (RocksStore store = RocksStore.open(work, List.of(A))) {
        assertThat(store.get(A, new byte[] {9})).isNotNull();
        assertThat(store.get(A, new byte[] {11})).isNull();
      }
    }
  }

  @Test
  void aValueChangedPastTheSealIsRefusedByColumnKeyAndDirectory() throws Exception {
    Column other = new Column("b");
    try (RocksStore store = RocksStore.open(dir, List.of(A, other))) {
      store.commit(
          store.newBatch().put(A, new byte[] {1}, VALUE).put(other, new byte[] {2}, VALUE),
          Durability.FSYNC);
    }
    // As a bug below us would: whole and well checksummed for RocksDB.
    byte[] sealed = ValueSeal.seal(A, new byte[] {1}, VALUE);
    byte[] flipped = sealed.clone();
    flipped[3] ^= 1;
    for (byte[] raw : List.of(flipped, new byte[3], ValueSeal.seal(A, new byte[] {7}, VALUE))) {
      putRaw(new byte[] {1}, raw, other);

      try (RocksStore store = RocksStore.open(dir, List.of(A, other))) {
        assertThatThrownBy(() -> store.get(A, new byte[] {1}))
            .isInstanceOf(StorageException.class)
            .hasMessageContaining(dir.toString())
            .hasMessageContaining("key 0x01 in column a fails its checksum");
        assertThatThrownBy(() -> store.getAll(A, List.of(new byte[] {1})))
            .hasMessageContaining("key 0x01 in column a fails its checksum");
        assertThatThrownBy(() -> store.scan(A, new byte[0], (key, value) -> true))
            .isInstanceOf(StorageException.class)
            .hasMessageContaining("column a");
        assertThat(store.get(other, new byte[] {2})).isEqualTo(VALUE);
      }
    }
    putRaw(new byte[] {1}, sealed, other);
    try (RocksStore store = RocksStore.open(dir, List.of(A, other))) {
      assertThat(store.get(A, new byte[] {1})).isEqualTo(VALUE);
    }
  }

  private void copyTo(Path target) throws IOException {
    Files.createDirectories(target);
    try (Stream<Path> old = Files.list(target)) {
      for (Path file : old.toList()) {
        Files.delete(file);
      }
    }
    try (Stream<Path> all = Files.list(dir)) {
      for (Path file : all.toList()) {
        Files.copy(file, target.resolve(file.getFileName()));
      }
    }
  }

  private void putRaw(byte[] key, byte[] value, Column other) throws Exception {
    try (org.rocksdb.DBOptions dbOptions = new org.rocksdb.DBOptions();
        org.rocksdb.ColumnFamilyOptions columnOptions = new org.rocksdb.ColumnFamilyOptions()) {
      List<org.rocksdb.ColumnFamilyHandle> handles = new java.util.ArrayList<>();
      try (RocksDB db =
          RocksDB.open(
              dbOptions,
              dir.toString(),
              List.of(
                  new org.rocksdb.ColumnFamilyDescriptor(
                      RocksDB.DEFAULT_COLUMN_FAMILY, columnOptions),
                  new org.rocksdb.ColumnFamilyDescriptor(
                      A.name().getBytes(US_ASCII), columnOptions),
                  new org.rocksdb.ColumnFamilyDescriptor(
                      other.name().getBytes(US_ASCII), columnOptions)),
              handles)) {
        db.put(handles.get(1), key, value);
        handles.forEach(org.rocksdb.ColumnFamilyHandle::close);
      }
    }
  }

  /** True when all is as it was written, false when damage was reported; fails on a wrong value. */
  private boolean readsAllOrRefuses() {
    try (RocksStore store = RocksStore.open(dir, List.of(A))) {
      for (int i = 0; i < 100; i++) {
        assertThat(store.get(A, new byte[] {(byte) i})).isEqualTo(value(i));
      }
      List<byte[]> keys = IntStream.range(0, 100).mapToObj(i -> new byte[] {(byte) i}).toList();
      List<byte[]> values = store.getAll(A, keys);
      for (int i = 0; i < 100; i++) {
        assertThat(values.get(i)).isEqualTo(value(i));
      }
      int[] seen = {0};
      store.scan(
          A,
          new byte[0],
          (key, value) -> {
            assertThat(value).isEqualTo(value(key[0]));
            seen[0]++;
            return true;
          });
      assertThat(seen[0]).isEqualTo(100);
      return true;
    } catch (StorageException damaged) {
      return false;
    }
  }

  private static byte[] value(int i) {
    byte[] value = VALUE.clone();
    new java.util.Random(i).nextBytes(value);
    return value;
  }

  private void fillAndFlush() throws Exception {
    try (RocksStore store = RocksStore.open(dir, List.of(A))) {
      for (int i = 0; i < 100; i++) {
        store.commit(store.newBatch().put(A, new byte[] {(byte) i}, value(i)), Durability.PROCESS);
      }
    }
    try (Options options = new Options();
        org.rocksdb.DBOptions dbOptions = new org.rocksdb.DBOptions();
        org.rocksdb.ColumnFamilyOptions columnOptions = new org.rocksdb.ColumnFamilyOptions();
        FlushOptions flush = new FlushOptions().setWaitForFlush(true)) {
      List<org.rocksdb.ColumnFamilyDescriptor> columns =
          RocksDB.listColumnFamilies(options, dir.toString()).stream()
              .map(name -> new org.rocksdb.ColumnFamilyDescriptor(name, columnOptions))
              .toList();
      List<org.rocksdb.ColumnFamilyHandle> handles = new java.util.ArrayList<>();
      try (RocksDB db = RocksDB.open(dbOptions, dir.toString(), columns, handles)) {
        db.flush(flush, handles);
        handles.forEach(org.rocksdb.ColumnFamilyHandle::close);
      }
    }
  }

  private void setVersion(@org.jspecify.annotations.Nullable String version) throws Exception {
    try (org.rocksdb.DBOptions dbOptions = new org.rocksdb.DBOptions();
        org.rocksdb.ColumnFamilyOptions columnOptions = new org.rocksdb.ColumnFamilyOptions()) {
      List<org.rocksdb.ColumnFamilyHandle> handles = new java.util.ArrayList<>();
      try (RocksDB db =
          RocksDB.open(
              dbOptions,
              dir.toString(),
              List.of(
                  new org.rocksdb.ColumnFamilyDescriptor(
                      RocksDB.DEFAULT_COLUMN_FAMILY, columnOptions),
                  new org.rocksdb.ColumnFamilyDescriptor("a".getBytes(US_ASCII), columnOptions)),
              handles)) {
        if (version == null) {
          db.delete(RocksOpening.SCHEMA_VERSION_KEY);
        } else {
          db.put(RocksOpening.SCHEMA_VERSION_KEY, version.getBytes(US_ASCII));
        }
        handles.forEach(org.rocksdb.ColumnFamilyHandle::close);
      }
    }
  }

  private List<Path> files(String suffix) throws IOException {
    try (Stream<Path> all = Files.list(dir)) {
      return all.filter(f -> f.toString().endsWith(suffix)).sorted().toList();
    }
  }
}
