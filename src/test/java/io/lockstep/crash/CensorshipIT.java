// SPDX-License-Identifier: Apache-2.0
package io.lockstep.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lockstep.config.cluster.ClusterFile;
import io.lockstep.config.secret.KeyFile;
import io.lockstep.l1client.contract.ClusterInboxAbi;
import io.lockstep.l1client.contract.L1MessengerAbi;
import io.lockstep.l1client.execution.BlockTag;
import io.lockstep.l1client.execution.CallRequest;
import io.lockstep.l1client.execution.ExecutionClient;
import io.lockstep.l1client.http.Endpoint;
import io.lockstep.l1client.http.EndpointPool;
import io.lockstep.l1client.http.HttpOptions;
import io.lockstep.l1client.http.JdkTransport;
import io.lockstep.node.stake.L1Account;
import io.lockstep.primitives.crypto.SecretKey;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.types.Wei;
import io.lockstep.primitives.uint.UInt256;
import io.lockstep.scenario.Lockstep;
import io.lockstep.scenario.Rpc;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * A user whom no operator serves: it has its ether from L1, asks on L1 for its transaction, and
 * then all operators die. A stranger keeps the chain alive; when the operators are back, they go on
 * from there.
 */
class CensorshipIT {
  private static final long ROLLUP = 901;
  private static final int TRANSFER_GAS = 21_000;
  private static final int STRANGER = 7;
  private static final Duration COMMAND = Duration.ofMinutes(2);
  private static final SecretKey USER = SecretKey.of(Hash32.ofWords(0, 0, 0, 0xce50).toArray());
  private static final Address TO = Address.ofLong(0xce50);

  @Test
  void aUserReachesTheChainThroughL1AloneAndAStrangerKeepsItAlive(
      @TempDir(cleanup = CleanupMode.ON_SUCCESS) Path dir) throws Exception {
    int port = Lockstep.freePorts(80);
    try (ProcessCluster cluster = ProcessCluster.start(dir, port);
        JdkTransport transport = new JdkTransport(2_000)) {
      ExecutionClient l1 =
          new ExecutionClient(
              new EndpointPool(
                  List.of(new Endpoint(cluster.devnet().file().l1().rpc().toString())),
                  System::nanoTime),
              transport,
              HttpOptions.DEFAULT);
      L1Account account = new L1Account(l1, cluster.devnet().account(STRANGER));
      ClusterFile contracts = ClusterFile.read(cluster.devnet().file().cluster());

      Wei deposit = Wei.ofEther(1);
      account.call(
          contracts.l1Messenger(),
          deposit.amount(),
          L1MessengerAbi.encodeDeposit(ROLLUP, USER.address()));
      await()
          .atMost(ProcessCluster.PATIENCE)
          .until(() -> balance(cluster, USER.address()).equals(deposit.amount()));

      Transaction forced =
          Transaction.Unsigned.feeMarket(
                  UInt256.of(ROLLUP),
                  0,
                  UInt256.ONE,
                  UInt256.of(100_000_000_000L),
                  TRANSFER_GAS,
                  TO,
                  UInt256.of(77),
                  Bytes.EMPTY)
              .sign(USER);
      UInt256 fee =
          UInt256.of(
              ClusterInboxAbi.decodeWord(
                  l1.call(
                      CallRequest.view(
                          contracts.clusterInbox(),
                          ClusterInboxAbi.encodeForcedFee(
                              ROLLUP, forced.encoded().size(), TRANSFER_GAS)),
                      BlockTag.LATEST)));
      account.call(
          contracts.clusterInbox(),
          fee,
          ClusterInboxAbi.encodeEnqueue(ROLLUP, TRANSFER_GAS, forced.encoded()));
      cluster.kill(0, 1, 2);

      Path key = dir.resolve("stranger.key");
      KeyFile.create(key, cluster.devnet().account(STRANGER));
      JsonNode receipt = rescueUntilIncluded(cluster, key, forced.hash());

      assertThat(receipt.get("status").asString()).isEqualTo("0x1");
      assertThat(balance(cluster, TO)).isEqualTo(UInt256.of(77));
      assertThat(operatorOf(cluster, receipt.get("blockNumber").asString()))
          .as("nobody's block")
          .isZero();

      for (int operator = 0; operator < ProcessCluster.OPERATORS; operator++) {
        cluster.restart(operator);
      }
      cluster.awaitSequencing(0);
      cluster.awaitPosting(0);
      assertThat(
              cluster.devnet().follower().call("eth_getTransactionReceipt", forced.hash().toHex()))
          .isEqualTo(receipt);
      // What the operators had sealed and not yet posted when they died is broken, and rightly
      // counted as that: the strangers' blocks stand in its place.
      cluster.checks().assertOneHead();
    }
  }

  /** The stranger tries again and again, window after window. */
  private static JsonNode rescueUntilIncluded(ProcessCluster cluster, Path key, Hash32 txHash)
      throws IOException, InterruptedException {
    long deadlineNanos = System.nanoTime() + Duration.ofMinutes(4).toNanos();
    String last = "";
    int rescued = 0;
    while (System.nanoTime() < deadlineNanos) {
      Lockstep.Finished run =
          Lockstep.run(
              COMMAND,
              "rescue",
              "--l1-rpc",
              cluster.devnet().file().l1().rpc().toString(),
              "--l1-beacon",
              cluster.devnet().file().l1().beacon().toString(),
              "--cluster",
              cluster.devnet().file().cluster().toString(),
              "--key-file",
              key.toString());
      last = run.output();
      rescued += run.exitCode() == 0 ? 1 : 0;
      assertThat(run.exitCode()).as(last).isIn(0, 1);
      JsonNode receipt =
          cluster.devnet().follower().call("eth_getTransactionReceipt", txHash.toHex());
      if (!receipt.isNull()) {
        return receipt;
      }
    }
    throw new AssertionError("not included after %d rescues; last: %s".formatted(rescued, last));
  }

  private static UInt256 balance(ProcessCluster cluster, Address of)
      throws IOException, InterruptedException {
    return UInt256.of(
        new BigInteger(
            cluster
                .devnet()
                .follower()
                .call("eth_getBalance", of.toHex(), "safe")
                .asString()
                .substring(2),
            16));
  }

  private static int operatorOf(ProcessCluster cluster, String blockNumber)
      throws IOException, InterruptedException {
    Rpc follower = cluster.devnet().follower();
    String extra =
        follower.call("eth_getBlockByNumber", blockNumber, false).get("extraData").asString();
    assertThat(extra).hasSize(2 + 2 * 14);
    return Integer.parseUnsignedInt(extra.substring(4, 12), 16);
  }
}
