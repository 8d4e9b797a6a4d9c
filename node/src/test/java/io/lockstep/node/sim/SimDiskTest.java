// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.storage.kv.Column;
import io.lockstep.storage.kv.KeyValueStore;
import io.lockstep.storage.kv.KeyValueStore.Durability;
import io.lockstep.storage.kv.StorageException;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SimDiskTest {
  private static final Column COLUMN = new Column("test");

  @Test
  void keepsWhatAKilledProcessHasCommitted() {
    SimDisk disk = new SimDisk();
    KeyValueStore store = disk.open();
    put(store, 1, Durability.PROCESS);
    disk.processEnded();

    assertThat(disk.open().get(COLUMN, new byte[] {1})).containsExactly(1);
    assertThatThrownBy(() -> put(store, 2, Durability.PROCESS))
        .isInstanceOf(StorageException.class);
  }

  @Test
  void losesTheNewestUnsyncedCommitsWithPowerAndNoneThatWasSynced() {
    for (long seed = 1; seed <= 50; seed++) {
      SimDisk disk = new SimDisk();
      KeyValueStore store = disk.open();
      put(store, 1, Durability.PROCESS);
      put(store, 2, Durability.FSYNC);
      put(store, 3, Durability.PROCESS);
      put(store, 4, Durability.PROCESS);
      int lost = disk.losePower(new SplittableRandom(seed));

      KeyValueStore after = disk.open();
      for (int key = 1; key <= 4; key++) {
        assertThat(after.get(COLUMN, new byte[] {(byte) key}) != null)
            .as("seed %d, key %d", seed, key)
            .isEqualTo(key <= 4 - lost);
      }
      assertThat(lost).isBetween(0, 2);
    }
  }

  @Test
  void syncPutsEverythingOnTheDisk() {
    SimDisk disk = new SimDisk();
    KeyValueStore store = disk.open();
    put(store, 7, Durability.PROCESS);
    assertThat(disk.isUnsynced(new byte[] {7})).isTrue();
    store.sync();

    assertThat(disk.isUnsynced(new byte[] {7})).isFalse();
    assertThat(disk.losePower(new SplittableRandom(1))).isZero();
  }

  private static void put(KeyValueStore store, int key, Durability durability) {
    byte[] bytes = {(byte) key};
    store.commit(store.newBatch().put(COLUMN, bytes, bytes), durability);
  }
}
