// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.l1client.beacon.BeaconClient;
import io.lockstep.l1client.beacon.BeaconHeader;
import io.lockstep.l1client.blob.BlobFetcher;
import io.lockstep.l1client.blob.BlobResult;
import io.lockstep.l1client.blob.BlobSource;
import io.lockstep.l1client.contract.Batch;
import io.lockstep.l1client.contract.BatchProposed;
import io.lockstep.l1client.contract.BeaconParameters;
import io.lockstep.l1client.contract.ClusterInboxAbi;
import io.lockstep.l1client.contract.ConstructorAbi;
import io.lockstep.l1client.contract.InboxParameters;
import io.lockstep.l1client.contract.InboxReader;
import io.lockstep.l1client.contract.LookaheadOracleAbi;
import io.lockstep.l1client.contract.LookaheadReader;
import io.lockstep.l1client.contract.LookaheadSynced;
import io.lockstep.l1client.contract.OperatorRegistryAbi;
import io.lockstep.l1client.contract.PostedBatch;
import io.lockstep.l1client.contract.ProvenHeader;
import io.lockstep.l1client.contract.RegistryEvent;
import io.lockstep.l1client.contract.RegistryReader;
import io.lockstep.l1client.contract.RollupPart;
import io.lockstep.l1client.contract.StateLayout;
import io.lockstep.l1client.contract.ValidatorClaim;
import io.lockstep.l1client.execution.BlockTag;
import io.lockstep.l1client.execution.ExecutionClient;
import io.lockstep.l1client.execution.L1Block;
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
import io.lockstep.primitives.beacon.BeaconPreset;
import io.lockstep.primitives.beacon.BeaconTypes;
import io.lockstep.primitives.crypto.SecretKey;
import io.lockstep.primitives.ssz.Branch;
import io.lockstep.primitives.ssz.Gindex;
import io.lockstep.primitives.ssz.SszTree;
import io.lockstep.primitives.ssz.SszType;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.BlockRef;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Epoch;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.types.Slot;
import io.lockstep.primitives.types.Wei;
import io.lockstep.primitives.uint.UInt256;
import io.lockstep.storage.kv.RocksStore;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
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

  private static final long SLOT_SECONDS = 3_600;
  private static final long VALIDATOR = 3;
  private static final String BEACON_ROOTS = "0x000f3df6d732807ef1319fb7b8bb8522d0beac02";

  @TempDir Path dir;
  private long genesisSeconds;
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

  private static JsonNode resource(String name) throws Exception {
    try (InputStream in =
        AnvilTest.class.getResourceAsStream("/io/lockstep/contracts/" + name + ".json")) {
      assertThat(in).isNotNull();
      return Json.parse(in.readAllBytes());
    }
  }

  private static Bytes creation(String contract, Bytes arguments) throws Exception {
    return Bytes.fromHex(
        resource(contract).get("bytecode").asString() + arguments.toHex().substring(2));
  }

  private Address deploy(Bytes creation) throws L1Exception {
    L1Receipt receipt = sender.sendAndWait(FUNDED, null, UInt256.ZERO, creation, 20_000);
    assertThat(receipt.success()).isTrue();
    Address address = receipt.contractAddress();
    assertThat(address).isNotNull();
    return address;
  }

  private void order(String method, JsonNode... params) throws L1Exception {
    execution.raw(method, params);
  }

  /** Lets EIP-4788 know a block with this state root, as a beacon chain would. */
  private ProvenHeader proven(long slot, Hash32 stateRoot) throws Exception {
    byte[] ssz = BeaconTypes.blockHeader(slot, 0, Hash32.ZERO, stateRoot, Hash32.ZERO);
    Hash32 root = SszTree.rootOf(BeaconTypes.BLOCK_HEADER, ssz);
    JsonNodeFactory json = JsonNodeFactory.instance;
    long timestamp = genesisSeconds + slot * SLOT_SECONDS;
    order(
        "anvil_setCode",
        json.stringNode(BEACON_ROOTS),
        resource("system-contracts").get(BEACON_ROOTS).get("code"));
    for (Hash32[] cell :
        new Hash32[][] {
          {word(timestamp % 8_191), word(timestamp)}, {word(timestamp % 8_191 + 8_191), root}
        }) {
      order(
          "anvil_setStorageAt",
          json.stringNode(BEACON_ROOTS),
          json.stringNode(cell[0].toHex()),
          json.stringNode(cell[1].toHex()));
    }
    BeaconHeader header =
        new BeaconHeader(root, true, new Slot(slot), 0, Hash32.ZERO, stateRoot, Hash32.ZERO);
    return new ProvenHeader(timestamp, header);
  }

  private static Hash32 word(long value) {
    return Hash32.ofWords(0, 0, 0, value);
  }

  /** A branch whose other side nobody knows: all that counts is the root that it leads to. */
  private static Branch branch(long gindex, Hash32 leaf) {
    List<Hash32> siblings = new ArrayList<>();
    for (int i = 0; i < Gindex.depth(gindex); i++) {
      siblings.add(word(1_000 + i));
    }
    return new Branch(gindex, leaf, siblings);
  }

  private L1Block latest() throws L1Exception {
    L1Block block = execution.block(BlockTag.LATEST);
    assertThat(block).isNotNull();
    return block;
  }

  @Test
  void provesPostsReadsBackAndSurvivesAReorg() throws Exception {
    JsonNodeFactory json = JsonNodeFactory.instance;
    UInt256 ether = Wei.ofEther(1).amount();
    genesisSeconds = latest().timestampSeconds() - 100 * SLOT_SECONDS - SLOT_SECONDS / 2;
    BeaconParameters beaconChain =
        new BeaconParameters(
            genesisSeconds, SLOT_SECONDS, 8, List.of(StateLayout.fulu(BeaconPreset.MINIMAL)));
    Bytes arguments = ConstructorAbi.registry(new Wei(ether), 60, null, beaconChain);
    Address registry = deploy(creation("OperatorRegistry", arguments));
    Address oracle =
        deploy(creation("LookaheadOracle", ConstructorAbi.oracle(registry, beaconChain)));
    Address inbox =
        deploy(
            creation(
                "ClusterInbox",
                ConstructorAbi.inbox(
                    new InboxParameters(
                        registry, oracle, GENESIS_HEAD, List.of(901L), 1, 2, 16, UInt256.ONE))));
    sender.sendAndWait(FUNDED, POSTER.address(), ether, Bytes.EMPTY, 20_000);
    Bytes register =
        OperatorRegistryAbi.encodeRegister(
            List.of(POSTER.address(), Address.ofLong(0xabc)), Address.ofLong(0xdef));
    assertThat(sender.sendAndWait(FUNDED, registry, ether, register, 20_000).success()).isTrue();

    SszType state = BeaconTypes.fulu(BeaconPreset.MINIMAL);
    long validator =
        Gindex.concat(
            Gindex.ofField(state, "validators"),
            Gindex.ofElement(BeaconTypes.validators(state), VALIDATOR));
    byte[] credentials = new byte[32];
    credentials[0] = 1;
    FUNDED.address().write(credentials, 12);
    Branch owned =
        branch(
            Gindex.concat(
                validator, Gindex.ofField(BeaconTypes.VALIDATOR, "withdrawal_credentials")),
            Hash32.of(credentials));
    ValidatorClaim claim = new ValidatorClaim(VALIDATOR, owned.leaf(), owned.siblings());
    Bytes claims =
        OperatorRegistryAbi.encodeAddValidators(1, proven(99, owned.root()), List.of(claim));
    assertThat(sender.sendAndWait(FUNDED, registry, UInt256.ZERO, claims, 20_000).success())
        .isTrue();

    RegistryReader registryReader = new RegistryReader(execution, registry);
    Epoch from = new Epoch(15);
    assertThat(registryReader.eventsBetween(0, 20).stream().map(RegistryReader.Placed::event))
        .containsExactly(
            new RegistryEvent.OperatorRegistered(
                1,
                FUNDED.address(),
                List.of(POSTER.address(), Address.ofLong(0xabc)),
                Address.ofLong(0xdef),
                new Wei(ether),
                from),
            new RegistryEvent.ValidatorsAdded(1, from, List.of(VALIDATOR)));
    assertThat(registryReader.operator(1, BlockTag.LATEST).stake()).isEqualTo(new Wei(ether));
    assertThat(registryReader.mayPost(1, POSTER.address(), from, BlockTag.LATEST)).isTrue();
    assertThat(registryReader.isEligibleAt(1, new Epoch(14), BlockTag.LATEST)).isFalse();
    assertThat(registryReader.keysAt(1, from, BlockTag.LATEST).committer())
        .isEqualTo(Address.ofLong(0xdef));
    assertThat(registryReader.operatorOfValidator(VALIDATOR, BlockTag.LATEST)).isEqualTo(1);

    order("evm_increaseTime", json.numberNode(3 * 8 * SLOT_SECONDS));
    order("evm_mine");
    long[] proposers = new long[16];
    Arrays.fill(proposers, VALIDATOR);
    byte[] vector = new byte[16 * 8];
    for (int i = 0; i < 16; i++) {
      vector[8 * i] = (byte) VALIDATOR;
    }
    Branch lookahead =
        branch(
            Gindex.ofField(state, "proposer_lookahead"),
            SszTree.rootOf(new SszType.Vector(SszType.Basic.UINT64, 16), vector));
    Bytes sync =
        LookaheadOracleAbi.encodeSync(
            from, proven(120, lookahead.root()), proposers, lookahead.siblings());
    assertThat(sender.sendAndWait(FUNDED, oracle, UInt256.ZERO, sync, 20_000).success()).isTrue();
    LookaheadReader oracleReader = new LookaheadReader(execution, oracle);
    LookaheadSynced synced = oracleReader.schedule(from, BlockTag.LATEST);
    assertThat(synced).isNotNull();
    assertThat(synced.operatorAt(7)).isEqualTo(1);
    assertThat(oracleReader.isSynced(new Epoch(16), BlockTag.LATEST)).isFalse();
    assertThat(oracleReader.windowOf(new Slot(124), BlockTag.LATEST))
        .isEqualTo(new LookaheadOracleAbi.OnChainWindow(new Slot(124), 1, false));

    InboxReader inboxReader = new InboxReader(execution, inbox);
    Hash32 clusterId = ClusterInboxAbi.clusterId(CHAIN_ID, inbox);
    Hash32 genesisBatch = ClusterInboxAbi.genesisBatchHash(clusterId, GENESIS_HEAD);
    assertThat(inboxReader.clusterId(BlockTag.LATEST)).isEqualTo(clusterId);
    assertThat(inboxReader.lastBatchHash(BlockTag.LATEST)).isEqualTo(genesisBatch);
    assertThat(inboxReader.registry(BlockTag.LATEST)).isEqualTo(registry);

    L1Block anchor = latest();
    Batch batch =
        new Batch(
            List.of(genesisBatch),
            new Slot(124),
            List.of(),
            123 * SLOT_SECONDS,
            123 * SLOT_SECONDS + 2,
            anchor.number(),
            anchor.hash(),
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
      BatchProposed event = (BatchProposed) posted.event();
      assertThat(event.batchHash())
          .isEqualTo(
              ClusterInboxAbi.batchHash(
                  genesisBatch, batch, event.blobHashes(), 1, event.committers()))
          .isEqualTo(inboxReader.batchHash(1, BlockTag.LATEST));
      assertThat(posted.event().declaredHead())
          .isEqualTo(ClusterInboxAbi.declaredHead(batch))
          .isEqualTo(inboxReader.lastHead(BlockTag.LATEST));
      assertThat(
              new BlobFetcher(List.of(BlobSource.byBlockNumber("anvil", beacon)), cpu)
                  .fetch(block, event.blobHashes()))
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
