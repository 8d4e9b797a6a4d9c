// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.codec.RlpReader;
import io.lockstep.primitives.tx.Block;
import io.lockstep.primitives.tx.BlockHeader;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** State roots, proofs and genesis blocks of the public vectors. */
class StateVectorsTest {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final int CASES_A_FILE = 40;

  @ParameterizedTest
  @ValueSource(ints = {38, 41, 44, 47, 54})
  void wholeStatesHaveTheRootOfTheirBlock(int number) throws Exception {
    JsonNode dump = dumpAt(number);
    InMemoryNodes nodes = new InMemoryNodes();

    assertThat(load(dump, nodes).toHex()).isEqualTo(dump.get("stateRoot").asString());
  }

  @Test
  void provesAsThePublicConversationsDo() throws Exception {
    InMemoryNodes nodes = new InMemoryNodes();
    Hash32 root = load(dumpAt(54), nodes);
    for (Path file : files("json-rpc/eth_getProof", ".io")) {
      List<String> lines = Files.readAllLines(file);
      JsonNode params = JSON.readTree(line(lines, ">> ")).get("params");
      JsonNode expected = JSON.readTree(line(lines, "<< ")).get("result");
      Address address = Address.fromHex(params.get(0).asString());
      List<UInt256> slots =
          Stream.of(params.get(1))
              .flatMap(array -> array.valueStream())
              .map(slot -> UInt256.ofBigEndian(Bytes.fromHex(slot.asString()).toArray()))
              .toList();

      AccountProof proof = new StateTrie(nodes, new TrieNode.Ref(root, 0)).prove(address, slots);

      assertThat(proof.storageRoot().toHex()).isEqualTo(expected.get("storageHash").asString());
      assertThat(proof.codeHash().toHex()).isEqualTo(expected.get("codeHash").asString());
      assertThat(proof.balance().toQuantity()).isEqualTo(expected.get("balance").asString());
      assertThat(hex(proof.proof())).isEqualTo(texts(expected.get("accountProof")));
      for (int i = 0; i < slots.size(); i++) {
        JsonNode word = expected.get("storageProof").get(i);
        assertThat(hex(proof.storage().get(i).proof())).isEqualTo(texts(word.get("proof")));
        assertThat(proof.storage().get(i).value().toQuantity())
            .isEqualTo(word.get("value").asString());
      }
    }
  }

  @Test
  void stateTestsPostStatesHaveTheirRoots() throws Exception {
    int cases = 0;
    for (Path file : files("state-tests", ".jsonl.gz")) {
      try (BufferedReader in = lines(file)) {
        String line;
        for (int i = 0; i < CASES_A_FILE && (line = in.readLine()) != null; i++) {
          JsonNode post = JSON.readTree(line).get("test").get("post");
          for (JsonNode entries : post) {
            for (JsonNode entry : entries) {
              assertThat(StateRoots.of(accounts(entry.get("state"))).toHex())
                  .as("case %d of %s", i, file)
                  .isEqualTo(entry.get("hash").asString());
              cases++;
            }
          }
        }
      }
    }
    assertThat(cases).isGreaterThan(500);
  }

  @Test
  void theGenesisOfTheRpcChainIsTheParentOfItsFirstBlock() throws Exception {
    Path folder = require("json-rpc");
    Genesis genesis =
        Genesis.parse(JSON.readTree(Files.readString(folder.resolve("genesis.json"))));
    Block first =
        Block.decode(RlpReader.over(Files.readAllBytes(folder.resolve("chain.rlp"))).list());

    assertThat(headerOf(genesis).hash()).isEqualTo(first.header().parentHash());
    assertThat(genesis.chainId()).isEqualTo(UInt256.of(3503995874084926L));
  }

  @Test
  void olderGenesisFilesGiveTheirBlocks() throws Exception {
    Path file = require("basics/GenesisTests").resolve("basic_genesis_tests.json");
    for (JsonNode test : JSON.readTree(Files.readString(file))) {
      // One of them still names the balance by its unit.
      String text =
          test.toString()
              .replaceFirst("\\{", "{\"config\":{\"chainId\":1},")
              .replace("\"wei\"", "\"balance\"");
      Block expected = Block.decode(Bytes.fromHex(test.get("result").asString()));

      assertThat(headerOf(Genesis.parse(JSON.readTree(text)))).isEqualTo(expected.header());
    }
  }

  private static BlockHeader headerOf(Genesis genesis) {
    PreparedRoot root =
        new StateTrie(NodeSource.NONE, TrieNode.Ref.EMPTY)
            .prepare(Hash32.ZERO, genesis.allocation(), StateTrie.Before.NOTHING, 1);
    return genesis.header(root.stateRoot());
  }

  private static JsonNode dumpAt(int number) throws IOException {
    Path file = require("json-rpc/derived").resolve("state-at-" + number + ".json.gz");
    try (BufferedReader in = lines(file)) {
      return JSON.readTree(in);
    }
  }

  private static Hash32 load(JsonNode dump, InMemoryNodes nodes) throws DecodeException {
    PreparedRoot root =
        new StateTrie(NodeSource.NONE, TrieNode.Ref.EMPTY)
            .prepare(
                Hash32.ZERO,
                GenesisAllocation.read(new GenesisFields(dump.get("accounts"), "accounts.")),
                StateTrie.Before.NOTHING,
                1);
    root.nodes().forEach(node -> nodes.keep(node.ref(), node.node()));
    return root.stateRoot();
  }

  private static Map<Address, FullAccount> accounts(JsonNode state) throws DecodeException {
    Map<Address, FullAccount> accounts = new HashMap<>();
    GenesisAllocation.read(new GenesisFields(state, "state."))
        .accounts()
        .forEach((address, change) -> {
          assertThat(change.after()).isNotNull();
          accounts.put(address, new FullAccount(change.after(), change.storage()));
        });
    return accounts;
  }

  private static List<Path> files(String folder, String suffix) throws IOException {
    try (Stream<Path> all = Files.walk(require(folder))) {
      return all.filter(file -> file.toString().endsWith(suffix)).sorted().toList();
    }
  }

  private static Path require(String folder) {
    Path path = Vectors.folder(folder);
    Assumptions.assumeTrue(Files.isDirectory(path), "no vectors in " + path);
    return path;
  }

  private static BufferedReader lines(Path file) throws IOException {
    InputStream raw = Files.newInputStream(file);
    return new BufferedReader(
        new InputStreamReader(new GZIPInputStream(raw), StandardCharsets.UTF_8));
  }

  private static String line(List<String> lines, String prefix) {
    return lines.stream()
        .filter(line -> line.startsWith(prefix))
        .findFirst()
        .orElseThrow()
        .substring(prefix.length());
  }

  private static List<String> hex(List<Bytes> proof) {
    return proof.stream().map(Bytes::toHex).toList();
  }

  private static List<String> texts(JsonNode array) {
    return array.valueStream().map(JsonNode::asString).toList();
  }
}
