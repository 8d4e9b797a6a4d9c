// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.derive;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.l1client.L1Exception;
import io.lockstep.l1client.contract.ClusterInboxAbi;
import io.lockstep.l1client.contract.InboxEvent;
import io.lockstep.l1client.contract.InboxReader;
import io.lockstep.l1client.contract.PostedBatch;
import io.lockstep.l1client.execution.ExecutionClient;
import io.lockstep.l1client.execution.L1Block;
import io.lockstep.l1client.http.Endpoint;
import io.lockstep.l1client.http.EndpointPool;
import io.lockstep.l1client.http.HttpAnswer;
import io.lockstep.l1client.http.HttpCall;
import io.lockstep.l1client.http.HttpOptions;
import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.types.BlockRef;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** An execution client that leaves batches out of its logs, as one did after a reorg. */
class InboxTrailTest {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final Hash32 GENESIS = hash("genesis");

  /** What the inbox took, by L1 block; a batch a block. */
  private final TreeMap<Long, PostedBatch> taken = new TreeMap<>();

  private final Set<Long> leftOut = new HashSet<>();
  private boolean transactionsGone;
  private final long head = 45;
  private InboxTrail trail;

  @BeforeEach
  void fourBatches() {
    Hash32 last = GENESIS;
    for (long number = 1; number <= 4; number++) {
      PostedBatch batch = InboxJson.batch(number, last, block(10 * number));
      last = batch.event().batchHash();
      taken.put(10 * number, batch);
    }
    EndpointPool pool = new EndpointPool(List.of(new Endpoint("http://l1")), System::nanoTime);
    ExecutionClient execution = new ExecutionClient(pool, this::answer, HttpOptions.DEFAULT);
    trail =
        new InboxTrail(
            execution,
            new InboxReader(execution, InboxJson.INBOX),
            new L1Feed.Sources(InboxJson.INBOX, 1, GENESIS));
    trail.startAfter(List.of());
  }

  @Test
  void followsBatchesInTheirOrderAlsoAfterARewind() throws Exception {
    for (long number : List.of(10L, 20L, 30L)) {
      assertThat(trail.follow(block(number), trail.batchesOf(block(number)))).isTrue();
    }
    trail.rewindTo(15);

    assertThat(trail.follow(block(30), trail.batchesOf(block(30)))).isFalse();
    assertThat(trail.follow(block(20), trail.batchesOf(block(20)))).isTrue();
    assertThat(trail.follow(block(30), trail.batchesOf(block(30)))).isTrue();
  }

  @Test
  void findsWhatLogsLeftOutInTheReceiptsOfTheBlocks() throws Exception {
    leftOut.add(20L);
    leftOut.add(30L);
    List<InboxEvent> read = new ArrayList<>();
    assertThat(follow(10, read)).isTrue();
    assertThat(follow(20, read)).isTrue();
    assertThat(follow(30, read)).isTrue();
    assertThat(follow(40, read)).isFalse();

    long first = trail.findMissing(block(40), trail.batchesOf(block(40)));

    assertThat(first).isEqualTo(20);
    trail.rewindTo(first - 1);
    read.subList(1, read.size()).clear();
    for (long number : List.of(20L, 30L, 40L)) {
      assertThat(follow(number, read)).isTrue();
    }
    assertThat(read).isEqualTo(taken.values().stream().map(PostedBatch::event).toList());
  }

  @Test
  void findsTheLastBatchThatNoLogTells() throws Exception {
    leftOut.add(30L);
    leftOut.add(40L);
    List<InboxEvent> read = new ArrayList<>();
    for (long number : List.of(10L, 20L, 30L, 40L, 45L)) {
      assertThat(follow(number, read)).isTrue();
    }

    long first = trail.findMissingAtHead(block(45));

    assertThat(first).isEqualTo(30);
    trail.rewindTo(first - 1);
    read.subList(2, read.size()).clear();
    for (long number : List.of(30L, 40L, 45L)) {
      assertThat(follow(number, read)).isTrue();
    }
    assertThat(read).isEqualTo(taken.values().stream().map(PostedBatch::event).toList());
    assertThat(trail.findMissingAtHead(block(45))).isEqualTo(-1);
  }

  @Test
  void missesNothingThatTheInboxTookAfterTheBlockThatWasRead() throws Exception {
    for (long number : List.of(10L, 20L, 30L)) {
      follow(number, new ArrayList<>());
    }

    assertThat(trail.findMissingAtHead(block(35))).isEqualTo(-1);
  }

  @Test
  void givesNothingWhenTheLastBatchIsNowhereToBeFound() throws Exception {
    leftOut.add(40L);
    transactionsGone = true;
    for (long number : List.of(10L, 20L, 30L, 45L)) {
      follow(number, new ArrayList<>());
    }

    assertThatThrownBy(() -> trail.findMissingAtHead(block(45)))
        .isInstanceOf(L1Exception.class)
        .hasMessageContaining("batch 4 is in no log and in no transaction of blocks 30 to 45");
  }

  @Test
  void givesNothingWhenABatchIsNowhereToBeFound() throws Exception {
    leftOut.add(20L);
    transactionsGone = true;
    follow(10, new ArrayList<>());

    assertThatThrownBy(() -> trail.findMissing(block(30), trail.batchesOf(block(30))))
        .isInstanceOf(L1Exception.class)
        .hasMessageContaining("batch 2 is in no log and in no transaction of blocks 10 to 30");
  }

  private boolean follow(long number, List<InboxEvent> read) throws L1Exception {
    List<PostedBatch> batches = trail.batchesOf(block(number));
    boolean follows = trail.follow(block(number), batches);
    batches.forEach(batch -> read.add(batch.event()));
    return follows;
  }

  private static L1Block block(long number) {
    BlockRef ref = new BlockRef(number, hash("b" + number), hash("b" + (number - 1)), number * 12);
    return new L1Block(
        ref, Hash32.ZERO, Hash32.ZERO, Hash32.ZERO, UInt256.ONE, 30_000_000, 0, 0, 0);
  }

  private static Hash32 hash(String text) {
    return Keccak.hash(text.getBytes(UTF_8));
  }

  private HttpAnswer answer(HttpCall call) {
    JsonNode request = JSON.readTree(call.jsonBody());
    JsonNode first = request.get("params").get(0);
    ObjectNode reply = JSON.createObjectNode().put("jsonrpc", "2.0");
    reply.set("id", request.get("id"));
    switch (request.get("method").asString()) {
      case "eth_getLogs" -> reply.set("result", logs(numberOf(first.get("blockHash").asString())));
      case "eth_getTransactionReceipt" -> reply.set("result", receipt(txNumber(first)));
      case "eth_getTransactionByHash" -> reply.set("result", transaction(txNumber(first)));
      case "eth_getBlockByNumber" -> reply.set("result", json(byTag(first.asString())));
      case "eth_getBlockByHash" -> reply.set("result", json(numberOf(first.asString())));
      case "eth_call" -> reply.put("result", view(Bytes.fromHex(first.get("input").asString())));
      default -> throw new AssertionError("not expected: " + request);
    }
    return new HttpAnswer(200, "application/json", JSON.writeValueAsBytes(reply));
  }

  private long byTag(String tag) {
    return tag.equals("latest") ? head : Long.decode(tag);
  }

  private static long numberOf(String blockHash) {
    for (long number = 0; number < 100; number++) {
      if (hash("b" + number).toHex().equals(blockHash)) {
        return number;
      }
    }
    throw new AssertionError("no block " + blockHash);
  }

  private long txNumber(JsonNode txHash) {
    return taken.entrySet().stream()
        .filter(entry -> entry.getValue().txHash().toHex().equals(txHash.asString()))
        .findFirst()
        .orElseThrow()
        .getKey();
  }

  private ArrayNode logs(long number) {
    ArrayNode logs = JSON.createArrayNode();
    if (taken.containsKey(number) && !leftOut.contains(number)) {
      logs.add(log(number));
    }
    return logs;
  }

  private ObjectNode log(long number) {
    return InboxJson.log(Objects.requireNonNull(taken.get(number)));
  }

  private ObjectNode receipt(long number) {
    ObjectNode receipt =
        JSON.createObjectNode()
            .put("transactionHash", hash("tx" + number).toHex())
            .put("blockHash", block(number).hash().toHex())
            .put("blockNumber", "0x" + Long.toHexString(number))
            .put("status", "0x1")
            .put("gasUsed", "0x5208");
    receipt.putArray("logs").add(log(number));
    return receipt;
  }

  private ObjectNode transaction(long number) {
    return InboxJson.transaction(Objects.requireNonNull(taken.get(number)));
  }

  private ObjectNode json(long number) {
    L1Block block = block(number);
    ObjectNode json =
        JSON.createObjectNode()
            .put("number", "0x" + Long.toHexString(number))
            .put("hash", block.hash().toHex())
            .put("parentHash", block.ref().parentHash().toHex())
            .put("timestamp", "0x" + Long.toHexString(block.timestampSeconds()))
            .put("stateRoot", block.stateRoot().toHex())
            .put("mixHash", block.prevRandao().toHex())
            .put("baseFeePerGas", "0x1")
            .put("gasLimit", "0x1c9c380")
            .put("gasUsed", "0x0");
    ArrayNode transactions = json.putArray("transactions");
    if (taken.containsKey(number) && !transactionsGone) {
      transactions.add(transaction(number));
    }
    return json;
  }

  /** The inbox's own ring of hashes, and its head. */
  private String view(Bytes input) {
    InboxEvent last = taken.floorEntry(head).getValue().event();
    if (input.equals(ClusterInboxAbi.LAST_BATCH_HASH)) {
      return last.batchHash().toHex();
    }
    if (input.equals(ClusterInboxAbi.LAST_BATCH_INDEX)) {
      return "0x" + InboxJson.word(last.batchIndex());
    }
    for (PostedBatch batch : taken.values()) {
      if (input.equals(ClusterInboxAbi.encodeBatchHash(batch.event().batchIndex()))) {
        return batch.event().batchHash().toHex();
      }
    }
    throw new AssertionError("not expected: a call with " + input);
  }
}
