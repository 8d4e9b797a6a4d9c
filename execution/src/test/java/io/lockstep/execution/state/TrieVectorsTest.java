// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.state;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The public TrieTests; a secure trie hashes its keys. */
class TrieVectorsTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "trietest.json",
        "trieanyorder.json",
        "trietest_secureTrie.json",
        "trieanyorder_secureTrie.json",
        "hex_encoded_securetrie_test.json"
      })
  void givesTheRootOfThePublicVectors(String name) throws Exception {
    Path folder = Vectors.folder("basics/TrieTests");
    Assumptions.assumeTrue(Files.isDirectory(folder), "no vectors in " + folder);
    boolean secure = name.toLowerCase(java.util.Locale.ROOT).contains("secure");
    JsonNode tests = JsonMapper.shared().readTree(Files.readString(folder.resolve(name)));

    for (Map.Entry<String, JsonNode> test : tests.properties()) {
      Hash32 root = Keccak.EMPTY_TRIE_ROOT;
      InMemoryNodes nodes = new InMemoryNodes();
      for (TrieChange change : changes(test.getValue().get("in"), secure)) {
        root = new MerkleTrie(nodes, root).update(List.of(change), nodes).hash();
      }
      assertThat(root.toHex())
          .as("%s of %s", test.getKey(), name)
          .isEqualTo(test.getValue().get("root").asString());
    }
  }

  private static List<TrieChange> changes(JsonNode in, boolean secure) {
    List<TrieChange> changes = new ArrayList<>();
    if (in.isArray()) {
      in.forEach(pair -> changes.add(change(pair.get(0), pair.get(1), secure)));
    } else {
      in.properties()
          .forEach(entry -> changes.add(change(bytes(entry.getKey()), entry.getValue(), secure)));
    }
    return changes;
  }

  private static TrieChange change(JsonNode key, JsonNode value, boolean secure) {
    return change(bytes(key.asString()), value, secure);
  }

  private static TrieChange change(byte[] key, JsonNode value, boolean secure) {
    byte[] placed = secure ? Keccak.hash(key).toArray() : key;
    return new TrieChange(placed, value.isNull() ? new byte[0] : bytes(value.asString()));
  }

  private static byte[] bytes(String text) {
    return text.startsWith("0x") ? Bytes.fromHex(text).toArray() : text.getBytes(UTF_8);
  }
}
