// SPDX-License-Identifier: Apache-2.0
package io.lockstep.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lockstep.config.cluster.ClusterFile;
import io.lockstep.config.cluster.DevnetFile;
import io.lockstep.devnet.deploy.DevAccounts;
import io.lockstep.l1client.contract.L1MessengerAbi;
import io.lockstep.primitives.crypto.SecretKey;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Wei;
import io.lockstep.primitives.uint.UInt256;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Two rollups of one cluster: a path for each, common ticks, seals and batches, one follower. */
class TwoRollupsIT {
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final int TRANSFER_GAS = 21_000;
  private static final Address TO = Address.ofLong(0x2002);
  private static final Address DEPOSIT_TO = Address.ofLong(0xd902);

  @Test
  void bothAreSequencedInCommonTicksAndDerivedByAFollower(@TempDir Path dir) throws Exception {
    try (TestDevnet devnet =
        TestDevnet.start(
            dir.resolve("net"), Lockstep.freePorts(70), "--rollups", "2", "--operators", "2")) {
      DevnetFile file = devnet.file();
      List<Long> ids = file.rollups().stream().map(DevnetFile.Rollup::chainId).toList();
      assertThat(ids).containsExactly(901L, 902L);
      Rpc operator = devnet.node(0);
      assertThat(operator.number("eth_chainId")).isEqualTo(901);
      List<Rpc> sending = new ArrayList<>();
      List<Rpc> following = new ArrayList<>();
      for (long id : ids) {
        sending.add(new Rpc(file.nodes().getFirst().rpc().resolve("/" + id)));
        following.add(new Rpc(file.nodes().getLast().rpc().resolve("/" + id)));
        assertThat(sending.getLast().number("eth_chainId")).isEqualTo(id);
      }

      List<String> hashes = new ArrayList<>();
      SecretKey sender = devnet.account(4);
      for (int i = 0; i < 2; i++) {
        Transaction tx = transfer(sender, ids.get(i), 100 + i);
        JsonNode receipt =
            sending.get(i).call("eth_sendRawTransactionSync", tx.encoded().toHex(), 10_000);
        assertThat(receipt.get("status").asString()).isEqualTo("0x1");
        hashes.add(receipt.get("transactionHash").asString());
      }
      Wei deposit = Wei.ofEther(3);
      depositTo902(devnet, deposit);

      for (int i = 0; i < 2; i++) {
        Rpc follower = following.get(i);
        String hash = hashes.get(i);
        await()
            .atMost(PATIENCE)
            .untilAsserted(() -> {
              JsonNode commitment = follower.call("preconf_getCommitment", hash);
              assertThat(commitment.path("grade").asString()).isIn("safe", "finalized");
            });
        assertThat(follower.number("eth_getBalance", TO.toHex(), "safe")).isEqualTo(100 + i);
      }
      await()
          .atMost(PATIENCE)
          .untilAsserted(() ->
              assertThat(
                      following
                          .getLast()
                          .call("eth_getBalance", DEPOSIT_TO.toHex(), "safe")
                          .asString())
                  .isEqualTo(deposit.amount().toQuantity()));

      long height = following.getFirst().number("eth_blockNumber");
      for (long number = 1; number <= height; number++) {
        JsonNode first = block(following.getFirst(), number);
        JsonNode second = block(following.getLast(), number);
        assertThat(second.get("timestamp")).isEqualTo(first.get("timestamp"));
        assertThat(second.get("extraData").asString().substring(0, 12))
            .as("operator of block " + number)
            .isEqualTo(first.get("extraData").asString().substring(0, 12));
        assertThat(second.get("hash")).isNotEqualTo(first.get("hash"));
        for (int i = 0; i < 2; i++) {
          assertThat(block(sending.get(i), number)).isEqualTo(i == 0 ? first : second);
        }
      }
    }
  }

  private static JsonNode block(Rpc rpc, long number) throws Exception {
    return rpc.call("eth_getBlockByNumber", "0x" + Long.toHexString(number), false);
  }

  private static Transaction transfer(SecretKey from, long chainId, long wei) {
    return Transaction.Unsigned.feeMarket(
            UInt256.of(chainId),
            0,
            UInt256.ONE,
            UInt256.of(100_000_000_000L),
            TRANSFER_GAS,
            TO,
            UInt256.of(wei),
            Bytes.EMPTY)
        .sign(from);
  }

  private static void depositTo902(TestDevnet devnet, Wei amount) throws Exception {
    ClusterFile cluster = ClusterFile.read(devnet.file().cluster());
    SecretKey from = DevAccounts.keys().get(5);
    long nonce = devnet.l1().number("eth_getTransactionCount", from.address().toHex(), "latest");
    Transaction tx =
        Transaction.Unsigned.feeMarket(
                UInt256.of(cluster.l1().chainId()),
                nonce,
                UInt256.of(1_000_000_000),
                UInt256.of(100_000_000_000L),
                200_000,
                cluster.l1Messenger(),
                amount.amount(),
                L1MessengerAbi.encodeDeposit(902, DEPOSIT_TO))
            .sign(from);
    devnet.l1().call("eth_sendRawTransaction", tx.encoded().toHex());
  }
}
