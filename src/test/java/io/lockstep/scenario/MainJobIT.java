// SPDX-License-Identifier: Apache-2.0
package io.lockstep.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lockstep.config.cluster.DevnetFile;
import io.lockstep.interop.NodeScript;
import io.lockstep.interop.Npm;
import io.lockstep.primitives.crypto.SecretKey;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.uint.UInt256;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * The main job on one devnet: wallets, commitments, turns, batches, a follower from L1 alone, bad
 * input.
 */
class MainJobIT {
  private static final Duration SCRIPT = Duration.ofMinutes(3);
  private static final Duration COMMAND = Duration.ofMinutes(1);
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  @TempDir static Path folder;
  private static @Nullable TestDevnet started;

  @BeforeAll
  static void startDevnet() throws Exception {
    started = TestDevnet.start(folder.resolve("net"), Lockstep.freePorts(70));
  }

  @AfterAll
  static void endDevnet() {
    if (started != null) {
      started.close();
    }
  }

  private static TestDevnet devnet() {
    if (started == null) {
      throw new AssertionError("the devnet was not started");
    }
    return started;
  }

  private static String key(int account) {
    return devnet().account(account).exposeHex();
  }

  @Test
  void viemWorksUnchangedAgainstAnOperator() throws Exception {
    Npm.assumeInstalled();
    DevnetFile.Node node = devnet().file().nodes().getFirst();
    NodeScript.runAndPass(
        SCRIPT, "wallet-viem.mjs", node.rpc().toString(), key(0), node.ws().toString());
  }

  @Test
  void ethersWorksUnchangedAgainstAnOperator() throws Exception {
    Npm.assumeInstalled();
    DevnetFile.Node node = devnet().file().nodes().getFirst();
    NodeScript.runAndPass(
        SCRIPT, "wallet-ethers.mjs", node.rpc().toString(), key(5), node.ws().toString());
  }

  @Test
  void web3WorksUnchangedAgainstTheFollower() throws Exception {
    Npm.assumeInstalled();
    DevnetFile.Node node = devnet().file().nodes().getLast();
    NodeScript.runAndPass(
        SCRIPT, "wallet-web3.mjs", node.rpc().toString(), key(6), node.ws().toString());
  }

  @Test
  void castWorksUnchangedAgainstTheFollower() throws Exception {
    Npm.assumeInstalled("cast");
    NodeScript.runAndPass(
        SCRIPT, "wallet-cast.sh", devnet().file().nodes().getLast().rpc().toString(), key(1));
  }

  @Test
  void aFollowerAnswersSyncWithTheReceiptAcrossHandovers() throws Exception {
    Rpc follower = devnet().follower();
    SecretKey sender = devnet().account(2);
    Set<String> committers = new HashSet<>();
    long nonce = follower.number("eth_getTransactionCount", sender.address().toHex(), "latest");
    long until = System.nanoTime() + Duration.ofSeconds(14).toNanos();
    while (System.nanoTime() < until) {
      Transaction tx = devnet().transfer(sender, nonce++, Address.ofLong(0xbeef), 1);
      JsonNode receipt = follower.call("eth_sendRawTransactionSync", tx.encoded().toHex(), 10_000);
      assertThat(receipt.get("transactionHash").asString()).isEqualTo(tx.hash().toHex());
      assertThat(receipt.get("status").asString()).isEqualTo("0x1");

      JsonNode commitment = follower.call("preconf_getCommitment", tx.hash().toHex());
      assertThat(commitment.path("leaf").path("number").asString())
          .isEqualTo(receipt.get("blockNumber").asString());
      assertThat(commitment.path("leaf").path("txIdx").asString())
          .isEqualTo(receipt.get("transactionIndex").asString());
      committers.add(commitment.get("committer").asString());
      assertThat(follower.number("eth_getTransactionCount", sender.address().toHex(), "latest"))
          .isEqualTo(nonce);
    }
    assertThat(committers).as("operators that committed in seven windows").hasSizeGreaterThan(1);
  }

  @Test
  void aCommitmentIsGenuineThenKeptAndEveryTamperedOneIsRefused() throws Exception {
    SecretKey sender = devnet().account(3);
    Rpc rpc = devnet().node(1);
    long nonce = rpc.number("eth_getTransactionCount", sender.address().toHex(), "pending");
    Transaction tx = devnet().transfer(sender, nonce, Address.ofLong(0xcafe), 5);
    rpc.call("eth_sendRawTransactionSync", tx.encoded().toHex());
    JsonNode commitment = rpc.call("preconf_getCommitment", tx.hash().toHex());
    Path file = folder.resolve("commitment.json");
    Files.writeString(file, commitment.toString());

    assertThat(verify(file, false).output()).startsWith("genuine");
    int tried = 0;
    for (String[] change :
        new String[][] {
          {"\"txIdx\":\"0x1\"", "\"txIdx\":\"0x2\""},
          {tx.hash().toHex(), tx.hash().toHex().replace('a', 'b')},
          {"\"flags\":\"0x0\"", "\"flags\":\"0x1\""},
          {"\"chainId\":\"0x384\"", "\"chainId\":\"0x385\""},
          {"\"committer\":\"0x", "\"committer\":\"0x00"},
          {"\"path\":[", "\"path\":[\"" + tx.hash().toHex() + "\","},
          {"\"txIdx\":", "\"txIdx\":\"0x7\",\"txIdx\":"}
        }) {
      String text = commitment.toString();
      String tampered = text.replace(change[0], change[1]);
      if (tampered.equals(text)) {
        continue; // this commitment has another place or other flags
      }
      tried++;
      Files.writeString(file, tampered);
      Lockstep.Finished refused = verify(file, false);
      assertThat(refused.exitCode()).as(change[1] + ": " + refused.output()).isEqualTo(1);
      assertThat(refused.output()).startsWith("forged");
    }
    assertThat(tried).as("tampered files").isGreaterThanOrEqualTo(5);

    await()
        .atMost(PATIENCE)
        .untilAsserted(() ->
            assertThat(rpc.call("preconf_getCommitment", tx.hash().toHex()).get("grade").asString())
                .isIn("safe", "finalized"));
    Files.writeString(file, rpc.call("preconf_getCommitment", tx.hash().toHex()).toString());
    Lockstep.Finished kept = verify(file, true);
    assertThat(kept.output()).startsWith("kept");
    assertThat(kept.exitCode()).isZero();
    if (Files.isDirectory(Npm.folder().resolve("node_modules").resolve("viem"))) {
      NodeScript.runAndPass(SCRIPT, "commitment-viem.mjs", file.toString());
    }
  }

  private static Lockstep.Finished verify(Path file, boolean withNode) throws Exception {
    String[] alone = {
      "verify",
      file.toString(),
      "--l1-rpc",
      devnet().file().l1().rpc().toString(),
      "--cluster",
      devnet().file().cluster().toString()
    };
    if (!withNode) {
      return Lockstep.run(COMMAND, alone);
    }
    String[] both = java.util.Arrays.copyOf(alone, alone.length + 2);
    both[alone.length] = "--rpc";
    both[alone.length + 1] = devnet().file().nodes().getLast().rpc().toString();
    return Lockstep.run(COMMAND, both);
  }

  @Test
  void turnsComeFromTheBeaconNodeAndBatchesFromWhoseTurnItWas() throws Exception {
    URI beacon = devnet().file().l1().beacon();
    JsonNode spec = Rpc.get(beacon.resolve("/eth/v1/config/spec")).get("data");
    int slotsPerEpoch = Integer.parseInt(spec.get("SLOTS_PER_EPOCH").asString());
    long headSlot =
        Long.parseLong(
            Rpc.get(beacon.resolve("/eth/v1/beacon/headers/head"))
                .at("/data/header/message/slot")
                .asString());
    long epoch = headSlot / slotsPerEpoch + 2;
    // Validator i belongs to operator i modulo 3: a script of our own for one epoch.
    int[] script = {0, 0, 1, 2, 2, 2, 1, 0};
    HttpResponse<String> lever =
        Rpc.post(
            beacon.resolve("/box/proposers"),
            "{\"epoch\":" + epoch + ",\"validators\":" + java.util.Arrays.toString(script) + "}");
    assertThat(lever.statusCode()).as(lever.body()).isEqualTo(200);

    Rpc rpc = devnet().node(0);
    long first = epoch * slotsPerEpoch;
    await()
        .atMost(PATIENCE)
        .ignoreExceptions()
        .untilAsserted(() -> {
          JsonNode slots =
              rpc.call("preconf_schedule", "0x" + Long.toHexString(epoch)).get("slots");
          assertThat(slots).hasSize(slotsPerEpoch);
          for (int i = 0; i < slotsPerEpoch; i++) {
            assertThat(slots.get(i).get("operator").asString())
                .as("slot " + (first + i))
                .isEqualTo(committer(script[i]));
          }
        });
    await().atMost(PATIENCE).until(() -> slotOf(l1Head()) > first + slotsPerEpoch);
    int batches = 0;
    for (JsonNode log : batchLogs()) {
      long slot =
          slotOf(
              devnet().l1().call("eth_getBlockByNumber", log.get("blockNumber").asString(), false));
      if (slot >= first && slot < first + slotsPerEpoch) {
        int operator = Integer.decode("0x" + log.at("/topics/2").asString().substring(58));
        assertThat(operator)
            .as("poster in slot " + slot)
            .isEqualTo(script[(int) (slot - first)] + 1);
        batches++;
      }
    }
    assertThat(batches).as("batches of an epoch of eight slots").isGreaterThanOrEqualTo(5);
  }

  private static String committer(int operator) throws Exception {
    return devnet().node(operator).call("preconf_status").get("committer").asString();
  }

  private static JsonNode l1Head() throws Exception {
    return devnet().l1().call("eth_getBlockByNumber", "latest", false);
  }

  private static long slotOf(JsonNode block) throws Exception {
    URI beacon = devnet().file().l1().beacon();
    long genesis =
        Long.parseLong(
            Rpc.get(beacon.resolve("/eth/v1/beacon/genesis")).at("/data/genesis_time").asString());
    return (Long.decode(block.get("timestamp").asString()) - genesis) / 2;
  }

  private static JsonNode batchLogs() throws Exception {
    return devnet()
        .l1()
        .call(
            "eth_getLogs",
            java.util.Map.of(
                "fromBlock",
                "0x0",
                "address",
                String.valueOf(devnet().file().contracts().get("ClusterInbox"))));
  }

  @Test
  void blocksKeepComingAtLeastOneInEachSlotAndBatchesAreBlobTransactions() throws Exception {
    Rpc rpc = devnet().follower();
    long from = rpc.number("eth_blockNumber");
    await().atMost(PATIENCE).until(() -> rpc.number("eth_blockNumber") >= from + 6);
    long before = -1;
    for (long number = from; number <= from + 6; number++) {
      JsonNode block = rpc.call("eth_getBlockByNumber", "0x" + Long.toHexString(number), false);
      long timestamp = Long.decode(block.get("timestamp").asString());
      if (before != -1) {
        assertThat(timestamp - before).as("seconds between blocks").isBetween(1L, 3L);
      }
      before = timestamp;
    }
    JsonNode logs = batchLogs();
    assertThat(logs.size()).isPositive();
    JsonNode tx =
        devnet()
            .l1()
            .call(
                "eth_getTransactionByHash",
                logs.get(logs.size() - 1).get("transactionHash").asString());
    assertThat(tx.get("type").asString()).isEqualTo("0x3");
    assertThat(tx.get("blobVersionedHashes").size()).isPositive();
  }

  @Test
  void aFollowerFromNothingButL1ReachesTheSameSafeChain() throws Exception {
    Rpc known = devnet().node(0);
    await().atMost(PATIENCE).until(() -> safe(known) >= 3);
    long target = safe(known);
    int port = Lockstep.freePorts(3);
    try (Lockstep node =
        Lockstep.start(
            List.of(
                "node",
                "--cluster",
                devnet().file().cluster().toString(),
                "--l1-rpc",
                devnet().file().l1().rpc().toString(),
                "--l1-beacon",
                devnet().file().l1().beacon().toString(),
                "--data-dir",
                folder.resolve("fresh").toString(),
                "--rpc-port",
                Integer.toString(port)))) {
      Rpc fresh = new Rpc(URI.create("http://127.0.0.1:" + port));
      await().atMost(PATIENCE).ignoreExceptions().until(() -> safe(fresh) >= target);
      for (long number = 0; number <= target; number++) {
        String quantity = "0x" + Long.toHexString(number);
        JsonNode theirs = known.call("eth_getBlockByNumber", quantity, false);
        JsonNode ours = fresh.call("eth_getBlockByNumber", quantity, false);
        assertThat(ours.get("hash")).as("block " + number).isEqualTo(theirs.get("hash"));
        assertThat(ours.get("stateRoot")).isEqualTo(theirs.get("stateRoot"));
      }
      assertThat(node.terminate(Duration.ofSeconds(15))).isIn(0, 143);
    }
  }

  private static long safe(Rpc rpc) throws Exception {
    return Long.decode(rpc.call("eth_getBlockByNumber", "safe", false).get("number").asString());
  }

  @Test
  void badInputIsRefusedClearlyAndTheNodeStaysUp() throws Exception {
    Rpc rpc = devnet().node(2);
    SecretKey sender = devnet().account(4);
    assertThat(rpc.raw("{nonsense").at("/error/code").asInt()).isEqualTo(-32700);
    assertThat(rpc.error("eth_noSuchMethod").get("code").asInt()).isEqualTo(-32601);
    assertThat(
            rpc.error(
                    "eth_sendRawTransaction",
                    devnet().transfer(sender, 0, Address.ZERO, 1).fields().signingHash().toHex())
                .get("code")
                .asInt())
        .isEqualTo(-32000);
    assertThat(message(rpc, foreignChain(sender))).contains("chain id");
    assertThat(
            message(
                rpc,
                devnet()
                    .signed(
                        sender,
                        0,
                        Address.ZERO,
                        UInt256.of(1)
                            .multiply(UInt256.of(2).multiply(UInt256.of(1L << 62)))
                            .multiply(UInt256.of(1L << 60)),
                        Bytes.EMPTY,
                        21_000)))
        .contains("insufficient funds");
    assertThat(
            message(
                rpc, devnet().signed(sender, 0, Address.ZERO, UInt256.ZERO, Bytes.EMPTY, 1L << 25)))
        .contains("gas limit too high");
    assertThat(
            message(
                rpc, devnet().signed(sender, 0, Address.ZERO, UInt256.ZERO, Bytes.EMPTY, 20_000)))
        .contains("intrinsic gas too low");
    HttpResponse<String> oversized =
        Rpc.post(devnet().file().nodes().get(2).rpc(), "[" + " ".repeat(11 << 20) + "]");
    assertThat(oversized.statusCode()).isEqualTo(413);
    String[] gossip = devnet().file().nodes().get(2).gossip().split(":", 2);
    try (Socket socket = new Socket(gossip[0], Integer.parseInt(gossip[1]))) {
      socket
          .getOutputStream()
          .write("GET / HTTP/1.1\r\n\r\n and other garbage".getBytes(StandardCharsets.UTF_8));
      socket.getOutputStream().flush();
      socket.setSoTimeout(20_000);
      while (socket.getInputStream().read() >= 0) {
        // the node closes the connection
      }
    }
    Transaction good =
        devnet()
            .transfer(
                sender,
                rpc.number("eth_getTransactionCount", sender.address().toHex(), "pending"),
                Address.ofLong(0xfeed),
                1);
    assertThat(
            rpc.call("eth_sendRawTransactionSync", good.encoded().toHex()).get("status").asString())
        .isEqualTo("0x1");
    assertThat(message(rpc, devnet().transfer(sender, 0, Address.ofLong(0xfeed), 2)))
        .contains("nonce too low");
  }

  private static String message(Rpc rpc, Transaction tx) throws Exception {
    return rpc.error("eth_sendRawTransaction", tx.encoded().toHex()).get("message").asString();
  }

  private static Transaction foreignChain(SecretKey sender) {
    return Transaction.Unsigned.feeMarket(
            UInt256.of(1),
            0,
            UInt256.of(1_000_000_000),
            UInt256.of(100_000_000_000L),
            21_000,
            Address.ZERO,
            UInt256.ZERO,
            Bytes.EMPTY)
        .sign(sender);
  }

  @Test
  void operationsPortServesMetricsHealthAndAPage() throws Exception {
    URI ops = devnet().file().nodes().getFirst().ops();
    assertThat(Rpc.get(ops.resolve("/health")).get("status").asString()).isEqualTo("ok");
    HttpResponse<String> metrics =
        java.net.http.HttpClient.newHttpClient()
            .send(
                java.net.http.HttpRequest.newBuilder(ops.resolve("/metrics")).build(),
                HttpResponse.BodyHandlers.ofString());
    assertThat(metrics.body())
        .contains("lockstep_head_safe")
        .contains("lockstep_promise_mismatches_total 0");
    HttpResponse<String> page =
        java.net.http.HttpClient.newHttpClient()
            .send(
                java.net.http.HttpRequest.newBuilder(ops.resolve("/")).build(),
                HttpResponse.BodyHandlers.ofString());
    assertThat(page.body()).contains("</html>");
  }
}
