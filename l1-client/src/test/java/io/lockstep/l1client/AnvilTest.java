// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.l1client.beacon.BeaconClient;
import io.lockstep.l1client.blob.BlobFetcher;
import io.lockstep.l1client.blob.BlobResult;
import io.lockstep.l1client.blob.BlobSource;
import io.lockstep.l1client.contract.Batch;
import io.lockstep.l1client.contract.ClusterInboxAbi;
import io.lockstep.l1client.contract.InboxReader;
import io.lockstep.l1client.contract.OperatorRegistryAbi;
import io.lockstep.l1client.contract.PostedBatch;
import io.lockstep.l1client.contract.RegistryEvent;
import io.lockstep.l1client.contract.RegistryReader;
import io.lockstep.l1client.contract.RollupPart;
import io.lockstep.l1client.execution.BlockTag;
import io.lockstep.l1client.execution.ExecutionClient;
import io.lockstep.l1client.execution.L1Receipt;
import io.lockstep.l1client.fee.BlobSchedule;
import io.lockstep.l1client.fee.FeePolicy;
import io.lockstep.l1client.fee.FeeReader;
import io.lockstep.l1client.heads.HeadTracker;
import io.lockstep.l1client.http.Endpoint;
import io.lockstep.l1client.http.EndpointPool;
import io.lockstep.l1client.http.HttpOptions;
import io.lockstep.l1client.http.JdkTransport;
import io.lockstep.l1client.http.Json;
import io.lockstep.l1client.send.AccountLanes;
import io.lockstep.l1client.send.BlobTxSender;
import io.lockstep.l1client.send.PostingEvent;
import io.lockstep.l1client.send.PostingId;
import io.lockstep.l1client.send.PostingRequest;
import io.lockstep.l1client.send.TxSender;
import io.lockstep.l1client.testing.Anvil;
import io.lockstep.l1client.testing.TestBlobs;
import io.lockstep.primitives.crypto.SecretKey;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.BlockRef;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.types.Slot;
import io.lockstep.primitives.types.Wei;
import io.lockstep.primitives.uint.UInt256;
import io.lockstep.storage.kv.RocksStore;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** The room against a client that nobody here wrote, with the compiled contracts. */
@Timeout(120)
class AnvilTest {
  private static final UInt256 CHAIN_ID = UInt256.of(900);
  private static final SecretKey FUNDED = SecretKey.fromHex(Anvil.FUNDED_KEY);
  private static final SecretKey POSTER = TestBlobs.KEY;
  private static final Hash32 GENESIS_HEAD = ClusterInboxAbi.headOf(List.of(Hash32.ZERO));

  @TempDir Path dir;
  private final JdkTransport transport = new JdkTransport(2_000);
  private final ExecutorService cpu = Executors.newFixedThreadPool(2);
  private final List<PostingEvent> postings = new ArrayList<>();
  private Anvil anvil;
  private ExecutionClient execution;
  private BeaconClient beacon;
  private TxSender sender;

  @BeforeEach
  void start() throws Exception {
    anvil = Anvil.startOrSkip();
    EndpointPool pool = new EndpointPool(List.of(new Endpoint(anvil.url())), System::nanoTime);
    execution = new ExecutionClient(pool, transport, HttpOptions.DEFAULT);
    beacon = new BeaconClient(pool, transport, HttpOptions.DEFAULT);
    FeeReader fees = new FeeReader(execution, BlobSchedule.UNKNOWN, 1);
    sender = new TxSender(execution, CHAIN_ID, fees, FeePolicy.DEFAULT, new AccountLanes());
  }

  @AfterEach
  void stop() {
    if (anvil != null) {
      anvil.close();
    }
    transport.close();
    cpu.shutdownNow();
  }

  private static Bytes creation(String contract, Hash32... words) throws Exception {
    try (InputStream in =
        AnvilTest.class.getResourceAsStream("/io/lockstep/contracts/" + contract + ".json")) {
      assertThat(in).isNotNull();
      JsonNode artefact = Json.parse(in.readAllBytes());
      StringBuilder code = new StringBuilder(artefact.get("bytecode").asString());
      for (Hash32 word : words) {
        code.append(word.toHex().substring(2));
      }
      return Bytes.fromHex(code.toString());
    }
  }

  private Address deploy(Bytes creation) throws L1Exception {
    L1Receipt receipt = sender.sendAndWait(FUNDED, null, UInt256.ZERO, creation, 20_000);
    assertThat(receipt.success()).isTrue();
    Address address = receipt.contractAddress();
    assertThat(address).isNotNull();
    return address;
  }

  private static Hash32 word(Address address) {
    byte[] word = new byte[32];
    address.write(word, 12);
    return Hash32.of(word);
  }

  private void order(String method, JsonNode... params) throws L1Exception {
    execution.raw(method, params);
  }

  @Test
  void registersPostsReadsBackAndSurvivesAReorg() throws Exception {
    JsonNodeFactory json = JsonNodeFactory.instance;
    UInt256 ether = Wei.ofEther(1).amount();
    Address registry =
        deploy(creation("OperatorRegistry", ether.toHash(), UInt256.of(60).toHash()));
    Address inbox = deploy(creation("ClusterInbox", word(registry), GENESIS_HEAD));
    sender.sendAndWait(FUNDED, POSTER.address(), ether, Bytes.EMPTY, 20_000);
    Bytes register =
        OperatorRegistryAbi.encodeRegister(
            List.of(POSTER.address(), Address.ofLong(0xabc)), Address.ofLong(0xdef));
    assertThat(sender.sendAndWait(FUNDED, registry, ether, register, 20_000).success()).isTrue();
    Bytes validators = OperatorRegistryAbi.encodeAddValidators(1, List.of(3L, 4L));
    sender.sendAndWait(FUNDED, registry, UInt256.ZERO, validators, 20_000);

    RegistryReader registryReader = new RegistryReader(execution, registry);
    assertThat(registryReader.eventsBetween(0, 20).stream().map(RegistryReader.Placed::event))
        .containsExactly(
            new RegistryEvent.OperatorRegistered(
                1,
                FUNDED.address(),
                List.of(POSTER.address(), Address.ofLong(0xabc)),
                Address.ofLong(0xdef),
                new Wei(ether)),
            new RegistryEvent.ValidatorsAdded(1, List.of(3L, 4L)));
    assertThat(registryReader.operator(1, BlockTag.LATEST).stake()).isEqualTo(new Wei(ether));
    assertThat(registryReader.mayPost(POSTER.address(), BlockTag.LATEST))
        .isEqualTo(new OperatorRegistryAbi.MayPost(1, true));
    assertThat(registryReader.operatorOfValidator(4, BlockTag.LATEST)).isEqualTo(1);

    InboxReader inboxReader = new InboxReader(execution, inbox);
    Hash32 clusterId = ClusterInboxAbi.clusterId(CHAIN_ID, inbox);
    Hash32 genesisBatch = ClusterInboxAbi.genesisBatchHash(clusterId, GENESIS_HEAD);
    assertThat(inboxReader.clusterId(BlockTag.LATEST)).isEqualTo(clusterId);
    assertThat(inboxReader.lastBatchHash(BlockTag.LATEST)).isEqualTo(genesisBatch);
    assertThat(inboxReader.registry(BlockTag.LATEST)).isEqualTo(registry);

    Batch batch =
        new Batch(
            List.of(genesisBatch),
            new Slot(7),
            List.of(),
            10,
            12,
            1,
            Hash32.ZERO,
            0,
            Hash32.ofWords(1, 2, 3, 4),
            List.of(new RollupPart(901, Hash32.ofWords(9, 9, 9, 9), 0, 100)),
            2);
    List<byte[]> blobs = List.of(TestBlobs.blob(1), TestBlobs.blob(2));
    try (RocksStore store = RocksStore.open(dir, BlobTxSender.columns())) {
      BlobTxSender poster =
          new BlobTxSender(
              TestBlobs.setup(execution, store),
              POSTER,
              CHAIN_ID,
              BlobTxSender.Options.DEFAULT,
              postings::add);
      HeadTracker heads =
          new HeadTracker(
              execution, List.of(), event -> assertThat(poster.onL1Event(event)).isTrue());
      heads.step();
      poster.submit(
          new PostingRequest(
              new PostingId(Hash32.ofWords(0, 0, 0, 1)),
              inbox,
              ClusterInboxAbi.encodePropose(batch),
              blobs.stream().map(Bytes::wrap).toList(),
              0,
              3));
      BlockRef block = included(poster, heads).block();

      PostedBatch posted = inboxReader.batchesOf(block.hash()).getFirst();
      assertThat(posted.poster()).isEqualTo(POSTER.address());
      assertThat(ClusterInboxAbi.decodePropose(posted.callData())).isEqualTo(batch);
      assertThat(posted.event().batchHash())
          .isEqualTo(ClusterInboxAbi.batchHash(genesisBatch, batch, posted.event().blobHashes(), 1))
          .isEqualTo(inboxReader.batchHash(1, BlockTag.LATEST));
      assertThat(posted.event().declaredHead())
          .isEqualTo(ClusterInboxAbi.declaredHead(batch))
          .isEqualTo(inboxReader.lastHead(BlockTag.LATEST));
      assertThat(
              new BlobFetcher(List.of(BlobSource.byBlockNumber("anvil", beacon)), cpu)
                  .fetch(block, posted.event().blobHashes()))
          .isEqualTo(new BlobResult.Found(blobs.stream().map(Bytes::wrap).toList()));

      postings.clear();
      order("anvil_reorg", json.numberNode(1), json.arrayNode());
      order("evm_mine");
      Hash32 old = block.hash();
      BlockRef again = included(poster, heads).block();
      assertThat(postings).anyMatch(PostingEvent.Reorged.class::isInstance);
      assertThat(again.hash()).isNotEqualTo(old);
      assertThat(inboxReader.lastBatchIndex(BlockTag.LATEST)).isEqualTo(1);

      postings.clear();
      for (int i = 0; i < 12; i++) {
        order("evm_mine");
      }
      heads.step();
      poster.step(System.nanoTime() / 1_000_000);
      assertThat(postings).anyMatch(PostingEvent.Final.class::isInstance);
    }
  }

  /** Drives the sender until its posting is in a block. */
  private PostingEvent.Included included(BlobTxSender poster, HeadTracker heads)
      throws InterruptedException {
    for (int i = 0; i < 600; i++) {
      while (heads.step()) {
        // until nothing waits
      }
      poster.step(System.nanoTime() / 1_000_000);
      for (PostingEvent event : postings) {
        if (event instanceof PostingEvent.Included included) {
          assertThat(included.success()).isTrue();
          return included;
        }
      }
      Thread.sleep(50); // another process works meanwhile
    }
    throw new AssertionError("not included: " + postings);
  }
}
