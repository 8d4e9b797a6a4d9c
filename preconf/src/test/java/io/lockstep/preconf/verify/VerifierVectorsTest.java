// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.preconf.commitment.CommitmentDomain;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Hash32;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code preconf/ts/test/vectors.json} holds what this verifier and the one in TypeScript must say
 * alike. To write it anew run this test with {@code LOCKSTEP_WRITE_VECTORS=1} in the environment,
 * and read the difference: each verdict in it is a rule.
 */
class VerifierVectorsTest {
  private static ObjectNode made = JsonNodeFactory.instance.objectNode();

  @BeforeAll
  static void judgeAll() throws Exception {
    made = VectorCases.build();
    for (JsonNode vector : made.get("cases")) {
      Verdict verdict = judge(made, vector);
      ObjectNode out = (ObjectNode) vector;
      out.put("verdict", verdict.getClass().getSimpleName());
      if (verdict instanceof Verdict.Genuine genuine) {
        out.put("doubt", genuine.doubt().name());
      }
      if (verdict instanceof Verdict.Broken broken) {
        assertThat(broken.evidence().repeat()).hasValue(broken.detail());
        out.put("difference", broken.detail());
      }
      if (verdict instanceof Verdict.Kept kept) {
        out.put("blockHash", kept.blockHash().toHex());
      }
    }
  }

  private static Verdict judge(JsonNode file, JsonNode vector) throws Exception {
    JsonNode cluster = file.get("cluster");
    VectorWorld world = new VectorWorld(file, vector.path("world"));
    PreconfVerifier verifier =
        new PreconfVerifier(
            new CommitmentDomain(
                cluster.get("l1ChainId").asLong(),
                Address.fromHex(cluster.get("registry").asString())),
            Hash32.fromHex(cluster.get("clusterId").asString()),
            new WindowTime(
                cluster.get("tickSeconds").asLong(),
                cluster.get("handoverLeadSeconds").asLong(),
                cluster.get("slotSeconds").asLong()),
            world);
    JsonNode commitment =
        changed(
            file.get("commitments").get(vector.get("commitment").asString()),
            vector.path("change"));
    return vector.get("blocks").asBoolean()
        ? verifier.verify(commitment, world)
        : verifier.verify(commitment);
  }

  /** The commitment with what {@code change} says set or taken away. */
  private static JsonNode changed(JsonNode commitment, JsonNode change) {
    if (change.isMissingNode()) {
      return commitment;
    }
    JsonNode at = change.get("at");
    if (at.isEmpty()) {
      return change.get("to");
    }
    JsonNode whole = commitment.deepCopy();
    JsonNode parent = whole;
    for (int i = 0; i < at.size() - 1; i++) {
      parent =
          at.get(i).isString() ? parent.get(at.get(i).asString()) : parent.get(at.get(i).asInt());
    }
    JsonNode last = at.get(at.size() - 1);
    if (parent instanceof ArrayNode array) {
      if (last.asInt() == array.size()) {
        array.add(change.get("to"));
      } else {
        array.set(last.asInt(), change.get("to"));
      }
    } else if (change.has("to")) {
      ((ObjectNode) parent).set(last.asString(), change.get("to"));
    } else {
      ((ObjectNode) parent).remove(last.asString());
    }
    return whole;
  }

  @Test
  void theFileHoldsWhatThisVerifierSays() throws Exception {
    Path file =
        Path.of(System.getProperty("lockstep.root", "..")).resolve("preconf/ts/test/vectors.json");
    String text =
        JsonMapper.builder().build().writerWithDefaultPrettyPrinter().writeValueAsString(made)
            + "\n";
    if ("1".equals(System.getenv("LOCKSTEP_WRITE_VECTORS"))) {
      Files.writeString(file, text, StandardCharsets.UTF_8);
    }
    assertThat(file).as("run this test with LOCKSTEP_WRITE_VECTORS=1 to write it").exists();
    assertThat(Files.readString(file, StandardCharsets.UTF_8).replace("\r\n", "\n"))
        .as("other verdicts than the file's: run this test with LOCKSTEP_WRITE_VECTORS=1")
        .isEqualTo(text.replace("\r\n", "\n"));
  }

  @Test
  void everyVerdictAndEveryDoubtIsAmongThem() {
    Set<String> verdicts = new TreeSet<>();
    Set<String> doubts = new TreeSet<>();
    for (JsonNode vector : made.get("cases")) {
      verdicts.add(vector.get("verdict").asString());
      if (vector.has("doubt")) {
        doubts.add(vector.get("doubt").asString());
      }
    }
    assertThat(verdicts)
        .containsExactly("Backed", "Broken", "Forged", "Genuine", "Kept", "NotYet", "Unknown");
    assertThat(doubts)
        .containsExactlyInAnyOrderElementsOf(
            EnumSet.allOf(Verdict.Doubt.class).stream().map(Enum::name).toList());
  }

  /** Of the changed commitments only those that say the same in another form are genuine. */
  @Test
  void aChangeIsForgedUnlessItSaysTheSame() {
    Set<String> accepted = new TreeSet<>();
    for (JsonNode vector : made.get("cases")) {
      if (vector.has("change") && !vector.get("verdict").asString().equals("Forged")) {
        accepted.add(vector.get("name").asString());
      }
    }
    // Remarks, a seal more or less that fits, the case of digits, zeros in front.
    assertThat(accepted).hasSize(13);
    assertThat(made.get("cases").size()).isGreaterThan(200);
  }
}
