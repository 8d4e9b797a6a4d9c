// SPDX-License-Identifier: Apache-2.0
package io.lockstep.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.config.cluster.DevnetFile;
import io.lockstep.primitives.crypto.SecretKey;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Address;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A devnet from its first start to a second one on the same folder. */
class DevnetLifecycleIT {
  private static final Duration END = Duration.ofSeconds(20);

  @Test
  void endsCleanlyAndGoesOnWhereItWas(@TempDir Path folder) throws Exception {
    int port = Lockstep.freePorts(70);
    Path dataDir = folder.resolve("net");
    String hash;
    long l1Head;
    long l2Head;
    Transaction tx;
    try (TestDevnet devnet = TestDevnet.start(dataDir, port, "--nodes", "processes")) {
      DevnetFile file = devnet.file();
      assertThat(file.nodes()).hasSize(4);
      assertThat(file.nodes().stream().map(DevnetFile.Node::pid).distinct()).hasSize(4);
      assertThat(file.accounts()).hasSize(10);
      SecretKey sender = devnet.account(5);
      tx = devnet.transfer(sender, 0, Address.ofLong(0xabc), 77);
      devnet.follower().call("eth_sendRawTransactionSync", tx.encoded().toHex());
      hash = devnet.l1().call("eth_getBlockByNumber", "0x1", false).get("hash").asString();
      l1Head = devnet.l1().number("eth_blockNumber");
      l2Head = devnet.node(0).number("eth_blockNumber");

      List<Long> children = file.nodes().stream().map(DevnetFile.Node::pid).toList();
      devnet.process().terminate(END);
      assertThat(devnet.process().output()).contains("stopped");
      for (long pid : children) {
        assertThat(ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false))
            .as("child " + pid)
            .isFalse();
      }
    }
    try (TestDevnet again = TestDevnet.start(dataDir, port)) {
      assertThat(again.l1().call("eth_getBlockByNumber", "0x1", false).get("hash").asString())
          .isEqualTo(hash);
      assertThat(again.l1().number("eth_blockNumber")).isGreaterThan(l1Head);
      assertThat(again.node(0).number("eth_blockNumber")).isGreaterThanOrEqualTo(l2Head);
      assertThat(
              again
                  .node(0)
                  .call("eth_getTransactionReceipt", tx.hash().toHex())
                  .get("status")
                  .asString())
          .isEqualTo("0x1");
      Transaction next = again.transfer(again.account(5), 1, Address.ofLong(0xabc), 1);
      assertThat(
              again
                  .follower()
                  .call("eth_sendRawTransactionSync", next.encoded().toHex())
                  .get("status")
                  .asString())
          .isEqualTo("0x1");
      again.process().terminate(END);
    }
  }

  @Test
  void aTakenPortIsRefusedByNameBeforeAnythingStarts(@TempDir Path folder) throws Exception {
    int port = Lockstep.freePorts(70);
    try (ServerSocket taken = new ServerSocket(port + 11)) {
      Lockstep.Finished finished =
          Lockstep.run(
              Duration.ofMinutes(1),
              "devnet",
              "--data-dir",
              folder.resolve("net").toString(),
              "--rpc-port",
              Integer.toString(port),
              "--l1-rpc-port",
              Integer.toString(port + 60),
              "--l1-beacon-port",
              Integer.toString(port + 61));
      assertThat(finished.exitCode()).isEqualTo(3);
      assertThat(finished.output()).contains(Integer.toString(taken.getLocalPort()));
    }
  }
}
