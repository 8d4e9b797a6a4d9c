// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.send;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.lockstep.l1client.execution.ExecutionClient;
import io.lockstep.l1client.fee.BlobSchedule;
import io.lockstep.l1client.fee.FeeReader;
import io.lockstep.l1client.heads.HeadTracker;
import io.lockstep.l1client.http.Endpoint;
import io.lockstep.l1client.http.EndpointPool;
import io.lockstep.l1client.http.HttpOptions;
import io.lockstep.l1client.http.JdkTransport;
import io.lockstep.l1client.testing.FakeChain;
import io.lockstep.l1client.testing.HashedProofs;
import io.lockstep.l1client.testing.TestBlobs;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import io.lockstep.storage.kv.RocksStore;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A JVM of its own that posts one batch, to be killed: it tells what it is about to do and waits
 * for leave before and after each write of its journal.
 */
final class PosterProcess implements AutoCloseable {
  static final PostingId ID = new PostingId(Hash32.ofWords(0, 0, 0, 1));
  static final Bytes CALL = Bytes.fromHex("0x01020304");
  private static final String GATE = "gate ";
  private static final String EVENT = "event ";

  private final Process process;
  private final BufferedReader output;
  private final BufferedWriter input;

  private PosterProcess(Process process) {
    this.process = process;
    this.output = process.inputReader(US_ASCII);
    this.input = process.outputWriter(US_ASCII);
  }

  static PosterProcess start(Path dir, String url) throws IOException {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    return new PosterProcess(
        new ProcessBuilder(
                java,
                "--enable-native-access=ALL-UNNAMED",
                "-XX:TieredStopAtLevel=1",
                "-Xshare:auto",
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                PosterProcess.class.getName(),
                dir.toString(),
                url)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start());
  }

  /** The next thing that it tells, or an empty text when it tells nothing for a while. */
  String poll(long waitMs) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + waitMs * 1_000_000;
    while (!output.ready()) {
      if (System.nanoTime() > deadline) {
        if (!process.isAlive()) {
          throw new IOException("the poster ended by itself");
        }
        return "";
      }
      Thread.sleep(2);
    }
    String line = output.readLine();
    if (line == null) {
      throw new IOException("the poster ended by itself");
    }
    return line;
  }

  static boolean isGate(String line) {
    return line.startsWith(GATE);
  }

  static boolean isEvent(String line, Class<? extends PostingEvent> type) {
    return line.equals(EVENT + type.getSimpleName());
  }

  /** Gives leave to go on. */
  void go() throws IOException {
    input.write("go\n");
    input.flush();
  }

  /** SIGKILL. */
  void kill() {
    process.toHandle().destroyForcibly();
    process.onExit().join();
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }

  /** Runs in the child. */
  public static void main(String[] arguments) throws Exception {
    BufferedReader leave = new BufferedReader(new InputStreamReader(System.in, US_ASCII));
    try (RocksStore rocks = RocksStore.open(Path.of(arguments[0]), BlobTxSender.columns());
        JdkTransport transport = new JdkTransport(1_000)) {
      GatedStore store = new GatedStore(rocks, when -> tellAndWait(GATE + when, leave));
      ExecutionClient execution =
          new ExecutionClient(
              new EndpointPool(List.of(new Endpoint(arguments[1])), System::nanoTime),
              transport,
              HttpOptions.DEFAULT);
      BlobTxSender.Setup setup =
          new BlobTxSender.Setup(
              execution,
              InclusionPath.mempool(execution),
              new FeeReader(execution, BlobSchedule.UNKNOWN, FakeChain.SLOT_SECONDS),
              store,
              new AccountLanes(),
              Runnable::run,
              new HashedProofs());
      BlobTxSender sender =
          new BlobTxSender(
              setup,
              TestBlobs.KEY,
              UInt256.of(900),
              new BlobTxSender.Options(
                  BlobTxSender.Options.DEFAULT.fees(), GasPolicy.DEFAULT, 2, 50),
              event -> System.out.println(EVENT + event.getClass().getSimpleName()));
      HeadTracker heads =
          new HeadTracker(
              execution,
              List.of(),
              event -> {
                if (!sender.onL1Event(event)) {
                  throw new IllegalStateException("the sender takes no more");
                }
              });
      // The caller asks again for what it does not know to be posted, as a sequencer does.
      sender.submit(TestBlobs.request(ID, CALL, List.of(Bytes.wrap(TestBlobs.blob(1)))));
      while (leave != null) {
        while (heads.step()) {
          // until nothing waits
        }
        while (sender.step(System.nanoTime() / 1_000_000) > 0) {
          // until the inbox is empty
        }
        Thread.sleep(10);
      }
    }
  }

  private static void tellAndWait(String line, BufferedReader leave) {
    System.out.println(line);
    try {
      if (leave.readLine() == null) {
        System.exit(1); // the test is gone
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
