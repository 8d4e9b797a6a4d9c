// SPDX-License-Identifier: Apache-2.0
package io.lockstep.storage.kv;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.storage.kv.KeyValueStore.Batch;
import io.lockstep.storage.kv.KeyValueStore.Durability;
import io.lockstep.storage.kv.KeyValueStore.Snapshot;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RocksStoreTest {
  private static final Column A = new Column("a");
  private static final Column B = new Column("b");

  @TempDir Path dir;

  @Test
  void keepsWhatWasCommittedOverAReopening() {
    try (RocksStore store = RocksStore.open(dir, List.of(A, B))) {
      store.commit(
          store.newBatch().put(A, bytes("k"), bytes("1")).put(B, bytes("k"), bytes("2")),
          Durability.FSYNC);
      store.commit(store.newBatch().delete(B, bytes("k")), Durability.PROCESS);
    }

    try (RocksStore store = RocksStore.open(dir, List.of(A, B))) {
      assertThat(text(store.get(A, bytes("k")))).isEqualTo("1");
      assertThat(text(store.get(B, bytes("k")))).isNull();
    }
  }

  @Test
  void readsManyKeysAsItReadsThemOneByOne() {
    try (RocksStore store = RocksStore.open(dir, List.of(A, B))) {
      Batch batch = store.newBatch();
      for (int i = 0; i < 1_000; i += 3) {
        batch.put(A, bytes("k" + i), bytes("v" + i));
      }
      store.commit(batch, Durability.PROCESS);
      List<byte[]> keys = new ArrayList<>();
      for (int i = 999; i >= 0; i--) {
        keys.add(bytes("k" + i));
      }

      List<byte @Nullable []> values = store.getAll(A, keys);

      assertThat(values).hasSize(1_000);
      for (int i = 0; i < 1_000; i++) {
        int number = 999 - i;
        assertThat(text(values.get(i))).isEqualTo(number % 3 == 0 ? "v" + number : null);
      }
      assertThat(store.getAll(A, List.of())).isEmpty();
    }
  }

  @Test
  void aCopyTakenAfterASyncHasAllThatWasCommittedBeforeIt() throws Exception {
    Path copy = dir.resolve("copy");
    try (RocksStore store = RocksStore.open(dir.resolve("original"), List.of(A, B))) {
      for (int i = 0; i < 200; i++) {
        store.commit(
            store.newBatch().put(A, bytes("k" + i), bytes("1")).put(B, bytes("k" + i), bytes("2")),
            Durability.PROCESS);
      }
      store.sync();
      store.sync();
      Files.createDirectories(copy);
      try (var files = Files.list(store.dir())) {
        for (Path file : files.toList()) {
          Files.copy(file, copy.resolve(file.getFileName()));
        }
      }
    }
    try (RocksStore store = RocksStore.open(copy, List.of(A, B))) {
      for (int i = 0; i < 200; i++) {
        assertThat(text(store.get(A, bytes("k" + i)))).isEqualTo("1");
        assertThat(text(store.get(B, bytes("k" + i)))).isEqualTo("2");
      }
    }
  }

  @Test
  void syncsBesideCommitsAndNotOnceItIsClosed() throws Exception {
    RocksStore store = RocksStore.open(dir, List.of(A));
    Thread syncing =
        Thread.ofPlatform()
            .start(() -> {
              for (int i = 0; i < 50; i++) {
                store.sync();
              }
            });
    for (int i = 0; i < 2_000; i++) {
      store.commit(store.newBatch().put(A, bytes("k" + i), new byte[2_000]), Durability.PROCESS);
    }
    syncing.join();
    store.close();
    assertThatThrownBy(store::sync).isInstanceOf(IllegalStateException.class);
    try (RocksStore again = RocksStore.open(dir, List.of(A))) {
      assertThat(again.get(A, bytes("k1999"))).hasSize(2_000);
    }
  }

  @Test
  void makesColumnsThatAreNewAndKeepsThoseThatAreNotAskedFor() {
    try (RocksStore store = RocksStore.open(dir, List.of(A))) {
      put(store, A, "k", "1");
      assertThatThrownBy(() -> store.get(B, bytes("k")))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("without the column b");
    }
    try (RocksStore store = RocksStore.open(dir, List.of(B))) {
      put(store, B, "k", "2");
    }

    try (RocksStore store = RocksStore.open(dir, List.of(A, B))) {
      assertThat(text(store.get(A, bytes("k")))).isEqualTo("1");
      assertThat(text(store.get(B, bytes("k")))).isEqualTo("2");
    }
  }

  @Test
  void anUncommittedBatchChangesNothingAndACommittedOneIsSpent() {
    try (RocksStore store = RocksStore.open(dir, List.of(A))) {
      Batch forgotten = store.newBatch().put(A, bytes("x"), bytes("1"));
      assertThat(forgotten).isNotNull();
      Batch batch = store.newBatch().put(A, bytes("k"), bytes("1"));
      store.commit(batch, Durability.PROCESS);

      assertThat(store.get(A, bytes("x"))).isNull();
      assertThatThrownBy(() -> store.commit(batch, Durability.PROCESS))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> batch.put(A, bytes("k"), bytes("2")))
          .isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void laterEntriesOfABatchWinOverEarlierOnes() {
    try (RocksStore store = RocksStore.open(dir, List.of(A))) {
      put(store, A, "k2", "old");
      store.commit(
          store
              .newBatch()
              .put(A, bytes("k1"), bytes("1"))
              .deleteRange(A, bytes("k1"), bytes("k3"))
              .put(A, bytes("k1"), bytes("2")),
          Durability.PROCESS);

      assertThat(text(store.get(A, bytes("k1")))).isEqualTo("2");
      assertThat(store.get(A, bytes("k2"))).isNull();
    }
  }

  @Test
  void scansUpAndDownFromTheGivenKeyUntilTheVisitorHasEnough() {
    try (RocksStore store = RocksStore.open(dir, List.of(A, B))) {
      for (String key : List.of("b", "d", "f", "h")) {
        put(store, A, key, key.toUpperCase(java.util.Locale.ROOT));
      }
      put(store, B, "c", "another column");

      assertThat(scan(store, "d", true, 9)).containsExactly("d=D", "f=F", "h=H");
      assertThat(scan(store, "c", true, 2)).containsExactly("d=D", "f=F");
      assertThat(scan(store, "f", false, 9)).containsExactly("f=F", "d=D", "b=B");
      assertThat(scan(store, "e", false, 1)).containsExactly("d=D");
      assertThat(scan(store, "i", true, 9)).isEmpty();
      assertThat(scan(store, "a", false, 9)).isEmpty();
    }
  }

  @Test
  void behavesAsASortedMapUnderRandomUse() {
    long seed = 20260101;
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    TreeMap<String, String> model = new TreeMap<>();
    RocksStore store = RocksStore.open(dir, List.of(A));
    try {
      for (int round = 0; round < 400; round++) {
        Batch batch = store.newBatch();
        for (int i = random.nextInt(8); i >= 0; i--) {
          String key = "%04d".formatted(random.nextInt(300));
          switch (random.nextInt(10)) {
            case 0, 1, 2 -> {
              batch.delete(A, bytes(key));
              model.remove(key);
            }
            case 3 -> {
              String end = "%04d".formatted(random.nextInt(300));
              if (key.compareTo(end) < 0) {
                batch.deleteRange(A, bytes(key), bytes(end));
                model.subMap(key, end).clear();
              }
            }
            default -> {
              batch.put(A, bytes(key), bytes("v" + round));
              model.put(key, "v" + round);
            }
          }
        }
        store.commit(batch, Durability.PROCESS);
        if (round % 97 == 0) {
          store.close();
          store = RocksStore.open(dir, List.of(A));
        }
        String from = "%04d".formatted(random.nextInt(300));
        assertThat(text(store.get(A, bytes(from)))).isEqualTo(model.get(from));
        assertThat(scan(store, from, true, 1000)).isEqualTo(entries(model.tailMap(from, true)));
        assertThat(scan(store, from, false, 1000))
            .isEqualTo(entries(model.headMap(from, true).descendingMap()));
      }
    } finally {
      store.close();
    }
  }

  @Test
  void aSnapshotDoesNotSeeWhatComesAfterIt() {
    try (RocksStore store = RocksStore.open(dir, List.of(A))) {
      put(store, A, "k", "1");
      Snapshot first = store.snapshot();
      put(store, A, "k", "2");
      Snapshot second = store.snapshot();
      store.commit(store.newBatch().delete(A, bytes("k")), Durability.PROCESS);

      assertThat(text(first.get(A, bytes("k")))).isEqualTo("1");
      assertThat(text(second.get(A, bytes("k")))).isEqualTo("2");
      first.close();
      first.close();
      assertThat(text(second.get(A, bytes("k")))).isEqualTo("2");
      assertThatThrownBy(() -> first.get(A, bytes("k")))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("snapshot is closed");
    }
  }

  @Test
  void refusesEveryUseAfterClosingWithoutCrashing() {
    RocksStore store = RocksStore.open(dir, List.of(A));
    Snapshot snapshot = store.snapshot();
    store.close();
    store.close();

    assertThatThrownBy(() -> store.get(A, bytes("k")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("is closed");
    assertThatThrownBy(() -> snapshot.get(A, bytes("k"))).isInstanceOf(IllegalStateException.class);
    snapshot.close();
    assertThatThrownBy(store::snapshot).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> put(store, A, "k", "1")).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void closingWaitsForReadsOnOtherThreads() throws Exception {
    for (int round = 0; round < 10; round++) {
      RocksStore store = RocksStore.open(dir.resolve("r" + round), List.of(A));
      for (int i = 0; i < 100; i++) {
        put(store, A, "k" + i, "v");
      }
      List<Thread> readers = new ArrayList<>();
      List<Throwable> unexpected = new ArrayList<>();
      for (int t = 0; t < 3; t++) {
        readers.add(
            Thread.ofPlatform()
                .start(() -> {
                  try {
                    while (true) {
                      store.scan(A, bytes("k"), (key, value) -> store.get(A, key) != null);
                    }
                  } catch (IllegalStateException closed) {
                    // What the test waits for.
                  } catch (Throwable other) {
                    synchronized (unexpected) {
                      unexpected.add(other);
                    }
                  }
                }));
      }
      store.close();
      for (Thread reader : readers) {
        reader.join(10_000);
        assertThat(reader.isAlive()).isFalse();
      }
      assertThat(unexpected).isEmpty();
    }
  }

  private static void put(RocksStore store, Column column, String key, String value) {
    store.commit(store.newBatch().put(column, bytes(key), bytes(value)), Durability.PROCESS);
  }

  private static List<String> scan(RocksStore store, String from, boolean up, int limit) {
    List<String> found = new ArrayList<>();
    KeyValueStore.Visitor visitor =
        (key, value) -> {
          found.add(new String(key, US_ASCII) + "=" + new String(value, US_ASCII));
          return found.size() < limit;
        };
    if (up) {
      store.scan(A, bytes(from), visitor);
    } else {
      store.scanDown(A, bytes(from), visitor);
    }
    return found;
  }

  private static List<String> entries(java.util.Map<String, String> map) {
    return map.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).toList();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(US_ASCII);
  }

  private static @Nullable String text(byte @Nullable [] bytes) {
    return bytes == null ? null : new String(Arrays.copyOf(bytes, bytes.length), US_ASCII);
  }
}
