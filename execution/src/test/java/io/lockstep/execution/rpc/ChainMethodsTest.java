// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.lockstep.primitives.rpc.RpcError;
import io.lockstep.primitives.rpc.RpcMethod;
import io.lockstep.primitives.tx.BlockHeader;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Hash32;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

/** The chain-reading methods over a chain of the test's own, sealed and open. */
class ChainMethodsTest {
  private static final ObjectMapper JSON = JsonMapper.shared();
  private static final String ZERO_HASH = Hash32.ZERO.toHex();

  @TempDir Path dir;

  private final AtomicLong nowMs = new AtomicLong(1_000_000);
  private SmallChain chain;
  private ChainMethods methods;

  @BeforeEach
  void start() {
    chain = new SmallChain(dir);
    methods =
        new ChainMethods(
            chain.view,
            new CallOptions(100_000_000, 5_000, 5, 3),
            () -> Instant.ofEpochMilli(nowMs.get()));
  }

  @AfterEach
  void stop() {
    methods.close();
    chain.close();
  }

  private JsonNode call(String method, String params) throws RpcError {
    RpcMethod known = methods.methods().get(method);
    assertThat(known).as(method).isNotNull();
    return known.call(JSON.readTree(params));
  }

  private RpcError refused(String method, String params) {
    RpcError error = catchThrowableOfType(RpcError.class, () -> call(method, params));
    assertThat(error).as(method + params).isNotNull();
    return error;
  }

  private String text(String method, String params) throws RpcError {
    return call(method, params).asString();
  }

  @Test
  void showsAReleasedTransactionBeforeItsBlockIsSealed() throws Exception {
    chain.seal();
    Transaction first = chain.transaction(SmallChain.FRIEND, 5, "0x");
    Transaction second = chain.transaction(SmallChain.STORE, 0, SmallChain.word(42));
    chain.release(first, second);
    String hash = "[\"" + second.hash() + "\"]";
    String friend = "[\"" + SmallChain.FRIEND + "\",\"%s\"]";

    JsonNode early = call("eth_getTransactionReceipt", hash);
    assertThat(early.path("blockHash").asString()).isEqualTo(ZERO_HASH);
    assertThat(early.path("blockNumber").asString()).isEqualTo("0x2");
    assertThat(early.path("transactionIndex").asString()).isEqualTo("0x1");
    assertThat(early.path("status").asString()).isEqualTo("0x1");
    assertThat(early.path("logs").get(0).path("blockHash").asString()).isEqualTo(ZERO_HASH);
    assertThat(call("eth_getTransactionByHash", hash).path("blockNumber").asString())
        .isEqualTo("0x2");
    assertThat(text("eth_blockNumber", "[]")).isEqualTo("0x1");
    assertThat(call("eth_getBalance", friend.formatted("latest")).asString()).isNotEqualTo("0x0");
    assertThat(text("eth_getBalance", friend.formatted("0x1"))).isEqualTo("0x0");
    String slot = "[\"" + SmallChain.STORE + "\",\"0x0\",\"%s\"]";
    assertThat(text("eth_getStorageAt", slot.formatted("latest"))).endsWith("2a");
    assertThat(text("eth_getStorageAt", slot.formatted("0x1"))).isEqualTo(ZERO_HASH);
    String sender = "[\"" + SmallChain.KEY.address() + "\",\"%s\"]";
    assertThat(text("eth_getTransactionCount", sender.formatted("latest"))).isEqualTo("0x2");
    assertThat(text("eth_getTransactionCount", sender.formatted("0x1"))).isEqualTo("0x0");
    assertThat(call("eth_getLogs", "[{\"fromBlock\":\"0x0\"}]").size()).isZero();
    JsonNode pending = call("eth_getBlockByNumber", "[\"pending\",true]");
    assertThat(pending.path("number").asString()).isEqualTo("0x2");
    assertThat(pending.path("hash").isNull()).isTrue();
    assertThat(pending.path("transactions").get(1).path("hash").asString())
        .isEqualTo(second.hash().toHex());
    assertThat(call("eth_getBlockByNumber", "[\"latest\",false]").path("number").asString())
        .isEqualTo("0x1");
    assertThat(text("eth_getBlockTransactionCountByNumber", "[\"pending\"]")).isEqualTo("0x2");
    assertThat(call("eth_getBlockReceipts", "[\"pending\"]").get(1)).isEqualTo(early);
    assertThat(
            call("eth_getProof", "[\"" + SmallChain.KEY.address() + "\",[],\"latest\"]")
                .path("nonce")
                .asString())
        .isEqualTo("0x0");

    chain.seal(first, second);

    JsonNode late = call("eth_getTransactionReceipt", hash);
    assertThat(late.path("blockHash").asString()).isEqualTo(chain.db.headHash().toHex());
    for (String same :
        List.of(
            "blockNumber",
            "transactionIndex",
            "gasUsed",
            "cumulativeGasUsed",
            "effectiveGasPrice",
            "status",
            "from",
            "to",
            "logsBloom")) {
      assertThat(late.path(same)).as(same).isEqualTo(early.path(same));
    }
    assertThat(ReceiptJson.of(chain.view, second.hash())).isEqualTo(late);
    assertThat(ReceiptJson.of(chain.view, Hash32.ZERO)).isNull();
  }

  @Test
  void showsAWaitingTransaction() throws Exception {
    Transaction tx = chain.transaction(SmallChain.FRIEND, 5, "0x");
    chain.view.waiting.put(tx.hash(), tx);
    String hash = "[\"" + tx.hash() + "\"]";

    JsonNode node = call("eth_getTransactionByHash", hash);
    assertThat(node.path("blockHash").isNull()).isTrue();
    assertThat(node.path("from").asString()).isEqualTo(SmallChain.KEY.address().toHex());
    assertThat(node.path("type").asString()).isEqualTo("0x2");
    assertThat(node.path("v")).isEqualTo(node.path("yParity"));
    assertThat(call("eth_getTransactionReceipt", hash).isNull()).isTrue();
    assertThat(text("debug_getRawTransaction", hash)).isEqualTo(tx.encoded().toHex());
    String sender = "[\"" + SmallChain.KEY.address() + "\",\"%s\"]";
    assertThat(text("eth_getTransactionCount", sender.formatted("pending"))).isEqualTo("0x1");
    assertThat(text("eth_getTransactionCount", sender.formatted("latest"))).isEqualTo("0x0");
  }

  @Test
  void givesALegacyTransactionItsProtectedV() throws Exception {
    Transaction tx = chain.legacy(SmallChain.FRIEND, 1);
    chain.seal(tx);

    JsonNode node = call("eth_getTransactionByHash", "[\"" + tx.hash() + "\"]");

    assertThat(node.path("v").asString())
        .isEqualTo("0x" + Integer.toHexString(901 * 2 + 35 + tx.signature().yParity()));
    assertThat(node.has("yParity")).isFalse();
    assertThat(node.path("chainId").asString()).isEqualTo("0x385");
  }

  @Test
  void findsBlocksByEveryKindOfParameter() throws Exception {
    BlockHeader header = chain.seal();
    String hash = header.hash().toHex();
    String account = "[\"" + SmallChain.KEY.address() + "\",%s]";

    for (String block :
        List.of(
            "\"latest\"",
            "\"pending\"",
            "\"0x1\"",
            "\"" + hash + "\"",
            "{\"blockHash\":\"" + hash + "\"}",
            "{\"blockHash\":\"" + hash + "\",\"requireCanonical\":true}",
            "{\"blockNumber\":\"0x1\"}",
            "\"safe\"",
            "\"earliest\"",
            "null")) {
      assertThat(text("eth_getBalance", account.formatted(block))).isEqualTo("0x8ac7230489e80000");
    }
    assertThat(refused("eth_getBalance", account.formatted("\"0x9\"")).text())
        .isEqualTo("header not found");
    assertThat(refused("eth_getBalance", account.formatted("\"9\"")).code())
        .isEqualTo(RpcError.INVALID_PARAMS);
    assertThat(refused("eth_getBalance", account.formatted("\"newest\"")).code())
        .isEqualTo(RpcError.INVALID_PARAMS);
    assertThat(refused("eth_getBalance", "[\"0x12\"]").code()).isEqualTo(RpcError.INVALID_PARAMS);
    assertThat(refused("eth_getBalance", "[]").code()).isEqualTo(RpcError.INVALID_PARAMS);
    assertThat(call("eth_getBlockByNumber", "[\"0x9\",false]").isNull()).isTrue();
    assertThat(call("eth_getBlockByHash", "[\"" + ZERO_HASH + "\",false]").isNull()).isTrue();
    assertThat(call("eth_getTransactionByBlockNumberAndIndex", "[\"0x1\",\"0x0\"]").isNull())
        .isTrue();
    JsonNode genesis = call("eth_getBlockByNumber", "[\"finalized\",false]");
    assertThat(genesis.path("number").asString()).isEqualTo("0x0");
    assertThat(genesis.path("hash").asString()).isEqualTo(chain.db.genesisHeader().hash().toHex());

    chain.rewindTo(chain.db.genesisHeader(), 0);
    chain.seal(2);
    assertThat(
            refused(
                    "eth_getBalance",
                    account.formatted("{\"blockHash\":\"" + hash + "\",\"requireCanonical\":true}"))
                .text())
        .contains("not currently canonical");
    assertThat(text("eth_getBalance", account.formatted("{\"blockHash\":\"" + hash + "\"}")))
        .isEqualTo("0x8ac7230489e80000");
  }

  private static String callTo(Object to, String data, String rest) {
    return "[{\"to\":\"" + to + "\",\"input\":\"" + data + "\"}" + rest + "]";
  }

  @Test
  void reportsRevertsWithReasonAndData() {
    String error =
        "0x08c379a0" + "%064x".formatted(32) + "%064x".formatted(2) + "6e6f" + "0".repeat(60);
    RpcError worded = refused("eth_call", callTo(SmallChain.REVERT, error, ""));
    assertThat(worded.code()).isEqualTo(3);
    assertThat(worded.text()).isEqualTo("execution reverted: no");
    assertThat(String.valueOf(worded.data())).isEqualTo("\"" + error + "\"");

    String panic = "0x4e487b71" + "%064x".formatted(0x11);
    assertThat(refused("eth_call", callTo(SmallChain.REVERT, panic, "")).text())
        .isEqualTo("execution reverted: arithmetic underflow or overflow");
    RpcError bare = refused("eth_estimateGas", callTo(SmallChain.REVERT, "0x1234", ""));
    assertThat(bare.code()).isEqualTo(3);
    assertThat(bare.text()).isEqualTo("execution reverted");
    String lying = "0x08c379a0" + "%064x".formatted(32) + "f".repeat(64);
    assertThat(refused("eth_call", callTo(SmallChain.REVERT, lying, "")).text())
        .isEqualTo("execution reverted");
  }

  @Test
  void callsWithOverridesOfStateAndBlock() throws Exception {
    chain.seal();
    String clock = callTo(SmallChain.CLOCK, "0x", "");
    assertThat(text("eth_call", clock))
        .isEqualTo("0x" + "%064x".formatted(1) + "%064x".formatted(0x66));
    assertThat(
            text(
                "eth_call",
                callTo(
                    SmallChain.CLOCK,
                    "0x",
                    ",\"latest\",null,{\"number\":\"0x64\",\"time\":\"0xff\"}")))
        .isEqualTo("0x" + "%064x".formatted(100) + "%064x".formatted(255));
    // SLOAD(0) returned
    String reader = "0x60005460005260206000f3";
    String overrides =
        ",\"latest\",{\"%s\":{\"code\":\"%s\",\"stateDiff\":{\"0x0\":\"0x07\"}}}"
            .formatted(SmallChain.FRIEND, reader);
    assertThat(text("eth_call", callTo(SmallChain.FRIEND, "0x", overrides)))
        .isEqualTo("0x" + "%064x".formatted(7));
    // SELFBALANCE returned
    String poor = "{\"code\":\"0x4760005260206000f3\",\"balance\":\"0x3\"}";
    assertThat(
            text(
                "eth_call",
                callTo(
                    SmallChain.FRIEND,
                    "0x",
                    ",\"latest\",{\"" + SmallChain.FRIEND + "\":" + poor + "}")))
        .isEqualTo("0x" + "%064x".formatted(3));
    assertThat(
            refused(
                    "eth_call",
                    callTo(
                        SmallChain.FRIEND,
                        "0x",
                        ",\"latest\",{\""
                            + SmallChain.FRIEND
                            + "\":{\"state\":{},\"stateDiff\":{}}}"))
                .code())
        .isEqualTo(RpcError.INVALID_PARAMS);
    // BLOBBASEFEE returned
    String blobFee = "{\"code\":\"0x4a60005260206000f3\"}";
    assertThat(
            text(
                "eth_call",
                callTo(
                    SmallChain.FRIEND,
                    "0x",
                    ",\"latest\",{\""
                        + SmallChain.FRIEND
                        + "\":"
                        + blobFee
                        + "},{\"blobBaseFee\":\"0x4d2\"}")))
        .isEqualTo("0x" + "%064x".formatted(1234));
  }

  @Test
  void callsSeeWhatWasReleased() throws Exception {
    chain.seal();
    chain.release(chain.transaction(SmallChain.STORE, 0, SmallChain.word(9)));
    String reader = "{\"code\":\"0x60005460005260206000f3\"}";
    String overrides = ",\"%s\",{\"" + SmallChain.STORE + "\":" + reader + "}";

    assertThat(text("eth_call", callTo(SmallChain.STORE, "0x", overrides.formatted("latest"))))
        .isEqualTo("0x" + "%064x".formatted(9));
    assertThat(text("eth_call", callTo(SmallChain.STORE, "0x", overrides.formatted("0x1"))))
        .isEqualTo(ZERO_HASH);
    // A contract that compares times must not see a clock behind the state it reads.
    assertThat(text("eth_call", callTo(SmallChain.CLOCK, "0x", "")))
        .isEqualTo("0x" + "%064x".formatted(2) + "%064x".formatted(0x67));
  }

  @Test
  void estimatesGas() throws Exception {
    chain.seal();
    String from = "\"from\":\"" + SmallChain.KEY.address() + "\"";
    assertThat(
            text(
                "eth_estimateGas",
                "[{" + from + ",\"to\":\"" + SmallChain.FRIEND + "\",\"value\":\"0x1\"}]"))
        .isEqualTo("0x5208");
    long store =
        Long.decode(text("eth_estimateGas", callTo(SmallChain.STORE, SmallChain.word(1), "")));
    Transaction tx = chain.transaction(SmallChain.STORE, 0, SmallChain.word(1));
    chain.seal(tx);
    long used =
        Long.decode(
            call("eth_getTransactionReceipt", "[\"" + tx.hash() + "\"]")
                .path("gasUsed")
                .asString());
    assertThat(store).isBetween(used, (long) (used * 1.05));

    assertThat(
            refused(
                    "eth_estimateGas",
                    "[{" + from + ",\"to\":\"" + SmallChain.STORE + "\",\"gas\":\"0x5300\"}]")
                .text())
        .contains("gas required exceeds allowance");
    String price = ",\"gasPrice\":\"0x3b9aca01\",\"value\":\"0x8ac7230489e80001\"}]";
    assertThat(
            refused(
                    "eth_estimateGas",
                    "[{" + from + ",\"to\":\"" + SmallChain.FRIEND + "\"" + price)
                .text())
        .contains("insufficient funds");
    assertThat(
            refused(
                    "eth_call",
                    "[{\"to\":\""
                        + SmallChain.FRIEND
                        + "\",\"gasPrice\":\"0x1\",\"maxFeePerGas\":\"0x1\"}]")
                .text())
        .contains("both gasPrice");
    assertThat(
            refused("eth_call", "[{\"to\":\"" + SmallChain.FRIEND + "\",\"value\":\"0x1\"}]")
                .text())
        .contains("insufficient");
  }

  @Test
  void endsACallThatRunsTooLong() {
    try (ChainMethods impatient =
        new ChainMethods(
            chain.view,
            new CallOptions(4_000_000_000L, 50, 5, 3),
            java.time.InstantSource.system())) {
      // JUMPDEST PUSH1 0 JUMP
      String loop =
          callTo(
              SmallChain.FRIEND,
              "0x",
              ",\"latest\",{\"" + SmallChain.FRIEND + "\":{\"code\":\"0x5b600056\"}}");
      RpcError error =
          catchThrowableOfType(
              RpcError.class,
              () ->
                  Objects.requireNonNull(impatient.methods().get("eth_call"))
                      .call(JSON.readTree(loop)));
      assertThat(error.text()).contains("50 ms");
    }
    String loop =
        callTo(
            SmallChain.FRIEND,
            "0x",
            ",\"latest\",{\"" + SmallChain.FRIEND + "\":{\"code\":\"0x5b600056\"}}");
    assertThat(refused("eth_call", loop.replace("\"to\"", "\"gas\":\"0xf4240\",\"to\"")).text())
        .isEqualTo("out of gas");
  }

  @Test
  void listsWhatACallAccesses() throws Exception {
    JsonNode answer =
        call("eth_createAccessList", callTo(SmallChain.STORE, SmallChain.word(1), ""));

    assertThat(answer.path("accessList").toString())
        .isEqualTo(
            "[{\"address\":\"%s\",\"storageKeys\":[\"%s\"]}]"
                .formatted(SmallChain.STORE, ZERO_HASH));
    assertThat(answer.has("error")).isFalse();
  }

  @Test
  void findsAndBoundsLogs() throws Exception {
    for (int i = 0; i < 4; i++) {
      chain.seal(chain.transaction(SmallChain.STORE, 0, SmallChain.word(i % 2)));
    }
    String odd = "\"topics\":[\"" + SmallChain.word(1) + "\"]";
    JsonNode found = call("eth_getLogs", "[{\"fromBlock\":\"earliest\"," + odd + "}]");
    assertThat(found.size()).isEqualTo(2);
    assertThat(found.get(0).path("blockNumber").asString()).isEqualTo("0x2");
    assertThat(found.get(0).path("blockHash").asString())
        .isEqualTo(Objects.requireNonNull(chain.db.canonicalHash(2)).toHex());
    assertThat(found.get(0).path("removed").asBoolean()).isFalse();
    assertThat(call("eth_getLogs", "[{}]").size()).isOne();
    String hash = "[{\"blockHash\":\"" + chain.db.canonicalHash(3) + "\"%s}]";
    assertThat(call("eth_getLogs", hash.formatted("")).size()).isOne();
    assertThat(refused("eth_getLogs", hash.formatted(",\"fromBlock\":\"0x1\"")).code())
        .isEqualTo(RpcError.INVALID_PARAMS);
    assertThat(
            call(
                    "eth_getLogs",
                    "[{\"fromBlock\":\"0x1\",\"address\":\"" + SmallChain.CLOCK + "\"}]")
                .size())
        .isZero();
    RpcError tooMany = refused("eth_getLogs", "[{\"fromBlock\":\"0x1\"}]");
    assertThat(tooMany.code()).isEqualTo(RpcError.LIMIT_EXCEEDED);
    assertThat(tooMany.text()).contains("more than 3 results");
    chain.seal();
    chain.seal();
    assertThat(refused("eth_getLogs", "[{\"fromBlock\":\"0x0\"," + odd + "}]").text())
        .contains("query spans 7 blocks, limit 5");
    assertThat(refused("eth_getLogs", "[{\"fromBlock\":\"0x3\",\"toBlock\":\"0x2\"}]").code())
        .isEqualTo(RpcError.INVALID_PARAMS);
    assertThat(refused("eth_getLogs", "[{\"fromBlock\":\"0x3\",\"toBlock\":\"0x20\"}]").text())
        .contains("beyond current head");
    assertThat(refused("eth_getLogs", "[{\"address\":\"0x12\"}]").code())
        .isEqualTo(RpcError.INVALID_PARAMS);
    assertThat(refused("eth_getLogs", "[{\"topics\":[null,null,null,null,null]}]").code())
        .isEqualTo(RpcError.INVALID_PARAMS);
  }

  @Test
  void followsTheChainWithFiltersAlsoThroughAReorganisation() throws Exception {
    BlockHeader base = chain.seal();
    String logs = "[\"" + text("eth_newFilter", "[{}]") + "\"]";
    String blocks = "[\"" + text("eth_newBlockFilter", "[]") + "\"]";
    assertThat(call("eth_getFilterChanges", logs).size()).isZero();

    BlockHeader left = chain.seal(chain.transaction(SmallChain.STORE, 0, SmallChain.word(5)));
    assertThat(call("eth_getFilterChanges", logs).size()).isOne();
    assertThat(call("eth_getFilterChanges", blocks).toString())
        .isEqualTo("[\"" + left.hash() + "\"]");
    assertThat(call("eth_getFilterChanges", blocks).size()).isZero();
    assertThat(call("eth_getFilterLogs", logs).size()).isOne();

    chain.rewindTo(base, 0);
    BlockHeader right = chain.seal(2, chain.transaction(SmallChain.STORE, 0, SmallChain.word(6)));
    JsonNode changes = call("eth_getFilterChanges", logs);
    assertThat(changes.size()).isEqualTo(2);
    assertThat(changes.get(0).path("removed").asBoolean()).isTrue();
    assertThat(changes.get(0).path("blockHash").asString()).isEqualTo(left.hash().toHex());
    assertThat(changes.get(1).path("removed").asBoolean()).isFalse();
    assertThat(changes.get(1).path("blockHash").asString()).isEqualTo(right.hash().toHex());

    nowMs.addAndGet(4 * 60_000);
    assertThat(call("eth_getFilterChanges", blocks).size()).isOne();
    nowMs.addAndGet(4 * 60_000);
    assertThat(refused("eth_getFilterChanges", logs).text()).isEqualTo("filter not found");
    assertThat(call("eth_uninstallFilter", blocks).asBoolean()).isTrue();
    assertThat(call("eth_uninstallFilter", blocks).asBoolean()).isFalse();
    assertThat(refused("eth_getFilterLogs", blocks).text()).isEqualTo("filter not found");
  }

  @Test
  void boundsFilters() throws Exception {
    for (int i = 0; i < 1_024; i++) {
      call("eth_newBlockFilter", "[]");
    }
    assertThat(refused("eth_newBlockFilter", "[]").code()).isEqualTo(RpcError.LIMIT_EXCEEDED);
    nowMs.addAndGet(6 * 60_000);
    assertThat(text("eth_newBlockFilter", "[]")).startsWith("0x");
  }

  @Test
  void tellsSubscribersOfHeadsAndLogs() throws Exception {
    BlockHeader base = chain.seal();
    BlockingQueue<JsonNode> heads = new LinkedBlockingQueue<>();
    BlockingQueue<JsonNode> logs = new LinkedBlockingQueue<>();
    AutoCloseable headsEnd =
        ChainSubscriptions.newHeads(chain.view).subscribe(JSON.createArrayNode(), heads::add);
    AutoCloseable logsEnd =
        ChainSubscriptions.logs(chain.view)
            .subscribe(JSON.readTree("[{\"address\":\"" + SmallChain.STORE + "\"}]"), logs::add);

    BlockHeader left = chain.seal(chain.transaction(SmallChain.STORE, 0, SmallChain.word(5)));
    JsonNode head = heads.poll(5, TimeUnit.SECONDS);
    assertThat(head).isNotNull();
    assertThat(head.path("hash").asString()).isEqualTo(left.hash().toHex());
    assertThat(head.path("parentHash").asString()).isEqualTo(base.hash().toHex());
    JsonNode log = logs.poll(5, TimeUnit.SECONDS);
    assertThat(log).isNotNull();
    assertThat(log.path("logIndex").asString()).isEqualTo("0x0");

    chain.db.rewindTo(base.hash());
    chain.seal(2);
    JsonNode removed = logs.poll(5, TimeUnit.SECONDS);
    assertThat(removed).isNotNull();
    assertThat(removed.path("removed").asBoolean()).isTrue();
    assertThat(heads.poll(5, TimeUnit.SECONDS)).isNotNull();

    headsEnd.close();
    logsEnd.close();
    assertThat(chain.view.listeners).isEmpty();
    List<JsonNode> many = new ArrayList<>();
    BlockingQueue<JsonNode> again = new LinkedBlockingQueue<>();
    Subscription source = ChainSubscriptions.newHeads(chain.view);
    try (AutoCloseable end = source.subscribe(JSON.createArrayNode(), again::add)) {
      IntStream.range(0, 20).forEach(i -> chain.seal());
      for (int i = 0; i < 20; i++) {
        JsonNode next = again.poll(5, TimeUnit.SECONDS);
        assertThat(next).isNotNull();
        many.add(next);
      }
      assertThat(end).isNotNull();
    }
    for (int i = 1; i < many.size(); i++) {
      assertThat(many.get(i).path("parentHash")).isEqualTo(many.get(i - 1).path("hash"));
    }
  }

  @Test
  void tellsWhatFeesWereAndAre() throws Exception {
    chain.seal(
        chain.transaction(SmallChain.FRIEND, 1, "0x"),
        chain.transaction(SmallChain.STORE, 0, SmallChain.word(1)));
    JsonNode history = call("eth_feeHistory", "[\"0x5\",\"latest\",[0,50,100]]");

    assertThat(history.path("oldestBlock").asString()).isEqualTo("0x0");
    assertThat(history.path("baseFeePerGas").size()).isEqualTo(3);
    assertThat(history.path("gasUsedRatio").size()).isEqualTo(2);
    assertThat(history.path("baseFeePerBlobGas").size()).isEqualTo(3);
    assertThat(history.path("reward").get(1).toString()).isEqualTo("[\"0x2\",\"0x2\",\"0x2\"]");
    assertThat(history.path("reward").get(0).toString()).isEqualTo("[\"0x0\",\"0x0\",\"0x0\"]");
    String next = text("eth_baseFee", "[]");
    assertThat(history.path("baseFeePerGas").get(2).asString()).isEqualTo(next);
    assertThat(Long.decode(text("eth_gasPrice", "[]"))).isEqualTo(Long.decode(next) + 7);
    assertThat(text("eth_maxPriorityFeePerGas", "[]")).isEqualTo("0x7");
    assertThat(text("eth_blobBaseFee", "[]")).isEqualTo("0x1");
    assertThat(refused("eth_feeHistory", "[\"0x5\",\"latest\",[50,10]]").code())
        .isEqualTo(RpcError.INVALID_PARAMS);
    assertThat(refused("eth_feeHistory", "[\"0x5\",\"0x99\",[]]").text()).contains("beyond head");
    assertThat(call("eth_feeHistory", "[1,\"latest\"]").has("reward")).isFalse();
  }

  @Test
  void saysWhatItIs() throws Exception {
    assertThat(text("eth_chainId", "[]")).isEqualTo("0x385");
    assertThat(text("net_version", "[]")).isEqualTo("901");
    assertThat(text("net_peerCount", "[]")).isEqualTo("0x3");
    assertThat(text("web3_sha3", "[\"0x\"]"))
        .isEqualTo("0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470");
    assertThat(call("eth_syncing", "[]").asBoolean()).isFalse();
    JsonNode config = call("eth_config", "[]");
    assertThat(config.path("current").path("precompiles").path("ECREC").asString())
        .isEqualTo("0x0000000000000000000000000000000000000001");
    assertThat(config.path("next").isNull()).isTrue();
    assertThat(config.path("current").path("forkId").asString()).matches("0x[0-9a-f]{8}");
  }

  @Test
  void tracesTransactionsSealedAndReleased() throws Exception {
    Transaction first = chain.transaction(SmallChain.STORE, 0, SmallChain.word(3));
    chain.seal(first);
    JsonNode steps = call("debug_traceTransaction", "[\"" + first.hash() + "\"]");
    assertThat(steps.path("failed").asBoolean()).isFalse();
    assertThat(steps.path("structLogs").size()).isEqualTo(9);
    JsonNode store = steps.path("structLogs").get(4);
    assertThat(store.path("op").asString()).isEqualTo("SSTORE");
    assertThat(store.path("storage").path(ZERO_HASH).asString()).isEqualTo(SmallChain.word(3));
    assertThat(store.path("gasCost").asLong()).isEqualTo(22_100);

    Transaction second = chain.transaction(SmallChain.STORE, 0, SmallChain.word(4));
    chain.release(second);
    JsonNode tree =
        call(
            "debug_traceTransaction",
            "[\""
                + second.hash()
                + "\",{\"tracer\":\"callTracer\",\"tracerConfig\":{\"withLog\":true}}]");
    assertThat(tree.path("type").asString()).isEqualTo("CALL");
    assertThat(tree.path("to").asString()).isEqualTo(SmallChain.STORE.toHex());
    assertThat(tree.path("input").asString()).isEqualTo(SmallChain.word(4));
    assertThat(tree.path("logs").get(0).path("topics").get(0).asString())
        .isEqualTo(SmallChain.word(4));
    assertThat(tree.path("gasUsed"))
        .isEqualTo(
            call("eth_getTransactionReceipt", "[\"" + second.hash() + "\"]").path("gasUsed"));

    JsonNode reverted =
        call(
            "debug_traceCall",
            "[{\"to\":\""
                + SmallChain.REVERT
                + "\",\"input\":\"0x1234\"},\"latest\",{\"tracer\":\"callTracer\"}]");
    assertThat(reverted.path("error").asString()).isEqualTo("execution reverted");
    assertThat(reverted.path("output").asString()).isEqualTo("0x1234");
    assertThat(refused("debug_traceTransaction", "[\"" + ZERO_HASH + "\"]").text())
        .isEqualTo("transaction not found");
  }

  @Test
  void boundsATrace() {
    // JUMPDEST PUSH1 0 JUMP, until the gas is gone
    String loop =
        "[{\"to\":\""
            + SmallChain.FRIEND
            + "\",\"gas\":\"0x989680\"},\"latest\",{\"stateOverrides\":{\""
            + SmallChain.FRIEND
            + "\":{\"code\":\"0x5b600056\"}}}]";

    RpcError error = refused("debug_traceCall", loop);

    assertThat(error.code()).isEqualTo(RpcError.LIMIT_EXCEEDED);
  }
}
