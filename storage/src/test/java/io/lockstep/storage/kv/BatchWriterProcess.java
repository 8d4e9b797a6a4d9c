// SPDX-License-Identifier: Apache-2.0
package io.lockstep.storage.kv;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.lockstep.storage.column.Keys;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A JVM of its own that commits batches without end, to be killed. Batch n writes key n and its
 * partners into two columns and moves a counter; it tells each commit on its output afterwards.
 */
final class BatchWriterProcess implements AutoCloseable {
  static final Column LEFT = new Column("left");
  static final Column RIGHT = new Column("right");
  static final byte[] COUNTER = "counter".getBytes(US_ASCII);

  private final Process process;
  private final BufferedReader output;
  private long lastReported;

  private BatchWriterProcess(Process process) {
    this.process = process;
    this.output = process.inputReader(US_ASCII);
  }

  static BatchWriterProcess start(Path dir, long seed) throws IOException {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    return new BatchWriterProcess(
        new ProcessBuilder(
                java,
                "--enable-native-access=ALL-UNNAMED",
                "-XX:TieredStopAtLevel=1",
                "-Xmx128m",
                "-cp",
                System.getProperty("java.class.path"),
                BatchWriterProcess.class.getName(),
                dir.toString(),
                Long.toString(seed))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start());
  }

  /** Reads its reports until it has told {@code count} more commits. */
  void awaitCommits(int count) throws IOException {
    for (int i = 0; i < count; i++) {
      String line = output.readLine();
      if (line == null) {
        throw new IOException("the writer ended by itself");
      }
      lastReported = Long.parseLong(line);
    }
  }

  /** Kills it with SIGKILL and gives the last commit that it told of. */
  long killAndLastReported() throws IOException {
    // By the handle: Process.destroyForcibly would close the output before it is read.
    process.toHandle().destroyForcibly();
    String line;
    while ((line = output.readLine()) != null) {
      // The last line may be cut off in the middle: then it is shorter and a smaller number.
      if (line.length() >= Long.toString(lastReported).length()) {
        lastReported = Long.parseLong(line);
      }
    }
    process.onExit().join();
    return lastReported;
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }

  static byte[] valueOf(long n) {
    byte[] value = new byte[(int) (n * 7919 % 3000)];
    new java.util.Random(n).nextBytes(value);
    return value;
  }

  public static void main(String[] arguments) {
    Path dir = Path.of(arguments[0]);
    boolean synced = Long.parseLong(arguments[1]) % 2 == 0;
    try (RocksStore store = RocksStore.open(dir, List.of(LEFT, RIGHT))) {
      byte[] counter = store.get(LEFT, COUNTER);
      long n = counter == null ? 0 : Keys.number(counter, 0);
      while (n < Long.MAX_VALUE) {
        n++;
        store.commit(
            store
                .newBatch()
                .put(LEFT, Keys.number(n), valueOf(n))
                .put(RIGHT, Keys.number(n), valueOf(n))
                .delete(RIGHT, Keys.number(n - 10))
                .put(LEFT, COUNTER, Keys.number(n)),
            synced ? KeyValueStore.Durability.FSYNC : KeyValueStore.Durability.PROCESS);
        System.out.println(n);
      }
    }
  }
}
