// SPDX-License-Identifier: Apache-2.0
package io.lockstep.storage.kv;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.storage.column.Keys;
import io.lockstep.storage.kv.KeyValueStore.Durability;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk that takes no more, played by a limit on the size of files in a JVM of its own. */
class RocksStoreFullDiskTest {
  private static final Column A = new Column("a");
  // Above the native library, which is unpacked into a file first.
  private static final int FILE_LIMIT_KIB = 20 * 1024;
  private static final RocksSettings ONE_LONG_LOG =
      new RocksSettings(1L << 20, 64L << 20, 64L << 20, 64L << 20, 64);

  @TempDir Path dir;

  @Test
  void reportsTheFailureRefusesToGoOnAndKeepsWhatItHadReported() throws Exception {
    Assumptions.assumeTrue(
        Files.isExecutable(Path.of("/bin/bash")), "no /bin/bash to limit file sizes with");
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    Process child =
        new ProcessBuilder(
                "/bin/bash",
                "-c",
                "ulimit -f " + FILE_LIMIT_KIB + " && exec \"$@\"",
                "limited",
                java,
                "--enable-native-access=ALL-UNNAMED",
                "-XX:TieredStopAtLevel=1",
                "-XX:-UsePerfData",
                "-cp",
                System.getProperty("java.class.path"),
                RocksStoreFullDiskTest.class.getName(),
                dir.toString())
            .redirectErrorStream(true)
            .start();
    List<String> output;
    try (var reader = child.inputReader(US_ASCII)) {
      output = reader.readAllLines();
    }

    assertThat(child.waitFor()).as(String.join("\n", output)).isZero();
    long reported = Long.parseLong(output.getLast());
    assertThat(reported).isGreaterThan(10);
    try (RocksStore store = RocksStore.open(dir, List.of(A))) {
      for (long n = 1; n <= reported; n++) {
        assertThat(store.get(A, Keys.number(n))).isEqualTo(BatchWriterProcess.valueOf(n));
      }
    }
  }

  /** Writes until it fails; ends well when the failure and what follows are as they must be. */
  public static void main(String[] arguments) {
    RocksStore store = RocksStore.open(Path.of(arguments[0]), List.of(A), ONE_LONG_LOG);
    long n = 0;
    try {
      while (n < 1_000_000) {
        store.commit(
            store.newBatch().put(A, Keys.number(n + 1), BatchWriterProcess.valueOf(n + 1)),
            n % 64 == 0 ? Durability.FSYNC : Durability.PROCESS);
        n++;
      }
      System.out.println("never failed");
      System.exit(1);
    } catch (StorageException expected) {
      System.out.println(expected.getMessage());
    }
    try {
      store.commit(store.newBatch().delete(A, Keys.number(1)), Durability.PROCESS);
      System.out.println("took a write after a failed one");
      System.exit(1);
    } catch (StorageException refused) {
      System.out.println(refused.getMessage());
    }
    try {
      store.sync();
      System.out.println("synced after a failed write");
      System.exit(1);
    } catch (StorageException refused) {
      System.out.println(refused.getMessage());
    }
    if (store.get(A, Keys.number(1)) == null) {
      System.out.println("cannot read any more");
      System.exit(1);
    }
    System.out.println(n);
    Runtime.getRuntime().halt(0);
  }
}
