// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.config.cluster.ClusterFile;
import io.lockstep.config.preset.Preset;
import io.lockstep.execution.block.BlockEnv;
import io.lockstep.execution.block.BlockExecutor;
import io.lockstep.execution.block.BlockImport;
import io.lockstep.execution.block.BlockRules;
import io.lockstep.execution.block.ExecutedBlock;
import io.lockstep.execution.block.OpenBlock;
import io.lockstep.execution.state.ChainDb;
import io.lockstep.execution.state.Genesis;
import io.lockstep.execution.state.PreparedRoot;
import io.lockstep.node.testing.TestContracts;
import io.lockstep.node.wire.LockstepNode;
import io.lockstep.node.wire.NodeParts;
import io.lockstep.primitives.tx.Block;
import io.lockstep.primitives.tx.BlockHeader;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.types.Hex;
import io.lockstep.primitives.uint.UInt256;
import io.lockstep.storage.kv.KeyValueStore.Durability;
import io.lockstep.storage.kv.RocksStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** A node's directory with a chain of five empty blocks, into files and not into files. */
class ChainExportTest {
  private static final int BLOCKS = 5;
  private static final JsonNode GENESIS =
      JsonMapper.shared()
          .readTree(
              """
              {"config":{"chainId":901,"homesteadBlock":0,"eip150Block":0,"eip155Block":0,
                "eip158Block":0,"byzantiumBlock":0,"constantinopleBlock":0,"petersburgBlock":0,
                "istanbulBlock":0,"berlinBlock":0,"londonBlock":0,"terminalTotalDifficulty":0,
                "terminalTotalDifficultyPassed":true,"shanghaiTime":0},
               "gasLimit":"0x1c9c380","difficulty":"0x0","timestamp":"0x64","baseFeePerGas":"0x7",
               "alloc":{"0x00000000000000000000000000000000000000aa":{"balance":"0x5"}}}
              """);

  @TempDir private Path dir;
  private final List<Block> chain = new ArrayList<>();
  private BlockHeader genesisHeader;

  private static ClusterFile cluster(long chainId) {
    JsonNode genesis = GENESIS.deepCopy();
    ((ObjectNode) genesis.get("config")).put("chainId", chainId);
    return new ClusterFile(
        new ClusterFile.L1(900, Hash32.ofWords(1, 2, 3, 4)),
        TestContracts.withInbox(Address.ofLong(0x200)),
        17,
        Preset.DEVNET.parameters(),
        List.of(new ClusterFile.Rollup(chainId, genesis)));
  }

  @BeforeEach
  void aStoppedNode() throws Exception {
    ClusterFile cluster = cluster(901);
    cluster.write(dir.resolve(LockstepNode.CLUSTER_FILE));
    Genesis genesis = Genesis.parse(GENESIS);
    try (RocksStore store =
            RocksStore.open(dir.resolve(LockstepNode.MAIN_STORE), NodeParts.columns(cluster));
        ChainDb db = ChainDb.open(store, "r901", genesis)) {
      genesisHeader = db.genesisHeader();
      BlockExecutor executor = new BlockExecutor(genesis.forks(), UInt256.of(901));
      for (int i = 0; i < BLOCKS; i++) {
        append(db, executor);
      }
    }
  }

  private void append(ChainDb db, BlockExecutor executor) {
    BlockHeader parent = db.head();
    OpenBlock open =
        executor.open(
            new BlockEnv(
                parent.number() + 1,
                db.headHash(),
                parent.timestampSeconds() + 1,
                Address.ofLong(0xfee),
                Hash32.ZERO,
                UInt256.ZERO,
                parent.gasLimit(),
                BlockRules.nextBaseFee(parent, executor.forks()),
                0,
                null,
                Bytes.EMPTY),
            db.headState(),
            db.ancestorHashes());
    ExecutedBlock executed = open.finish(List.of());
    PreparedRoot root = db.prepare(executed.diff());
    BlockHeader header = BlockRules.seal(executed, root.stateRoot());
    db.append(header, executed, root, Durability.PROCESS);
    chain.add(new Block(header, List.of(), List.of(), List.of()));
    assertThat(BlockImport.env(header)).isEqualTo(executed.env());
  }

  private Bytes encoded(int from, int to) {
    List<Bytes> all = chain.subList(from, to).stream().map(Block::encoded).toList();
    return Bytes.fromHex(
        "0x" + String.join("", all.stream().map(b -> b.toHex().substring(2)).toList()));
  }

  private ExportFailure refusal(ExportFailure.Kind kind, Work work) {
    ExportFailure[] thrown = new ExportFailure[1];
    assertThatThrownBy(work::run).isInstanceOfSatisfying(ExportFailure.class, e -> thrown[0] = e);
    assertThat(thrown[0].kind()).isEqualTo(kind);
    return thrown[0];
  }

  @FunctionalInterface
  private interface Work {
    void run() throws Exception;
  }

  @Test
  void writesGenesisAndBlocksOfAStoppedNode() throws Exception {
    Path genesis = dir.resolve("out/genesis.json");
    Path blocks = dir.resolve("out/blocks.rlp");
    Files.createDirectories(genesis.getParent());
    Files.writeString(blocks, "an older export");

    try (StoredChain source = StoredChain.open(dir, null, null)) {
      Hash32 hash = new ChainExport(source).genesis(genesis);
      ChainExport.Written written = new ChainExport(source).blocks(blocks, 1, null);

      assertThat(hash).isEqualTo(chain.getFirst().header().parentHash());
      assertThat(written.blocks()).isEqualTo(BLOCKS);
      assertThat(written.bytes()).isEqualTo(Files.size(blocks));
      assertThat(written.head()).isEqualTo(chain.getLast().header().hash());
    }
    assertThat(JsonMapper.shared().readTree(Files.readString(genesis))).isEqualTo(GENESIS);
    byte[] bytes = Files.readAllBytes(blocks);
    assertThat(Bytes.wrap(bytes)).isEqualTo(encoded(0, BLOCKS));
    try (var files = Files.list(genesis.getParent())) {
      assertThat(files).containsExactlyInAnyOrder(genesis, blocks);
    }
  }

  @Test
  void writesAPartOfTheChain() throws Exception {
    Path blocks = dir.resolve("blocks.rlp");
    try (StoredChain source = StoredChain.open(dir, dir.resolve("cluster.json"), 901L)) {
      assertThat(new ChainExport(source).blocks(blocks, 2, 4L).blocks()).isEqualTo(3);
      assertThat(Bytes.wrap(Files.readAllBytes(blocks))).isEqualTo(encoded(1, 4));
      assertThat(new ChainExport(source).blocks(blocks, BLOCKS + 1, null).blocks()).isZero();
      assertThat(
              refusal(
                  ExportFailure.Kind.USAGE, () -> new ChainExport(source).blocks(blocks, 2, 6L)))
          .hasMessage("block 6 is asked for, the chain ends with 5");
    }
  }

  @Test
  void doesNotBeginANodeWhereThereIsNone() {
    Path empty = dir.resolve("empty");

    assertThat(refusal(ExportFailure.Kind.USAGE, () -> StoredChain.open(empty, null, null)))
        .hasMessageContaining("is not a node's data directory");
    assertThat(empty).doesNotExist();
  }

  @Test
  void doesNotBeginAChainThatTheStoreDoesNotHave() throws Exception {
    Path other = dir.resolve("other.json");
    cluster(902).write(other);

    assertThat(refusal(ExportFailure.Kind.USAGE, () -> StoredChain.open(dir, other, null)))
        .hasMessageContaining("the store has no chain of rollup 902");
    assertThat(refusal(ExportFailure.Kind.USAGE, () -> StoredChain.open(dir, null, 902L)))
        .hasMessageContaining("no rollup 902 in ")
        .hasMessageEndingWith("there is [901]");
  }

  @Test
  void asksForTheDeploymentWhereTheNodeHasNotKeptIt() throws Exception {
    Files.delete(dir.resolve("cluster.json"));

    assertThat(refusal(ExportFailure.Kind.USAGE, () -> StoredChain.open(dir, null, null)))
        .hasMessageContaining("give the deployment with --cluster");
  }

  /** The chain as an endpoint tells it, with one answer forged. */
  private RemoteChain endpoint(String forgedCall, JsonNode answer) {
    return new RemoteChain((method, params) -> {
      String call = method + (params.length == 0 ? "" : " " + params[0]);
      return call.equals(forgedCall) ? answer : honest(method, params);
    });
  }

  private JsonNode honest(String method, Object... params) throws IOException {
    JsonNodeFactory nodes = JsonNodeFactory.instance;
    int number = params.length == 0 ? 0 : Integer.decode(params[0].toString());
    return switch (method) {
      case "eth_blockNumber" -> nodes.stringNode("0x" + Integer.toHexString(BLOCKS));
      case "debug_getGenesis" -> GENESIS;
      case "debug_getRawHeader" -> nodes.stringNode(genesisHeader.encoded().toHex());
      case "debug_getRawBlock" -> nodes.stringNode(chain.get(number - 1).encoded().toHex());
      default -> throw new IOException("no method " + method);
    };
  }

  @Test
  void takesTheSameFromAnEndpoint() throws Exception {
    Path blocks = dir.resolve("blocks.rlp");
    ChainExport export = new ChainExport(endpoint("", GENESIS));

    export.genesis(dir.resolve("genesis.json"));
    export.blocks(blocks, 1, null);

    assertThat(Bytes.wrap(Files.readAllBytes(blocks))).isEqualTo(encoded(0, BLOCKS));
  }

  @Test
  void leavesNoHalfFileWhenABlockDoesNotFollowItsParent() throws Exception {
    Path blocks = dir.resolve("blocks.rlp");
    Files.writeString(blocks, "an older export");
    BlockHeader h = chain.get(2).header();
    Block orphan =
        new Block(
            new BlockHeader(
                Hash32.ZERO,
                h.ommersHash(),
                h.coinbase(),
                h.stateRoot(),
                h.transactionsRoot(),
                h.receiptsRoot(),
                h.logsBloom(),
                h.difficulty(),
                h.number(),
                h.gasLimit(),
                h.gasUsed(),
                h.timestampSeconds(),
                h.extraData(),
                h.prevRandao(),
                h.nonce(),
                h.baseFeePerGas(),
                h.withdrawalsRoot(),
                h.blobGasUsed(),
                h.excessBlobGas(),
                h.parentBeaconBlockRoot(),
                h.requestsHash()),
            List.of(),
            List.of(),
            List.of());
    RemoteChain forged = endpoint("debug_getRawBlock 0x3", text(orphan.encoded().toHex()));

    assertThat(
            refusal(
                ExportFailure.Kind.BROKEN, () -> new ChainExport(forged).blocks(blocks, 1, null)))
        .hasMessageStartingWith("block 3 has the parent 0x" + "00".repeat(32) + ", but block 2 is");
    assertThat(blocks).hasContent("an older export");
    try (var files = Files.list(dir)) {
      assertThat(files.map(Path::getFileName).map(Path::toString))
          .noneMatch(name -> name.endsWith(".partial"));
    }
  }

  private static JsonNode text(String text) {
    return JsonNodeFactory.instance.stringNode(text);
  }

  @Test
  void believesNothingThatAnEndpointSays() {
    Path out = dir.resolve("out");
    JsonNode otherGenesis = GENESIS.deepCopy();
    ((ObjectNode) otherGenesis).put("timestamp", "0x65");
    assertThat(
            refusal(
                ExportFailure.Kind.BROKEN,
                () -> new ChainExport(endpoint("debug_getGenesis", otherGenesis)).genesis(out)))
        .hasMessageStartingWith("the genesis makes the block 0x");
    for (String nonsense :
        List.of("0x", "0xc0", "xyz", chain.get(3).encoded().toHex(), Hex.encode(new byte[600]))) {
      RemoteChain forged = endpoint("debug_getRawBlock 0x2", text(nonsense));
      assertThat(
              refusal(
                  ExportFailure.Kind.UNAVAILABLE,
                  () -> new ChainExport(forged).blocks(out, 1, null)))
          .hasMessageStartingWith("the answer to debug_getRawBlock is wrong: block 2, ");
    }
    assertThat(
            refusal(
                ExportFailure.Kind.UNAVAILABLE,
                () ->
                    new ChainExport(endpoint("eth_blockNumber", text("soon")))
                        .blocks(out, 1, null)))
        .hasMessage("the answer to eth_blockNumber is wrong: \"soon\"");
    assertThat(out).doesNotExist();
  }
}
