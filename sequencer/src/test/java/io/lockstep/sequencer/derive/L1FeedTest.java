// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.derive;

import static io.lockstep.l1client.contract.ClusterInboxAbi.BATCH_PROPOSED_TOPIC;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.l1client.L1Exception;
import io.lockstep.l1client.blob.BlobFetcher;
import io.lockstep.l1client.blob.BlobSource;
import io.lockstep.l1client.contract.Batch;
import io.lockstep.l1client.contract.ClusterInboxAbi;
import io.lockstep.l1client.contract.InboundReader;
import io.lockstep.l1client.contract.InboxReader;
import io.lockstep.l1client.contract.PostedBatch;
import io.lockstep.l1client.contract.RegistryReader;
import io.lockstep.l1client.execution.ExecutionClient;
import io.lockstep.l1client.execution.L1Block;
import io.lockstep.l1client.heads.L1Event;
import io.lockstep.l1client.http.Endpoint;
import io.lockstep.l1client.http.EndpointPool;
import io.lockstep.l1client.http.HttpAnswer;
import io.lockstep.l1client.http.HttpCall;
import io.lockstep.l1client.http.HttpOptions;
import io.lockstep.l1client.loop.Pacer;
import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.BlockRef;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.types.SlotClock;
import io.lockstep.primitives.uint.UInt256;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Blocks whose events cannot be read: waited for, or given up when L1 has others instead. */
class L1FeedTest {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final int MOST_PAUSES = 20;

  /** The client's canonical chain by number, and the blocks whose logs it can give. */
  private final TreeMap<Long, L1Block> canonical = new TreeMap<>();

  private final Set<Hash32> readable = new HashSet<>();
  private final List<Long> told = new ArrayList<>();
  private final List<Long> rewound = new ArrayList<>();
  private final List<Batch> declared = new ArrayList<>();

  /** By L1 block, what the inbox took there. */
  private final Map<Hash32, PostedBatch> taken = new HashMap<>();

  private @Nullable L1Block latestShown;
  private final HandPacer pacer = new HandPacer();
  private final L1Feed feed = feed();

  private L1Feed feed() {
    EndpointPool pool = new EndpointPool(List.of(new Endpoint("http://l1")), System::nanoTime);
    ExecutionClient execution = new ExecutionClient(pool, this::answer, HttpOptions.DEFAULT);
    Address inbox = InboxJson.INBOX;
    BlobSource noBlobs =
        new BlobSource() {
          @Override
          public String name() {
            return "none";
          }

          @Override
          public @Nullable List<Bytes> blobs(BlockRef block, List<Hash32> versionedHashes) {
            return null;
          }

          @Override
          public boolean mayFilterWrongly() {
            return false;
          }
        };
    return new L1Feed(
        execution,
        new InboxReader(execution, inbox),
        new InboundReader(execution, inbox, Address.ofLong(3)),
        new RegistryReader(execution, Address.ofLong(2)),
        new BlobFetcher(List.of(noBlobs), Runnable::run),
        new DerivationRules(new SlotClock(0, 12, 32), 1, 2, 96),
        new L1Feed.Sources(inbox, 1, Hash32.ZERO),
        update -> {
          if (update instanceof L1Update.Block block) {
            told.add(block.block().number());
          } else if (update instanceof L1Update.Rewind rewind) {
            rewound.add(rewind.number());
          } else if (update instanceof L1Update.Declared early) {
            declared.addAll(early.batches());
          }
        },
        pacer);
  }

  @Test
  void aBlockIsGivenUpWhenAShorterBranchHasTakenItsPlace() {
    List<L1Block> old = blocks("a", 1, 5);
    old.subList(0, 4).forEach(block -> readable.add(block.hash()));
    blocks("b", 3, 4).forEach(this::show); // L1 ends at 4 now, on another branch

    feed.onL1Event(new L1Event.NewBlocks(old));

    assertThat(told).containsExactly(1L, 2L, 3L, 4L);
  }

  @Test
  void aBlockThatALaggingClientDoesNotHaveYetIsWaitedFor() {
    List<L1Block> chain = blocks("a", 1, 5);
    chain.forEach(block -> readable.add(block.hash()));
    L1Block late = chain.getLast();
    readable.remove(late.hash());
    canonical.remove(late.number());
    pacer.onPause =
        pauses -> {
          if (pauses == 3) {
            show(late);
          }
        };

    feed.onL1Event(new L1Event.NewBlocks(chain));

    assertThat(told).containsExactly(1L, 2L, 3L, 4L, 5L);
    assertThat(pacer.pauses).isEqualTo(3);
  }

  @Test
  void aDerivedBlockIsRewoundThatIsReplacedUnseenWhileTheHeadLagsAtTheStart()
      throws L1Exception, InterruptedException {
    List<L1Block> old = blocks("a", 0, 5);
    old.forEach(block -> readable.add(block.hash()));
    L1Block derivedIn = old.getLast();
    latestShown = old.get(3); // the client still finds block 5, but says that 3 is the newest

    feed.catchUp(
        new L1Feed.Resume(
            List.of(
                new DerivationLog.Entry(
                    1,
                    derivedIn.number(),
                    derivedIn.hash(),
                    hash("batch", 1),
                    Hash32.ZERO,
                    7,
                    2,
                    5,
                    "")),
            derivedIn.number()));
    assertThat(rewound).isEmpty();
    latestShown = null;
    List<L1Block> other = blocks("b", 4, 6);
    other.forEach(block -> readable.add(block.hash()));
    feed.onL1Event(new L1Event.NewBlocks(other));

    assertThat(told).containsExactly(4L, 5L, 6L);
    assertThat(rewound).containsExactly(4L);
  }

  @Test
  void whatABatchDeclaresIsToldWhileItsBlobsAreWaitedFor() throws Exception {
    List<L1Block> old = blocks("a", 1, 3);
    old.forEach(block -> readable.add(block.hash()));
    PostedBatch batch = InboxJson.batch(1, Hash32.ZERO, old.getLast());
    taken.put(batch.blockHash(), batch);
    Batch call = ClusterInboxAbi.decodePropose(batch.callData());
    pacer.onPause =
        pauses -> {
          assertThat(told).containsExactly(1L, 2L);
          assertThat(declared).containsExactly(call);
          if (pauses == 2) {
            blocks("b", 3, 3).forEach(this::show);
          }
        };

    feed.onL1Event(new L1Event.NewBlocks(old));

    assertThat(pacer.pauses).isEqualTo(2);
    assertThat(told).containsExactly(1L, 2L);
  }

  @Test
  void nothingIsDeclaredByCallDataThatTheInboxDidNotTake() throws Exception {
    List<L1Block> old = blocks("a", 1, 3);
    old.forEach(block -> readable.add(block.hash()));
    PostedBatch taken = InboxJson.batch(1, Hash32.ZERO, old.getLast());
    PostedBatch other = InboxJson.batch(2, Hash32.ZERO, old.getLast());
    PostedBatch shown =
        new PostedBatch(
            taken.event(),
            taken.blockNumber(),
            taken.blockHash(),
            taken.txHash(),
            taken.logIndex(),
            taken.poster(),
            other.callData());

    assertThat(BatchReader.declared(List.of(shown), Hash32.ZERO)).isEmpty();
    assertThat(BatchReader.declared(List.of(taken), Hash32.ZERO)).hasSize(1);
  }

  /** Blocks of a branch, the canonical ones from {@code first} on. */
  private List<L1Block> blocks(String branch, long first, long last) {
    canonical.tailMap(first, true).clear();
    List<L1Block> out = new ArrayList<>();
    for (long number = first; number <= last; number++) {
      BlockRef ref =
          new BlockRef(number, hash(branch, number), hash(branch, number - 1), number * 12);
      L1Block block =
          new L1Block(ref, Hash32.ZERO, Hash32.ZERO, Hash32.ZERO, UInt256.ONE, 30_000_000, 0, 0, 0);
      canonical.put(number, block);
      out.add(block);
    }
    return out;
  }

  private void show(L1Block block) {
    canonical.put(block.number(), block);
    readable.add(block.hash());
  }

  private static Hash32 hash(String branch, long number) {
    return Keccak.hash((branch + number).getBytes(UTF_8));
  }

  private HttpAnswer answer(HttpCall call) {
    JsonNode request = JSON.readTree(call.jsonBody());
    ObjectNode reply = JSON.createObjectNode().put("jsonrpc", "2.0");
    reply.set("id", request.get("id"));
    JsonNode param = request.get("params").get(0);
    switch (request.get("method").asString()) {
      case "eth_getBlockByNumber" -> reply.set("result", json(asked(param.asString())));
      case "eth_getLogs" -> {
        Hash32 block = Hash32.fromHex(param.get("blockHash").asString());
        PostedBatch batch = taken.get(block);
        if (readable.contains(block)) {
          ArrayNode logs = reply.putArray("result");
          if (batch != null
              && param.get("topics").toString().contains(BATCH_PROPOSED_TOPIC.toHex())) {
            logs.add(InboxJson.log(batch));
          }
        } else {
          reply.putObject("error").put("code", -32_000).put("message", "unknown block");
        }
      }
      case "eth_getTransactionByHash" ->
          reply.set(
              "result",
              taken.values().stream()
                  .filter(batch -> batch.txHash().toHex().equals(param.asString()))
                  .findFirst()
                  .map(InboxJson::transaction)
                  .orElseThrow());
      case "eth_call" -> reply.put("result", Hash32.ZERO.toHex()); // the inbox's head: no batch
      default -> throw new AssertionError("not expected: " + request);
    }
    return new HttpAnswer(200, "application/json", JSON.writeValueAsBytes(reply));
  }

  private @Nullable L1Block asked(String tag) {
    L1Block lagging = latestShown;
    if (tag.equals("latest") && lagging != null) {
      return lagging;
    }
    return tag.equals("latest")
        ? canonical.lastEntry().getValue()
        : canonical.get(Long.decode(tag));
  }

  private static JsonNode json(@Nullable L1Block block) {
    if (block == null) {
      return JSON.nullNode();
    }
    return JSON.createObjectNode()
        .put("number", "0x" + Long.toHexString(block.number()))
        .put("hash", block.hash().toHex())
        .put("parentHash", block.ref().parentHash().toHex())
        .put("timestamp", "0x" + Long.toHexString(block.timestampSeconds()))
        .put("stateRoot", block.stateRoot().toHex())
        .put("mixHash", block.prevRandao().toHex())
        .put("baseFeePerGas", "0x1")
        .put("gasLimit", "0x1c9c380")
        .put("gasUsed", "0x0");
  }

  /** Pauses that take no time, and only so many of them. */
  private static final class HandPacer implements Pacer {
    private int pauses;
    private IntConsumer onPause = pauses -> {};

    @Override
    public long nowMs() {
      return 0;
    }

    @Override
    public void sleep(long ms) {
      if (++pauses > MOST_PAUSES) {
        throw new AssertionError("waits for a block that will not come back");
      }
      onPause.accept(pauses);
    }

    @Override
    public Running start(String name, Runnable body, Thread.UncaughtExceptionHandler onDeath) {
      throw new UnsupportedOperationException("the feed starts no thread");
    }

    @Override
    public Bell bell() {
      throw new UnsupportedOperationException("the feed waits for no bell");
    }
  }
}
