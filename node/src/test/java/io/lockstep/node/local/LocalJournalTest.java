// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.storage.kv.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalJournalTest {
  private static final int RECORD_BYTES = EntryReader.HEAD_BYTES + Long.BYTES + 100;

  @TempDir Path dir;
  private Path file;
  private final Set<Hash32> gone = new HashSet<>();

  @BeforeEach
  void file() {
    file = dir.resolve("local-transactions");
  }

  private LocalJournal open(long growthBytes) {
    return LocalJournal.open(
        file,
        growthBytes,
        entries -> entries.stream().filter(entry -> !gone.contains(entry.txHash())).toList());
  }

  private static Entry entry(int number) {
    byte[] raw = new byte[100];
    Arrays.fill(raw, (byte) number);
    raw[0] = (byte) (number >> 8);
    return new Entry(901 + number % 2, Bytes.wrap(raw));
  }

  private static List<Entry> entries(int from, int to) {
    return IntStream.range(from, to).mapToObj(LocalJournalTest::entry).toList();
  }

  private static List<Entry> all(LocalJournal journal) {
    List<Entry> out = new ArrayList<>();
    journal.read(out::addAll);
    return out;
  }

  @Test
  void hasAfterARestartWhatWasAppended() {
    try (LocalJournal journal = open(1 << 20)) {
      assertThat(all(journal)).isEmpty();
      journal.append(entries(0, 3));
      journal.append(entries(3, 3_000));
    }
    try (LocalJournal journal = open(1 << 20)) {
      assertThat(all(journal)).isEqualTo(entries(0, 3_000));
      journal.append(entries(3_000, 3_001));
      assertThat(all(journal)).isEqualTo(entries(0, 3_001));
    }
  }

  @Test
  void cutsOffATornTailWhereverItWasTorn() throws IOException {
    try (LocalJournal journal = open(1 << 20)) {
      journal.append(entries(0, 3));
    }
    byte[] whole = Files.readAllBytes(file);
    assertThat(whole).hasSize(EntryReader.MAGIC.length + 3 * RECORD_BYTES);
    for (int length = 0; length < whole.length; length += 9) {
      Files.write(file, Arrays.copyOf(whole, length));
      int left = Math.max(0, length - EntryReader.MAGIC.length) / RECORD_BYTES;
      try (LocalJournal journal = open(1 << 20)) {
        assertThat(all(journal)).as("cut at %d", length).isEqualTo(entries(0, left));
        journal.append(entries(7, 8));
        assertThat(all(journal)).hasSize(left + 1).endsWith(entry(7));
      }
    }
  }

  @Test
  void doesNotBelieveADamagedRecord() throws IOException {
    try (LocalJournal journal = open(1 << 20)) {
      journal.append(entries(0, 3));
    }
    byte[] damaged = Files.readAllBytes(file);
    damaged[EntryReader.MAGIC.length + RECORD_BYTES + 50] ^= 1;
    Files.write(file, damaged);
    try (LocalJournal journal = open(1 << 20)) {
      assertThat(all(journal)).isEqualTo(entries(0, 1));
    }
  }

  @Test
  void dropsWhatWaitsNoLongerWheneverItHasGrown() throws IOException {
    int growth = 10 * RECORD_BYTES;
    try (LocalJournal journal = open(growth)) {
      for (int i = 0; i < 500; i++) {
        journal.append(entries(i, i + 1));
        if (i % 5 != 0) {
          gone.add(entry(i).txHash());
        }
        int waiting = i / 5 + 1;
        assertThat(Files.size(file))
            .isLessThanOrEqualTo((long) growth + (waiting + 2L) * RECORD_BYTES);
      }
      journal.compact();
      assertThat(all(journal)).hasSize(100).startsWith(entry(0), entry(5)).endsWith(entry(495));
    }
    try (LocalJournal journal = open(growth)) {
      assertThat(all(journal)).hasSize(100);
    }
  }

  @Test
  void aCompactionThatWasCutShortChangesNothing() throws IOException {
    try (LocalJournal journal = open(1 << 20)) {
      journal.append(entries(0, 3));
    }
    Files.writeString(dir.resolve("local-transactions.new"), "half of it");
    try (LocalJournal journal = open(1 << 20)) {
      assertThat(all(journal)).isEqualTo(entries(0, 3));
    }
    assertThat(dir.resolve("local-transactions.new")).doesNotExist();
  }

  @Test
  void refusesAFileThatIsSomethingElse() throws IOException {
    Files.writeString(file, "my notes, not a journal", StandardOpenOption.CREATE);
    assertThatThrownBy(() -> open(1 << 20))
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("is not a journal");
    assertThat(file).content().isEqualTo("my notes, not a journal");
  }
}
