// SPDX-License-Identifier: Apache-2.0
package io.lockstep.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.uint.UInt256;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What a client of Flashblocks sees of a devnet, and where a tool for OP chains finds it. */
class OpenBlockStreamIT {
  /** Logs once, without data, and stops: {@code PUSH0 PUSH0 LOG0 STOP} as a constructor. */
  private static final Bytes LOGS_ONCE = Bytes.fromHex("0x5f5fa000");

  /** Keeps what comes. */
  private static final class Inbox implements WebSocket.Listener {
    private final BlockingQueue<JsonNode> messages = new LinkedBlockingQueue<>();
    private final StringBuilder part = new StringBuilder();

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
      part.append(data);
      if (last) {
        messages.add(Rpc.JSON.readTree(part.toString()));
        part.setLength(0);
      }
      socket.request(1);
      return null;
    }

    JsonNode await(Predicate<JsonNode> wanted) throws InterruptedException {
      long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
      while (true) {
        JsonNode next = messages.poll(deadlineNs - System.nanoTime(), TimeUnit.NANOSECONDS);
        assertThat(next).as("what was waited for did not come").isNotNull();
        if (wanted.test(next)) {
          return next;
        }
      }
    }
  }

  private static Inbox subscribe(HttpClient client, URI node, String params) throws Exception {
    Inbox inbox = new Inbox();
    WebSocket socket =
        client
            .newWebSocketBuilder()
            .buildAsync(URI.create(node.toString().replace("http://", "ws://")), inbox)
            .join();
    socket
        .sendText(
            "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_subscribe\",\"params\":" + params + "}",
            true)
        .join();
    assertThat(inbox.await(message -> message.has("id")).path("result").isString()).isTrue();
    return inbox;
  }

  private static JsonNode result(JsonNode notification) {
    return notification.path("params").path("result");
  }

  @Test
  void showsTheOpenBlockAndWhereTheNodeIs(@TempDir Path folder) throws Exception {
    int port = Lockstep.freePorts(70);
    HttpClient client = HttpClient.newHttpClient();
    try (TestDevnet devnet = TestDevnet.start(folder.resolve("net"), port)) {
      for (int node : new int[] {0, devnet.file().nodes().size() - 1}) {
        URI rpc = devnet.file().nodes().get(node).rpc();
        Inbox blocks = subscribe(client, rpc, "[\"newFlashblocks\"]");
        Inbox hashes = subscribe(client, rpc, "[\"newFlashblockTransactions\"]");
        Inbox whole = subscribe(client, rpc, "[\"newFlashblockTransactions\",true]");
        Inbox logs = subscribe(client, rpc, "[\"pendingLogs\"]");
        Transaction tx =
            devnet.signed(devnet.account(node), 0, null, UInt256.ZERO, LOGS_ONCE, 100_000);
        String hash = tx.hash().toHex();

        devnet.node(node).call("eth_sendRawTransactionSync", tx.encoded().toHex());

        JsonNode block = result(blocks.await(message -> result(message).toString().contains(hash)));
        assertThat(block.path("hash").isNull()).as("it is not sealed").isTrue();
        assertThat(block.path("transactions").get(0).isObject()).isTrue();
        hashes.await(message -> result(message).asString("").equals(hash));
        JsonNode full =
            result(whole.await(message -> result(message).path("hash").asString("").equals(hash)));
        assertThat(full.path("logs")).hasSize(1);
        assertThat(full.path("blockNumber")).isEqualTo(block.path("number"));
        JsonNode log =
            result(
                logs.await(
                    message -> result(message).path("transactionHash").asString("").equals(hash)));
        assertThat(log).isEqualTo(full.path("logs").get(0));
      }
      knowsWhereItIs(devnet);
    } finally {
      // Closing would wait for the sockets to end.
      client.shutdownNow();
    }
  }

  private static void knowsWhereItIs(TestDevnet devnet) throws Exception {
    Transaction tx = devnet.transfer(devnet.account(7), 0, Address.ofLong(0xabc), 1);
    devnet.node(0).call("eth_sendRawTransactionSync", tx.encoded().toHex());
    long deadlineNs = System.nanoTime() + TimeUnit.MINUTES.toNanos(3);
    JsonNode status = devnet.node(0).call("rollup_syncStatus");
    while (status.path("safe_l2").path("number").asLong() == 0) {
      assertThat(System.nanoTime()).as("nothing became safe").isLessThan(deadlineNs);
      Thread.sleep(1_000);
      status = devnet.node(0).call("rollup_syncStatus");
    }
    for (String name : new String[] {"current_l1", "head_l1", "unsafe_l2", "safe_l2"}) {
      JsonNode block = status.path(name);
      assertThat(block.path("number").isIntegralNumber()).as(name).isTrue();
      assertThat(block.path("number").asLong()).as(name).isPositive();
      assertThat(block.path("timestamp").asLong()).as(name).isPositive();
    }
    for (String name : new String[] {"safe_l1", "finalized_l1", "finalized_l2"}) {
      assertThat(status.path(name).path("hash").asString()).as(name).hasSize(66);
    }
    JsonNode safe = status.path("safe_l2");
    String number = "0x" + Long.toHexString(safe.path("number").asLong());
    assertThat(devnet.node(0).call("eth_getBlockByNumber", number, false).path("hash"))
        .isEqualTo(safe.path("hash"));
    JsonNode origin = safe.path("l1origin");
    String l1Number = "0x" + Long.toHexString(origin.path("number").asLong());
    assertThat(devnet.l1().call("eth_getBlockByNumber", l1Number, false).path("hash"))
        .isEqualTo(origin.path("hash"));
    assertThat(safe.path("sequenceNumber").asLong()).isNotNegative();
    assertThat(status.path("head_l1").path("number").asLong())
        .isGreaterThanOrEqualTo(origin.path("number").asLong());
    assertThat(devnet.node(0).call("optimism_syncStatus").has("unsafe_l2")).isTrue();
  }
}
