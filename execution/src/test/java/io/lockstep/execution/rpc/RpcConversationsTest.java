// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.execution.block.BlockImport;
import io.lockstep.execution.block.BlockResult;
import io.lockstep.execution.state.ChainDb;
import io.lockstep.execution.state.Genesis;
import io.lockstep.execution.state.PreparedRoot;
import io.lockstep.primitives.codec.RlpReader;
import io.lockstep.primitives.rpc.RpcError;
import io.lockstep.primitives.rpc.RpcMethod;
import io.lockstep.primitives.tx.Block;
import io.lockstep.storage.kv.KeyValueStore;
import io.lockstep.storage.kv.RocksStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The conversations of execution-apis over their chain of 54 blocks, every fork among them. */
class RpcConversationsTest {
  private static final ObjectMapper JSON = JsonMapper.shared();

  /** Methods of the node's transaction pool, and those that are not offered. */
  private static final Set<String> ELSEWHERE =
      Set.of(
          "eth_sendRawTransaction",
          "txpool_content",
          "txpool_status",
          "testing_buildBlockV1",
          "eth_simulateV1");

  @TempDir Path dir;

  private static Path folder() {
    String given = System.getenv("LOCKSTEP_SHARED");
    Path shared =
        given != null
            ? Path.of(given)
            : Path.of(System.getProperty("lockstep.root", "."), "..", "shared");
    return shared.resolve("vectors").resolve("json-rpc").normalize();
  }

  @Test
  void answersAsTheConversationsExpect() throws Exception {
    Path folder = folder();
    Assumptions.assumeTrue(
        Files.exists(folder), () -> "no JSON-RPC vectors at " + folder + ": skipped");
    Genesis genesis =
        Genesis.parse(JSON.readTree(Files.readString(folder.resolve("genesis.json"))));
    try (KeyValueStore store = RocksStore.open(dir, ChainDb.columns("c"));
        ChainDb db = ChainDb.open(store, "c", genesis)) {
      TestView view = new TestView(db, genesis);
      importChain(view, folder.resolve("chain.rlp"));
      view.safe = db.head();
      try (ChainMethods chain = new ChainMethods(view, CallOptions.DEFAULTS)) {
        Map<String, String> faults = new TreeMap<>();
        int good = 0;
        for (Path file : conversations(folder)) {
          String name = folder.relativize(file).toString();
          String fault = hold(chain.methods(), Files.readAllLines(file));
          if (fault != null) {
            faults.put(name, fault);
          } else {
            good++;
          }
        }
        System.out.println("JSON-RPC conversations: " + good + " as expected, others " + faults);
        assertThat(faults).isEmpty();
        assertThat(good).isGreaterThanOrEqualTo(80);
      }
    }
  }

  private static List<Path> conversations(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(file -> file.toString().endsWith(".io"))
          .filter(file -> !ELSEWHERE.contains(folder.relativize(file).getName(0).toString()))
          .sorted()
          .toList();
    }
  }

  private static void importChain(TestView view, Path file) throws Exception {
    BlockImport judge = new BlockImport(view.executor());
    RlpReader in = RlpReader.over(Files.readAllBytes(file));
    while (in.hasNext()) {
      Block block = Block.decode(in.list());
      BlockResult result =
          judge.run(
              view.db.head(),
              block,
              view.db.headState(),
              view.db.ancestorHashes(),
              diff -> view.db.prepare(diff).stateRoot());
      assertThat(result)
          .as("block " + block.header().number())
          .isInstanceOf(BlockResult.Valid.class);
      var executed = ((BlockResult.Valid) result).block();
      PreparedRoot root = view.db.prepare(executed.diff());
      view.db.append(block, executed.receipts(), root, KeyValueStore.Durability.PROCESS);
    }
  }

  private static @Nullable String hold(Map<String, RpcMethod> methods, List<String> lines)
      throws Exception {
    boolean shapeOnly = lines.stream().anyMatch(line -> line.startsWith("// speconly"));
    JsonNode request = null;
    List<String> faults = new ArrayList<>();
    for (String line : lines) {
      if (line.startsWith(">> ")) {
        request = JSON.readTree(line.substring(3));
      } else if (line.startsWith("<< ") && request != null) {
        JsonNode expected = JSON.readTree(line.substring(3));
        JsonNode actual = answer(methods, request);
        String fault = shapeOnly ? shapeFault(request, expected, actual) : fault(expected, actual);
        if (fault != null) {
          faults.add(fault);
        }
      }
    }
    return faults.isEmpty() ? null : String.join("; ", faults);
  }

  private static JsonNode answer(Map<String, RpcMethod> methods, JsonNode request) {
    ObjectNode answer = JSON.createObjectNode().put("jsonrpc", "2.0");
    answer.set("id", request.path("id"));
    RpcMethod method = methods.get(request.path("method").asString());
    try {
      if (method == null) {
        throw new RpcError(RpcError.METHOD_NOT_FOUND, "no such method");
      }
      answer.set("result", method.call(request.path("params")));
    } catch (RpcError e) {
      ObjectNode error = answer.putObject("error");
      error.put("code", e.code()).put("message", e.text());
      if (e.data() != null) {
        error.set("data", e.data());
      }
    }
    return answer;
  }

  /** Compares as JSON; of an error the code and data. */
  private static @Nullable String fault(JsonNode expected, JsonNode actual) throws Exception {
    if (expected.has("error")) {
      boolean same =
          expected.path("error").path("code").asInt() == actual.path("error").path("code").asInt()
              && expected.path("error").path("data").equals(actual.path("error").path("data"));
      return same ? null : "expected " + expected.path("error") + ", got " + actual;
    }
    JsonNode plain = JSON.readTree(JSON.writeValueAsString(actual));
    return expected.path("result").equals(plain.path("result"))
        ? null
        : difference(expected.path("result"), plain.has("result") ? plain.path("result") : plain);
  }

  private static String difference(JsonNode expected, JsonNode actual) {
    if (expected.isObject() && actual.isObject()) {
      for (String name : expected.propertyNames()) {
        if (!expected.path(name).equals(actual.path(name))) {
          return name + ": " + difference(expected.path(name), actual.path(name));
        }
      }
      for (String name : actual.propertyNames()) {
        if (!expected.has(name)) {
          return "unexpected field " + name;
        }
      }
    }
    if (expected.isArray() && actual.isArray() && expected.size() == actual.size()) {
      for (int i = 0; i < expected.size(); i++) {
        if (!expected.get(i).equals(actual.get(i))) {
          return i + ": " + difference(expected.get(i), actual.get(i));
        }
      }
    }
    return "expected " + brief(expected) + ", got " + brief(actual);
  }

  private static String brief(JsonNode node) {
    String text = node.toString();
    return text.length() <= 300 ? text : text.substring(0, 300) + "…";
  }

  private static @Nullable String shapeFault(JsonNode request, JsonNode expected, JsonNode actual)
      throws Exception {
    if (expected.has("error") != actual.has("error")) {
      return "expected " + brief(expected) + ", got " + brief(actual);
    }
    if (request.path("method").asString().startsWith("debug_trace")) {
      return fault(expected, actual); // here the shape is fixed in every part
    }
    if (expected.path("result").isObject()) {
      for (String name : expected.path("result").propertyNames()) {
        if (!actual.path("result").has(name)) {
          return "no field " + name + " in " + brief(actual);
        }
      }
    }
    if (!expected.path("result").equals(actual.path("result"))) {
      System.out.println("(shape only) " + brief(expected) + " we: " + brief(actual));
    }
    return null;
  }
}
