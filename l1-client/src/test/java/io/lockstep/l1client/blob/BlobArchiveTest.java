// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.blob;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.l1client.testing.TestBlobs;
import io.lockstep.primitives.crypto.Kzg;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.storage.kv.RocksStore;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BlobArchiveTest {
  @TempDir Path dir;

  private static Hash32 name(int number) {
    return Hash32.ofWords(1, 0, 0, number);
  }

  @Test
  void givesBackWhatItKeepsAfterARestartToo() {
    Bytes blob = Bytes.wrap(TestBlobs.blob(7));
    Bytes empty = Bytes.wrap(new byte[Kzg.BLOB_BYTES]);
    try (RocksStore store = RocksStore.open(dir, BlobArchive.columns())) {
      BlobArchive archive = new BlobArchive(store, 0);
      archive.put(name(1), blob, 100);
      archive.put(name(2), empty, 100);
    }
    try (RocksStore store = RocksStore.open(dir, BlobArchive.columns())) {
      BlobArchive archive = new BlobArchive(store, 0);
      assertThat(archive.get(name(1))).isEqualTo(blob);
      assertThat(archive.get(name(2))).isEqualTo(empty);
      assertThat(archive.get(name(3))).isNull();
    }
  }

  @Test
  void forgetsWhatIsOlderThanItsRetention() {
    try (RocksStore store = RocksStore.open(dir, BlobArchive.columns())) {
      BlobArchive archive = new BlobArchive(store, 50);
      for (int i = 0; i < 10; i++) {
        archive.put(name(i), Bytes.wrap(TestBlobs.blob(i)), 100 + i * 10);
      }
      // the last block is of 190: what is from before 140 is gone
      for (int i = 0; i < 10; i++) {
        assertThat(archive.get(name(i)) == null).as("blob %d", i).isEqualTo(100 + i * 10 < 140);
      }
    }
  }

  @Test
  void keepsAllWithoutARetention() {
    try (RocksStore store = RocksStore.open(dir, BlobArchive.columns())) {
      BlobArchive archive = new BlobArchive(store, 0);
      archive.put(name(1), Bytes.wrap(TestBlobs.blob(1)), 1);
      archive.put(name(2), Bytes.wrap(TestBlobs.blob(2)), 1_000_000_000);
      assertThat(archive.get(name(1))).isNotNull();
    }
  }
}
