// SPDX-License-Identifier: Apache-2.0
package io.lockstep.storage.kv;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.storage.column.Keys;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A writer that is killed with SIGKILL leaves whole batches, and all those it had reported. */
class RocksStoreKillTest {
  private static final int KILLS = 12;

  @TempDir Path dir;

  @Test
  void everyReportedBatchSurvivesAKillAndNoneIsHalfThere() throws Exception {
    long seed = 77;
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    for (int kill = 0; kill < KILLS; kill++) {
      long reported;
      try (BatchWriterProcess child = BatchWriterProcess.start(dir, kill)) {
        child.awaitCommits(1 + random.nextInt(400));
        reported = child.killAndLastReported();
      }

      try (RocksStore store =
          RocksStore.open(dir, List.of(BatchWriterProcess.LEFT, BatchWriterProcess.RIGHT))) {
        byte[] counter = store.get(BatchWriterProcess.LEFT, BatchWriterProcess.COUNTER);
        assertThat(counter).isNotNull();
        long last = Keys.number(counter, 0);
        assertThat(last).isGreaterThanOrEqualTo(reported);
        for (long n = 1; n <= last; n++) {
          assertThat(store.get(BatchWriterProcess.LEFT, Keys.number(n)))
              .isEqualTo(BatchWriterProcess.valueOf(n));
          byte[] right = store.get(BatchWriterProcess.RIGHT, Keys.number(n));
          if (n <= last - 10) {
            assertThat(right).isNull();
          } else {
            assertThat(right).isEqualTo(BatchWriterProcess.valueOf(n));
          }
        }
        assertThat(store.get(BatchWriterProcess.LEFT, Keys.number(last + 1))).isNull();
        assertThat(store.get(BatchWriterProcess.RIGHT, Keys.number(last + 1))).isNull();
      }
    }
  }
}
