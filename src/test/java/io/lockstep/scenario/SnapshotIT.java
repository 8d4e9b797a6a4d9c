// SPDX-License-Identifier: Apache-2.0
package io.lockstep.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Address;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A follower that begins from a snapshot instead of from genesis. */
class SnapshotIT {
  private static final Duration END = Duration.ofSeconds(20);
  private static final Duration PATIENCE = Duration.ofMinutes(4);
  private static final Address RECIPIENT = Address.ofLong(0xabc);

  @Test
  void aFollowerGoesOnFromASnapshotOfAnother(@TempDir Path folder) throws Exception {
    int port = Lockstep.freePorts(70);
    Path net = folder.resolve("net");
    Path data = net.resolve("follower-0").resolve("data");
    Path file = folder.resolve("state.snapshot");
    try (TestDevnet devnet = TestDevnet.start(net, port)) {
      Transaction tx = devnet.transfer(devnet.account(5), 0, RECIPIENT, 77);
      long included =
          Long.decode(
              devnet
                  .follower()
                  .call("eth_sendRawTransactionSync", tx.encoded().toHex())
                  .get("blockNumber")
                  .asString());
      await().atMost(PATIENCE).until(() -> height(devnet.follower(), "finalized") >= included);
      // The folder is the running node's.
      Lockstep.Finished refused = snapshot("export", data, net, "--out", file);
      assertThat(refused.exitCode()).isEqualTo(3);
      assertThat(refused.output()).contains("in use by another process");
      devnet.process().terminate(END);
    }

    Lockstep.Finished written = snapshot("export", data, net, "--out", file);
    assertThat(written.exitCode()).as(written.output()).isZero();
    long height = Long.parseLong(written.output().replaceAll("(?s).*height (\\d+),.*", "$1"));
    String hash = written.output().replaceAll("(?s).*block (0x[0-9a-f]{64}).*", "$1");

    Lockstep.Finished occupied = snapshot("import", data, net, "--in", file);
    assertThat(occupied.exitCode()).isEqualTo(2);
    assertThat(occupied.output()).contains("exists already");
    deleteAll(data.resolve("db"));
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 1;
    Path damaged = Files.write(folder.resolve("damaged"), bytes);
    Lockstep.Finished found = snapshot("import", data, net, "--in", damaged);
    assertThat(found.exitCode()).as(found.output()).isEqualTo(1);
    assertThat(data.resolve("db")).doesNotExist();
    Lockstep.Finished taken = snapshot("import", data, net, "--in", file);
    assertThat(taken.exitCode()).as(taken.output()).isZero();
    assertThat(taken.output()).contains("height " + height).contains(hash);

    try (TestDevnet again = TestDevnet.start(net, port)) {
      Rpc follower = again.follower();
      await()
          .atMost(PATIENCE)
          .until(() -> height(follower, "safe") > height && height(follower, "finalized") > height);
      long common = height(follower, "safe");
      assertThat(block(follower, common)).isEqualTo(block(again.node(0), common));
      assertThat(block(follower, height)).isEqualTo(hash);
      assertThat(follower.number("eth_getBalance", RECIPIENT.toHex(), "latest")).isEqualTo(77);
      assertThat(follower.error("eth_getBalance", RECIPIENT.toHex(), "0x0").get("code").asInt())
          .isEqualTo(4444);
      again.process().terminate(END);
    }
  }

  private static Lockstep.Finished snapshot(
      String command, Path data, Path net, String flag, Path file) throws Exception {
    return Lockstep.run(
        Duration.ofMinutes(1),
        "snapshot",
        command,
        "--data-dir",
        data.toString(),
        "--cluster",
        net.resolve("cluster.json").toString(),
        flag,
        file.toString());
  }

  private static long height(Rpc node, String tag) throws IOException, InterruptedException {
    return Long.decode(node.call("eth_getBlockByNumber", tag, false).get("number").asString());
  }

  private static String block(Rpc node, long number) throws IOException, InterruptedException {
    return node.call("eth_getBlockByNumber", "0x" + Long.toHexString(number), false)
        .get("hash")
        .asString();
  }

  private static void deleteAll(Path folder) throws IOException {
    List<Path> all;
    try (Stream<Path> files = Files.walk(folder)) {
      all = files.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path each : all) {
      Files.delete(each);
    }
  }
}
